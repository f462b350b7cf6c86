//! `policy explain`: what rules say, in the words of their holder, from their structure.

use scoin_policy::civil::{Civil, Date};
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::{
    Line, NoNames, Reader, View, lead, lines, program_lines, program_promise, promise,
};
use scoin_policy::ir::Texts;
use scoin_policy::module::{Head, Module};
use serde_json::{Value, json};

use super::check::{module, not_compiled};
use super::date;
use crate::args::Lang;
use crate::args::policy::Explain;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;
use crate::words;

/// Minutes of a day at which nothing has closed yet.
const NOON: u16 = 720;

/// Runs the command.
pub(crate) fn run(explain: &Explain, lang: Lang) -> Result<Report, Failure> {
    let source = read_text(&explain.file)?;
    let module = module(&explain.file, &source)?;
    let policies = module.policies().into_iter().map(|head| (head, false));
    let programs = module.programs().into_iter().map(|head| (head, true));
    let wanted = |head: &Head| explain.name.as_ref().is_none_or(|name| *name == head.name);
    let heads: Vec<_> = policies.chain(programs).filter(|(head, _)| wanted(head)).collect();
    if let (Some(name), true) = (&explain.name, heads.is_empty()) {
        let file = explain.file.display();
        return Err(Failure::new(Exit::NotFound, format!("there is no `{name}` in `{file}`"))
            .hint("`scoin policy hash FILE` prints the names"));
    }
    let words = Catalogue::of(lang.into());
    let mut report = Vec::new();
    let mut items = Vec::new();
    for (head, is_program) in &heads {
        let given = |name: &str| explain.arguments.iter().any(|(known, _)| known == name);
        let missing: Vec<&str> = head
            .params
            .iter()
            .filter(|param| param.default.is_none() && !given(&param.name))
            .map(|param| param.name.as_str())
            .collect();
        if explain.name.is_none() && !missing.is_empty() {
            let needs = missing.iter().map(|name| format!("--arg {name}=VALUE"));
            let needs = needs.collect::<Vec<_>>().join(" ");
            report.push(format!("{}\n  needs arguments: {needs}", head.name));
            items.push(json!({ "name": head.name, "needs": missing }));
            continue;
        }
        let told = told(&module, head, *is_program, (explain, &words))?;
        report.push(told.text(explain, lang));
        items.push(told.json(lang));
    }
    Ok(Report::new(json!({ "lang": words.lang().code(), "items": items }))
        .text(report.join("\n\n")))
}

/// One policy or programme in words.
struct Told {
    name: String,
    kind: &'static str,
    title: Texts,
    lead: Option<String>,
    promise: String,
    lines: Vec<Line>,
}

fn told(
    module: &Module,
    head: &Head,
    is_program: bool,
    (explain, words): (&Explain, &Catalogue),
) -> Result<Told, Failure> {
    let unit = words.say("unit.won", &[]);
    let view = |zone: &str| -> Result<View<'_>, Failure> {
        let reader = if explain.child { Reader::Child } else { Reader::Adult };
        let now = Civil { date: today(explain, zone)?, minute: NOON };
        Ok(View { words, reader, now, unit: &unit, amount: None, names: &NoNames })
    };
    let failed = |found: Vec<_>| not_compiled(&head.name, &found);
    let (name, title) = (head.name.clone(), head.title.clone());
    if is_program {
        let program = module.program_with(&head.name, &explain.arguments).map_err(failed)?;
        let view = view(&program.zone)?;
        let (promise, lines) = (program_promise(&program, &view), program_lines(&program, &view));
        return Ok(Told { name, kind: "program", title, lead: None, promise, lines });
    }
    let policy = module.policy(&head.name, &explain.arguments).map_err(failed)?;
    let view = view(&policy.zone)?;
    let lead = Some(lead(&policy, &view));
    let (promise, lines) = (promise(&policy, &view), lines(&policy, &view));
    Ok(Told { name, kind: "policy", title, lead, promise, lines })
}

impl Told {
    fn title(&self, lang: Lang) -> Option<&str> {
        words::pick(lang, self.title.iter().map(|(lang, text)| (lang.as_str(), text.as_str())))
    }

    /// The promise, and for those who want to know it all, every clause with its label.
    fn text(&self, explain: &Explain, lang: Lang) -> String {
        let title = self.title(lang).map(|title| format!(": {title}")).unwrap_or_default();
        let mut text = vec![format!("{}{title}", self.name), format!("  {}", self.promise)];
        if explain.holder || explain.child {
            return text.join("\n");
        }
        let width = self.lines.iter().map(|line| line.label.len()).max().unwrap_or(0);
        let mut rule = self.name.as_str();
        for line in &self.lines {
            if line.rule != rule {
                rule = &line.rule;
                text.push(format!("  {rule}"));
            }
            let because = line.because.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            text.push(format!("    {:width$}  {}{because}", line.label, line.text));
        }
        text.join("\n")
    }

    fn json(&self, lang: Lang) -> Value {
        let lines = self.lines.iter().map(|line| {
            json!({ "rule": line.rule, "label": line.label, "text": line.text, "because": line.because })
        });
        json!({
            "name": self.name, "kind": self.kind, "title": self.title(lang), "lead": self.lead,
            "promise": self.promise, "clauses": lines.collect::<Vec<_>>(),
        })
    }
}

/// The day that counts as today: the one given, or that of the zone now.
fn today(explain: &Explain, zone: &str) -> Result<Date, Failure> {
    let now = || words::local(crate::session::now(), zone);
    let text = explain.on.clone().unwrap_or_else(now);
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    date(day).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{text}` is not a day such as 2026-03-02"))
            .hint("correct --on")
    })
}
