//! What every part of the story works with.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use scoin_core::{NetworkId, Timestamp};
use scoin_tests::Service;
use scoin_tests::city::instant;
use serde_json::Value;

use crate::cli::Cli;
use crate::show::{Said, Show};
use crate::tally::Tally;

/// The city on stage.
#[derive(Debug)]
pub(crate) struct Stage {
    /// Prints.
    pub(crate) show: Show,
    /// Counts.
    pub(crate) tally: Tally,
    /// The real command line.
    pub(crate) cli: Cli,
    /// The real service.
    pub(crate) service: Service,
    /// Names the city.
    pub(crate) network: NetworkId,
    /// What the clock shows.
    pub(crate) now: Timestamp,
    /// Addresses by home.
    pub(crate) addresses: BTreeMap<String, String>,
}

impl Stage {
    /// Moves the city's clock, `2026-05-23T11:00:00+09:00`.
    pub(crate) async fn clock(&mut self, time: &str) {
        self.now = instant(time);
        self.service.set_clock(self.now).await;
    }

    /// Somebody runs `scoin`, and it works.
    pub(crate) fn run(&mut self, who: &str, arguments: &[&str]) -> Result<Value> {
        self.cli.must(&mut self.tally, who, arguments)
    }

    /// Somebody runs `scoin`, it is refused, and both languages are shown.
    pub(crate) fn refused(
        &mut self,
        what: &str,
        who: &str,
        arguments: &[&str],
    ) -> Result<(Said, Value)> {
        let (said, error) = self.cli.must_not(&mut self.tally, who, arguments)?;
        self.show.refused(what, &said);
        Ok((said, error))
    }

    /// The address of a home.
    pub(crate) fn address(&self, who: &str) -> Result<String> {
        self.addresses.get(who).cloned().with_context(|| format!("`{who}` has no wallet yet"))
    }

    /// A new wallet in a new home.
    pub(crate) fn wallet(&mut self, who: &str, kind: &str) -> Result<String> {
        let words = self.cli.home(who).with_extension("words");
        let words = words.to_str().context("a path in UTF-8")?.to_owned();
        let made = self.run(who, &["wallet", "init", "--kind", kind, "--words-file", &words])?;
        let address = made["address"].as_str().context("`wallet init` prints an address")?;
        self.tally.opened += 1;
        self.addresses.insert(who.to_owned(), address.to_owned());
        Ok(address.to_owned())
    }

    /// Sends a command signed in memory, which must be accepted.
    pub(crate) async fn send(&mut self, command: Vec<u8>) -> Result<()> {
        let reply = self.service.line().send(&command).await.context("the service answers")?;
        ensure!(reply.accepted(), "{}", reply.text());
        self.tally.count(&command, true);
        Ok(())
    }

    /// A shop shows a code; gives its text.
    pub(crate) fn code(&mut self, shop: &str, amount: u64, more: &[&str]) -> Result<String> {
        let amount = amount.to_string();
        let arguments = [&["wallet", "request", &amount], more].concat();
        let document = self.run(shop, &arguments)?;
        Ok(document["request"].as_str().context("`wallet request` prints a request")?.to_owned())
    }
}
