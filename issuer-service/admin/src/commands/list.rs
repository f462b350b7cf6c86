//! `scoin list …`: live lists that rules refer to.

use scoin_api::{ListBody, paths};
use scoin_core::command::{Action, ListKind};
use serde_json::json;

use crate::args::Global;
use crate::args::city::{List, MemberKind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, list: List) -> Result<Report, Failure> {
    match list {
        List::Put { name, kind, mut add, mut remove, change } => {
            if add.is_empty() && remove.is_empty() {
                return Err(Failure::new(Exit::Usage, "nothing to change")
                    .hint("name members with --add or --remove"));
            }
            for members in [&mut add, &mut remove] {
                check_members(kind, members)?;
                members.sort();
                members.dedup();
            }
            let said = format!("`{name}`: {} added, {} removed", add.len(), remove.len());
            let kind = match kind {
                MemberKind::Merchants => ListKind::Merchants,
                MemberKind::Products => ListKind::Products,
                MemberKind::Persons => ListKind::Persons,
            };
            let session = Session::open(global).await?;
            let done = session.submit(Action::PutList { name, kind, add, remove }, &change).await?;
            Ok(words::done(&done, &change, said))
        }
        List::Show { name } => {
            // Lists of persons are for officers only, so this read is signed.
            let body: ListBody = Session::open(global).await?.read(&paths::list(&name)).await?;
            let rows = body.members.iter().map(|member| vec![member.clone()]).collect();
            Ok(Report::new(json!(body)).table(vec!["member"], rows))
        }
    }
}

/// Addresses are checked here, so that a typing mistake is not published.
fn check_members(kind: MemberKind, members: &[String]) -> Result<(), Failure> {
    if kind != MemberKind::Products {
        for member in members {
            account(member)?;
        }
    }
    Ok(())
}
