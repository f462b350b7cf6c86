//! `scoin merchant …`: the registry of shops and city services.

use std::collections::BTreeMap;
use std::path::Path;

use scoin_api::{MerchantsBody, paths};
use scoin_core::AccountId;
use scoin_core::command::{Action, MerchantProfile};
use serde_json::{Value, json};

use crate::args::city::{AddMerchant, Merchant};
use crate::args::{Change, Global};
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::{self, Report};
use crate::session::{Public, Session, account};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, merchant: Merchant) -> Result<Report, Failure> {
    match merchant {
        Merchant::Add(add) => match &add.file {
            Some(file) => add_many(global, file, &add.change).await,
            None => add_one(global, add).await,
        },
        Merchant::Suspend { account: whose, lift, change } => {
            let action = Action::SuspendMerchant { account: account(&whose)?, suspended: !lift };
            let done = Session::open(global).await?.submit(action, &change).await?;
            let said = if lift { "open again" } else { "suspended" };
            Ok(words::done(&done, &change, format!("{said}: {whose}")))
        }
        Merchant::List => list(global).await,
    }
}

async fn add_one(global: &Global, add: AddMerchant) -> Result<Report, Failure> {
    let account = account(&add.account.unwrap_or_default())?;
    let profile = MerchantProfile {
        name: add.name.unwrap_or_default(),
        categories: sorted(add.categories),
        district: add.district,
        groups: sorted(add.groups),
        mcc: add.mcc,
        online: add.online,
    };
    let said = format!("registered `{}`", profile.name);
    let action = Action::RegisterMerchant { account, profile };
    let done = Session::open(global).await?.submit(action, &add.change).await?;
    Ok(words::done(&done, &add.change, said))
}

/// Every row is checked before the first is sent.
async fn add_many(global: &Global, file: &Path, change: &Change) -> Result<Report, Failure> {
    let shops = read_shops(&file.display().to_string(), &read_text(file)?)?;
    if change.id.is_some() {
        return Err(Failure::new(Exit::Usage, "--id names one command, and a file makes many")
            .hint("leave --id out: registering a shop again replaces its entry"));
    }
    let session = Session::open(global).await?;
    let bar = output::progress(global.json, u64::try_from(shops.len()).unwrap_or(u64::MAX));
    bar.set_message("shops");
    let mut items: Vec<Value> = Vec::new();
    for (account, profile) in shops {
        let name = profile.name.clone();
        let done = session.submit(Action::RegisterMerchant { account, profile }, change).await;
        let done = done.map_err(|failure| failure.with("registered", items.clone()))?;
        items.push(json!({ "account": account.to_string(), "name": name, "id": done.id.to_hex() }));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let said = if change.dry_run { "would be registered" } else { "registered" };
    let text = format!("{} shops {said}", items.len());
    Ok(Report::new(json!({ "status": "accepted", "dry_run": change.dry_run, "items": items }))
        .text(text))
}

async fn list(global: &Global) -> Result<Report, Failure> {
    let body: MerchantsBody = Public::new(global)?.read(paths::MERCHANTS).await?;
    let rows = body.merchants.iter().map(|shop| {
        vec![
            shop.name.clone(),
            shop.categories.join(" "),
            shop.district.clone().unwrap_or_default(),
            if shop.suspended { "suspended" } else { "open" }.to_owned(),
            shop.address.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let json = json!({ "frame": body.frame, "items": body.merchants, "next_cursor": null });
    Ok(Report::new(json).table(vec!["name", "categories", "district", "state", "address"], rows))
}

/// The shops of a CSV file with a head line; columns may stand in any order, unknown ones are an error.
fn read_shops(file: &str, text: &str) -> Result<Vec<(AccountId, MerchantProfile)>, Failure> {
    let mut lines = (1_usize..).zip(text.trim_start_matches('\u{feff}').lines());
    let head = lines.next().map(|(_, line)| cells(line)).unwrap_or_default();
    let known = ["account", "name", "categories", "district", "groups", "mcc", "online"];
    if let Some(column) = head.iter().find(|column| !known.contains(&column.as_str())) {
        return Err(Failure::new(
            Exit::Usage,
            format!("`{file}` has an unknown column `{column}`"),
        )
        .hint(format!("use the columns {}", known.join(","))));
    }
    for column in ["account", "name"] {
        if !head.iter().any(|known| known == column) {
            return Err(Failure::new(Exit::Usage, format!("`{file}` has no column `{column}`"))
                .hint("the first line names the columns"));
        }
    }
    let mut shops = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let row: BTreeMap<&str, String> =
            head.iter().map(String::as_str).zip(cells(line)).collect();
        let shop = shop(&row).map_err(|failure| {
            failure.with("line", number).hint(format!("line {number} of `{file}`"))
        })?;
        shops.push(shop);
    }
    Ok(shops)
}

fn shop(row: &BTreeMap<&str, String>) -> Result<(AccountId, MerchantProfile), Failure> {
    let cell =
        |column: &str| row.get(column).map(|text| text.trim()).filter(|text| !text.is_empty());
    let tags = |column: &str| {
        sorted(cell(column).unwrap_or_default().split_whitespace().map(ToOwned::to_owned).collect())
    };
    let mcc = match cell("mcc") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            Failure::new(Exit::Usage, format!("`{text}` is not a merchant category code"))
        })?),
    };
    let profile = MerchantProfile {
        name: cell("name").unwrap_or_default().to_owned(),
        categories: tags("categories"),
        district: cell("district").map(ToOwned::to_owned),
        groups: tags("groups"),
        mcc,
        online: matches!(cell("online"), Some("yes" | "true" | "1")),
    };
    Ok((account(cell("account").unwrap_or_default())?, profile))
}

/// The cells of one CSV line (RFC 4180; a cell may not contain a line break).
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    cells
}

fn sorted(mut tags: Vec<String>) -> Vec<String> {
    tags.sort();
    tags.dedup();
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_be_quoted() {
        assert_eq!(cells("a,\"b, \"\"c\"\"\",,d"), ["a", "b, \"c\"", "", "d"]);
    }

    #[test]
    fn a_file_of_shops_is_read_by_its_head() {
        let address = AccountId([7; 20]).to_string();
        let text = format!(
            "name,account,categories,online,mcc\n망원 빵집,{address},food.bakery food.cafe,no,5462\n\n"
        );
        let shops = read_shops("f", &text).unwrap();
        let (account, profile) = &shops[0];
        assert_eq!(
            (account.to_string(), profile.mcc, profile.categories.len()),
            (address, Some(5462), 2)
        );
        assert!(read_shops("f", "name\nx\n").is_err(), "an account is needed");
        assert!(read_shops("f", "name,account,colour\n").is_err(), "unknown columns are refused");
        assert!(read_shops("f", "name,account\nx,scoin1nonsense\n").is_err());
    }
}
