//! `scoin check`: the whole journal, downloaded, verified and executed again on this machine.
//!
//! Trusted are the network id this wallet joined and the code in this program, nothing that the service says: the
//! genesis must hash to the id, the issuer's key comes from the genesis, every seal must be its signature, every command
//! must verify under its own key, and every outcome must come out again, byte for byte.

use scoin_api::{CheckpointBody, FrameBody, ReportBody, Time, paths};
use scoin_core::NetworkId;
use scoin_core::merkle::{Tree, leaf_hash};
use scoin_core::outcome::Outcome;
use scoin_ledger::invariants::{check_all, recount};
use scoin_ledger::state::Totals;
use scoin_ledger::{Frame, Record, Source, State, verify_frame};
use serde_json::json;

use crate::args::Global;
use crate::args::city::Check;
use crate::failure::Failure;
use crate::journal::{self, Chain, Saved, difference};
use crate::output::Report;
use crate::refused::failure_of;
use crate::session::Session;
use crate::words;

/// Runs the command.
pub(crate) async fn run(global: &Global, check: &Check) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let network = session.wallet.network().map_err(|error| failure_of(error, global.lang))?;
    let checkpoint: CheckpointBody = session.read(paths::CHECKPOINT).await?;
    let mut saved = check.save.as_deref().map(Saved::create).transpose()?;
    let mut again = Again::new(network);
    journal::download(&session, global.json, checkpoint.size, |frame| {
        again.take(frame)?;
        saved.as_mut().map_or(Ok(()), |saved| saved.push(&frame.frame.0, &frame.seal.0))
    })
    .await?;
    again.compare(&checkpoint)?;
    let report: ReportBody = session.read(paths::REPORT).await?;
    again.compare_report(&report)?;
    // Only a journal that holds gets its name.
    saved.map_or(Ok(()), Saved::finish)?;
    Ok(again.report())
}

/// The books, executed again so far.
struct Again {
    network: NetworkId,
    chain: Chain,
    state: State,
    last: Option<Frame>,
    frames: Vec<Frame>,
    tree: Tree,
    accepted: u64,
    refused: u64,
    ticks: u64,
}

impl Again {
    fn new(network: NetworkId) -> Self {
        Self {
            network,
            chain: Chain::new(Some(network)),
            state: State::new(),
            last: None,
            frames: Vec::new(),
            tree: Tree::default(),
            accepted: 0,
            refused: 0,
            ticks: 0,
        }
    }

    /// One more frame: seal, chain, signatures, decisions.
    fn take(&mut self, body: &FrameBody) -> Result<(), Failure> {
        let number = self.chain.size();
        let frame = self.chain.take(body.number, &body.frame.0, &body.seal.0)?;
        let effects = verify_frame(&self.state, self.last.as_ref(), &frame)
            .map_err(|breach| difference(number, &breach.to_string()))?;
        self.state.absorb(effects.writes);
        self.count(&frame)?;
        self.tree.push(leaf_hash(&frame.hash()));
        self.frames.push(frame.clone());
        self.last = Some(frame);
        Ok(())
    }

    fn count(&mut self, frame: &Frame) -> Result<(), Failure> {
        for entry in &frame.entries {
            let place = match &entry.source {
                Source::Genesis(_) => continue,
                Source::Tick => &mut self.ticks,
                Source::Signed(_) => match Outcome::from_bytes(&entry.outcome.0) {
                    Ok(Outcome::Accepted(_)) => &mut self.accepted,
                    Ok(Outcome::Refused(_)) => &mut self.refused,
                    Err(_) => {
                        return Err(difference(frame.head.number, "an outcome cannot be read"));
                    }
                },
            };
            *place = place.saturating_add(1);
        }
        Ok(())
    }

    /// Everything the service says of this journal must be what came out here.
    fn compare(&self, checkpoint: &CheckpointBody) -> Result<(), Failure> {
        let last = self.chain.size().saturating_sub(1);
        let Some(frame) = &self.last else {
            return Err(difference(0, "the journal is empty"));
        };
        let pairs = [
            ("root", hex::encode(self.tree.root()), &checkpoint.root),
            ("head", hex::encode(frame.hash()), &checkpoint.head),
            ("state digest", hex::encode(frame.head.state_digest), &checkpoint.state_digest),
        ];
        for (what, here, there) in pairs {
            if here != *there {
                return Err(difference(
                    last,
                    &format!("the {what} here is {here}, the service says {there}"),
                ));
            }
        }
        let mut breaches = check_all(&self.state);
        breaches.extend(recount(&self.frames));
        match breaches.first() {
            None => Ok(()),
            Some(breach) => Err(difference(last, &breach.to_string())),
        }
    }

    /// The totals, if the service's report is of the same frame.
    fn compare_report(&self, report: &ReportBody) -> Result<(), Failure> {
        let last = self.chain.size().saturating_sub(1);
        if report.frame != last {
            return Ok(());
        }
        let totals = self.totals();
        let here = [totals.minted, totals.burned, totals.redeemed];
        if here != [report.minted, report.burned, report.redeemed] || !report.balanced {
            return Err(difference(
                last,
                "the totals of the service's report are not those of the journal",
            ));
        }
        Ok(())
    }

    fn totals(&self) -> Totals {
        let records = self.state.iter().filter_map(|(_, record)| {
            if let Record::Totals(totals) = record { Some(*totals) } else { None }
        });
        records.fold(Totals::default(), |sum, one| Totals {
            minted: sum.minted.saturating_add(one.minted),
            marked_in: sum.marked_in.saturating_add(one.marked_in),
            marked_out: sum.marked_out.saturating_add(one.marked_out),
            burned: sum.burned.saturating_add(one.burned),
            redeemed: sum.redeemed.saturating_add(one.redeemed),
        })
    }

    fn report(&self) -> Report {
        let totals = self.totals();
        let root = hex::encode(self.tree.root());
        let digest = self
            .last
            .as_ref()
            .map(|frame| hex::encode(frame.head.state_digest))
            .unwrap_or_default();
        let time = self.last.as_ref().map(|frame| Time(frame.head.time));
        let supply = totals.minted.saturating_sub(totals.burned).saturating_sub(totals.redeemed);
        let json = json!({
            "books": "balanced",
            "network": self.network.to_hex(),
            "journal_frames": self.chain.size(),
            "accepted": self.accepted,
            "refused": self.refused,
            "ticks": self.ticks,
            "minted": totals.minted,
            "burned": totals.burned,
            "redeemed": totals.redeemed,
            "supply": supply,
            "root": root,
            "state_digest": digest,
            "time": time,
        });
        Report::new(json)
            .text("the books are balanced: every seal, signature, decision and total is as the service says")
            .fields([
                ("frames", self.chain.size().to_string()),
                ("accepted", words::money(self.accepted)),
                ("refused", words::money(self.refused)),
                ("minted", words::money(totals.minted)),
                ("in the city", words::money(supply)),
                ("root", root),
                ("state", digest),
            ])
    }
}

#[cfg(test)]
mod tests {
    use scoin_api::Base64;
    use scoin_core::Timestamp;
    use scoin_core::genesis::Genesis;
    use scoin_core::keys::SecretKey;
    use scoin_ledger::genesis_frame;

    use super::*;

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_bytes(&[seed; 32]).unwrap()
    }

    fn genesis() -> Genesis {
        Genesis {
            name: "Test".to_owned(),
            currency: "won".to_owned(),
            iso: "KRW".to_owned(),
            exponent: 0,
            zone: "Asia/Seoul".to_owned(),
            sandbox: true,
            officers: vec![key(2).public_key()],
            approvals_needed: 1,
            issuer: key(1).public_key(),
            created: Timestamp::from_micros(1_788_224_400_000_000),
            hold_hours: 24,
            recovery_hours: None,
        }
    }

    /// Frame 0 of the city as the service would give it, sealed by `issuer`.
    fn body(issuer: &SecretKey) -> (Frame, FrameBody) {
        let frame = genesis_frame(&genesis()).frame.unwrap();
        let seal = Base64(frame.head.seal(issuer));
        let body = FrameBody { number: 0, frame: Base64(frame.to_bytes()), seal };
        (frame, body)
    }

    fn checkpoint(frame: &Frame) -> CheckpointBody {
        let mut tree = Tree::default();
        tree.push(leaf_hash(&frame.hash()));
        CheckpointBody {
            size: 1,
            root: hex::encode(tree.root()),
            head: hex::encode(frame.hash()),
            state_digest: hex::encode(frame.head.state_digest),
            ..CheckpointBody::default()
        }
    }

    #[test]
    fn an_honest_journal_passes() {
        let (frame, body) = body(&key(1));
        let mut again = Again::new(genesis().network_id());
        again.take(&body).unwrap();
        again.compare(&checkpoint(&frame)).unwrap();
        assert_eq!(again.report().json["journal_frames"], 1);
    }

    #[test]
    fn every_lie_is_named() {
        let (frame, honest) = body(&key(1));
        let network = genesis().network_id();
        let take = |network, body: &FrameBody| Again::new(network).take(body).unwrap_err();
        assert!(take(NetworkId([9; 8]), &honest).why.clone().unwrap().contains("another city"));
        let (_, forged) = body(&key(3));
        assert!(take(network, &forged).why.clone().unwrap().contains("seal"));
        for place in 0..honest.frame.0.len() {
            let mut bent = honest.clone();
            bent.frame.0[place] ^= 1;
            assert_eq!(take(network, &bent).name, "difference", "byte {place}");
        }
        let mut again = Again::new(network);
        again.take(&honest).unwrap();
        assert_eq!(again.take(&honest).unwrap_err().more["frame"], 1, "the same frame twice");
        let bends: [fn(&mut CheckpointBody); 3] = [
            |body| body.root = "00".repeat(32),
            |body| body.head = "00".repeat(32),
            |body| body.state_digest = "00".repeat(32),
        ];
        for bend in bends {
            let mut bent = checkpoint(&frame);
            bend(&mut bent);
            assert!(again.compare(&bent).is_err());
        }
    }
}
