//! `policy ask`: one decision for one question, or a stream of them. Holds nothing but compiled rules between lines.

mod flags;

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::path::Path;

use scoin_policy::causes::Whose;
use scoin_policy::decide::{State, Verdict, judge};
use scoin_policy::facts::Item;
use scoin_policy::ir::Program;
use scoin_policy::module::{Head, Module, Param, ParamKind};
use scoin_policy::program::reward;
use scoin_policy::rule::{CapSlot, Rule};
use serde_json::{Value, json};

use super::check::module;
use super::request::{Argument, Request, written};
use super::told;
use crate::args::Lang;
use crate::args::policy::Ask;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::{self, Report};

/// The longest line taken, in bytes; a longer one is answered with an error.
const LINE_BYTES_MAX: u64 = 1 << 20;
/// Compiled rules kept at once; more different arguments start again from nothing.
const COMPILED_MAX: usize = 1024;

/// One question given on the command line, as JSON or by flags.
pub(crate) fn once(given: &Ask, lang: Lang) -> Result<Report, Failure> {
    let source = read_text(&given.file)?;
    let module = module(&given.file, &source)?;
    let request = match &given.request {
        Some(request) => request.clone(),
        None => flags::request(given)?.to_string(),
    };
    let mut asker = Asker::new(&module);
    let answer = asker.answer(request.as_bytes()).map_err(|why| not_asked(&why))?;
    let mut report = Report::new(answer.clone()).text(words_for(&answer));
    for line in asker.why(request.as_bytes(), lang).unwrap_or_default() {
        report = report.text(line);
    }
    Ok(report)
}

/// One question a line from standard input, one answer a line to standard output, until the input ends.
pub(crate) fn stream(file: &Path) -> Result<Report, Failure> {
    let source = read_text(file)?;
    let module = module(file, &source)?;
    let mut asker = Asker::new(&module);
    let mut out = output::stream();
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    let mut text = Vec::new();
    while next_line(&mut input, &mut line)? {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = asker.answer(&line).unwrap_or_else(|why| not_asked(&why).document());
        text.clear();
        serde_json::to_writer(&mut text, &answer)
            .map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
        if out.line(&text).is_err() {
            // Nobody reads any more; that is the reader's choice.
            return Ok(Report::streamed());
        }
    }
    drop(out.finish());
    Ok(Report::streamed())
}

/// Reads one line into `line`, without its end; false at the end of the input. A line that is too long is cut to
/// something that is no JSON, and the rest of it is passed over.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, Failure> {
    line.clear();
    let read = |error: io::Error| {
        Failure::new(Exit::Failed, "cannot read standard input").why(error.to_string())
    };
    let got = io::Read::take(&mut *input, LINE_BYTES_MAX).read_until(b'\n', line).map_err(read)?;
    if got == 0 {
        return Ok(false);
    }
    if line.last() != Some(&b'\n') && u64::try_from(got).is_ok_and(|got| got == LINE_BYTES_MAX) {
        line.clear();
        line.extend_from_slice(b"\"too long\"");
        input.skip_until(b'\n').map_err(read)?;
    }
    Ok(true)
}

fn not_asked(why: &str) -> Failure {
    Failure::new(Exit::Usage, why).hint("see `scoin policy ask --help` for the form of a request")
}

/// The rules of one file, compiled as they are asked for.
struct Asker<'m> {
    module: &'m Module,
    heads: BTreeMap<String, (Head, bool)>,
    compiled: BTreeMap<(String, Vec<(String, String)>), Compiled>,
}

enum Compiled {
    Policy(Box<Rule>),
    Program(Box<Program>, Vec<CapSlot>),
}

impl<'m> Asker<'m> {
    fn new(module: &'m Module) -> Self {
        let policies = module.policies().into_iter().map(|head| (head.name.clone(), (head, false)));
        let programs = module.programs().into_iter().map(|head| (head.name.clone(), (head, true)));
        Self { module, heads: policies.chain(programs).collect(), compiled: BTreeMap::new() }
    }

    /// The answer to one question, or what is wrong with it.
    fn answer(&mut self, line: &[u8]) -> Result<Value, String> {
        let mut request: Request =
            serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let amount = request.units()?;
        let items = request.basket(amount.unwrap_or(0))?;
        let compiled = self.compile(&request)?;
        match compiled {
            Compiled::Policy(rule) => {
                let amount = amount.ok_or("missing field `amount`")?;
                let verdict = verdict(rule, &request, amount, items.as_deref());
                if verdict.allow > 0 || verdict.causes.is_empty() {
                    return Ok(json!({ "allow": verdict.allow, "failed": [] }));
                }
                let mut failed: Vec<&str> = Vec::new();
                for cause in &verdict.causes {
                    if !failed.contains(&cause.label.as_str()) {
                        failed.push(&cause.label);
                    }
                }
                Ok(json!({ "allow": 0, "failed": failed, "pass_now": verdict.pass_now,
                           "next": verdict.next.map(written) }))
            }
            Compiled::Program(program, caps) => {
                let used = used(caps, &request);
                let facts = request.facts(amount.unwrap_or(0), items.as_deref());
                let given = reward(program, None, &facts, &request, &used);
                let sum = given.iter().fold(0_u64, |sum, given| sum.saturating_add(given.amount));
                Ok(json!({ "give": sum }))
            }
        }
    }

    /// The reasons in words, for a policy that lets less pass than was asked.
    fn why(&mut self, line: &[u8], lang: Lang) -> Result<Vec<String>, String> {
        let mut request: Request =
            serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let amount = request.units()?.unwrap_or(0);
        let items = request.basket(amount)?;
        let Compiled::Policy(rule) = self.compile(&request)? else { return Ok(Vec::new()) };
        let verdict = verdict(rule, &request, amount, items.as_deref());
        let causes = if verdict.allow == 0 { verdict.causes } else { verdict.binding };
        Ok(told::causes(&causes, rule.policy(), request.at.0, lang))
    }

    /// The compiled rule a question is about.
    fn compile(&mut self, request: &Request) -> Result<&Compiled, String> {
        let (head, is_program) = self.heads.get(&request.policy).ok_or_else(|| {
            format!("there is no policy or programme `{}` in this file", request.policy)
        })?;
        let arguments = arguments(head, request)?;
        if self.compiled.len() >= COMPILED_MAX {
            self.compiled.clear();
        }
        let key = (request.policy.clone(), arguments);
        match self.compiled.entry(key) {
            std::collections::btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::btree_map::Entry::Vacant(place) => {
                let (name, arguments) = place.key();
                let compiled = if *is_program {
                    self.module.program(name).map(|program| {
                        let caps = scoin_policy::program::caps(&program);
                        Compiled::Program(Box::new(program), caps)
                    })
                } else {
                    self.module
                        .policy(name, arguments)
                        .map(|policy| Compiled::Policy(Box::new(Rule::new(policy))))
                };
                let lines = |found: Vec<scoin_policy::diagnostic::Diagnostic>| {
                    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
                };
                Ok(place.insert(compiled.map_err(lines)?))
            }
        }
    }
}

fn verdict(rule: &Rule, request: &Request, amount: u64, items: Option<&[Item]>) -> Verdict {
    let used = used(rule.caps(), request);
    let facts = request.facts(amount, items);
    let issued = Some(request.issued.unwrap_or(request.at).0);
    let state = State { issued, used: &used, ..State::default() };
    judge(rule, &facts, request, &state, Whose::City)
}

/// The arguments as the language writes them. One that is neither given nor has a default is as loose as it can be,
/// the same as in an example: so the other clauses can be asked about.
fn arguments(head: &Head, request: &Request) -> Result<Vec<(String, String)>, String> {
    let mut arguments = Vec::new();
    for (key, value) in &request.args.0 {
        let name = key
            .strip_prefix('$')
            .ok_or_else(|| format!("write the argument `{key}` as `${key}`"))?;
        let param = head
            .params
            .iter()
            .find(|param| param.name == name)
            .ok_or_else(|| format!("`{}` has no parameter `${name}`", head.name))?;
        arguments.push((name.to_owned(), spelled(value, param.kind)));
    }
    for param in head.params.iter().filter(|param| param.default.is_none()) {
        let given = arguments.iter().any(|(name, _)| *name == param.name);
        if let (false, Some(value)) = (given, loosest(param, request)) {
            arguments.push((param.name.clone(), value));
        }
    }
    arguments.sort();
    Ok(arguments)
}

/// The value that limits least; a district or person that is left open is the payer's own.
fn loosest(param: &Param, request: &Request) -> Option<String> {
    match param.kind {
        ParamKind::District => request.payer_district(),
        ParamKind::Person => request.payer_id(),
        ParamKind::Money
        | ParamKind::Count
        | ParamKind::Percent
        | ParamKind::Days
        | ParamKind::Date
        | ParamKind::Tags
        | ParamKind::Merchants
        | ParamKind::Products
        | ParamKind::Schedule => param.loosest().map(|value| value.to_string()),
    }
}

/// A number is written with the unit its parameter needs.
fn spelled(value: &Argument, kind: ParamKind) -> String {
    match (value, kind) {
        (Argument::Text(text), _) => text.clone(),
        (Argument::Number(number), ParamKind::Money) => format!("{number} won"),
        (Argument::Number(number), ParamKind::Percent) => format!("{number}%"),
        (Argument::Number(number), _) => number.to_string(),
    }
}

/// What each cap has counted, in the order of the caps. A label that is no cap of this policy says nothing about it: one
/// state may be put to several policies.
fn used(caps: &[CapSlot], request: &Request) -> Vec<u64> {
    caps.iter().map(|cap| request.spent.0.get(&cap.label).copied().unwrap_or(0)).collect()
}

/// The answer in a few words.
fn words_for(answer: &Value) -> String {
    if let Some(give) = answer.get("give") {
        return format!("give {give}");
    }
    let failed =
        answer.get("failed").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if failed.is_empty() {
        return format!("allow {}", answer.get("allow").unwrap_or(&Value::Null));
    }
    let labels: Vec<&str> = failed.iter().filter_map(Value::as_str).collect();
    let next = answer
        .get("next")
        .and_then(Value::as_str)
        .map_or_else(String::new, |next| format!("; works from {next}"));
    format!("deny {}{next}", labels.join(", "))
}
