//! `policy check --fix`: makes the changes that messages offer.

use std::path::Path;

use scoin_policy::diagnostic::{Diagnostic, Edit, Fix};
use scoin_policy::module::Module;

use super::fmt::replace;
use crate::exit::Exit;
use crate::failure::Failure;

/// Rounds of reading and mending: a mended mistake may have hidden another.
const ROUNDS_MAX: usize = 16;

/// The source of a file with every fix made that is the only one of its message; the file has it too.
pub(crate) fn file(path: &Path, source: &str) -> Result<String, Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::new(Exit::Usage, "standard input cannot be mended")
            .hint("name a file, or leave --fix out"));
    }
    let mended = mended(source);
    if mended != source {
        replace(path, &mended)?;
    }
    Ok(mended)
}

/// Mends until nothing is offered any more; a round that makes none of the mistakes go away is not made. (Their number
/// does not tell: one that is mended may have hidden others.)
fn mended(source: &str) -> String {
    let mut source = source.to_owned();
    for _ in 0..ROUNDS_MAX {
        let found = Module::parse(&source).1;
        let edits = edits(&found);
        if edits.is_empty() {
            break;
        }
        let next = Fix { title: String::new(), edits }.apply(&source);
        let left = Module::parse(&next).1;
        let stays = |old: &Diagnostic| {
            left.iter().any(|new| (new.code, &new.message) == (old.code, &old.message))
        };
        if found.iter().all(stays) {
            break;
        }
        source = next;
    }
    source
}

/// The edits of all messages that offer exactly one fix, in order; one that would touch an earlier one is left out.
fn edits(found: &[Diagnostic]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for found in found {
        let [fix] = &found.fixes[..] else { continue };
        let apart = |edit: &Edit| {
            edits
                .iter()
                .all(|made| edit.span.start > made.span.end || edit.span.end < made.span.start)
        };
        if fix.edits.iter().all(apart) {
            edits.extend(fix.edits.iter().cloned());
        }
    }
    edits.sort_by_key(|edit| edit.span);
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sure_is_mended_and_the_rest_left() {
        let source = "policy a.b {\n  zone Asia/Seoul\n  cap x: 5_000 per day;\n  requires y: payer.aeg in 9..3\n}\n";
        let good = "policy a.b {\n  zone Asia/Seoul\n  cap x: 5_000 won per day\n  require y: payer.age in 3..9\n}\n";
        assert_eq!(mended(source), good);
        // Two ways to put brackets: a person chooses.
        let open = "policy a.b {\n  zone Asia/Seoul\n  require y: known payer.age or known payer.id and known payer.groups\n}\n";
        assert_eq!(mended(open), open);
    }
}
