//! Receipts: nothing is believed that the issuer has not signed, and no two stories of one frame.

use minicbor::{Decode, Encode};
use scoin_api::AnswerBody;
use scoin_core::CommandId;
use scoin_core::outcome::Outcome;
use scoin_core::receipt::{Receipt, VerifiedReceipt};

use super::Wallet;
use super::submit::Proof;
use super::sync::place;
use crate::error::WalletError;
use crate::store::Batch;

/// Key of the newest frame this wallet has proof of.
const NEWEST: &str = "newest-frame";

/// Before the keys that say which command stands at which place of the journal.
pub(super) const PLACES: &str = "place/";

/// The newest frame that a verified receipt showed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Newest {
    #[n(0)]
    frame: u64,
    #[n(1)]
    time: u64,
    #[cbor(n(2), with = "minicbor::bytes")]
    head: [u8; 32],
}

impl Wallet {
    /// Checks the receipt of an answer against the issuer's key and the command's digest, and that it tells the same
    /// story as the frames seen before.
    pub(super) fn verify(
        &self,
        answer: &AnswerBody,
        digest: &[u8; 32],
    ) -> Result<(Outcome, Proof), WalletError> {
        let invalid =
            |error: &dyn std::fmt::Display| WalletError::ReceiptInvalid(error.to_string());
        let bytes = answer.receipt.as_ref().ok_or_else(|| invalid(&"it is missing"))?;
        let receipt = Receipt::from_bytes(&bytes.0).map_err(|error| invalid(&error))?;
        let city = self.city()?;
        let verified = receipt
            .verify(&city.genesis.issuer, city.network, digest)
            .map_err(|error| invalid(&error))?;
        if verified.sandbox() != city.genesis.sandbox {
            return Err(invalid(&"it is of another kind of city"));
        }
        self.check_story(&verified)?;
        self.hear(verified.time());
        let proof = Proof {
            frame: verified.frame(),
            index: verified.index,
            time: verified.time(),
            sandbox: verified.sandbox(),
            receipt: bytes.0.clone(),
        };
        Ok((verified.outcome, proof))
    }

    /// The receipt of a command, as kept by this device.
    pub fn receipt(&self, id: CommandId) -> Result<Option<Receipt>, WalletError> {
        let kept = self.store.get(&key(id))?;
        Ok(kept.and_then(|bytes| Receipt::from_bytes(&bytes).ok()))
    }

    /// Keeps a receipt. A cache that fails does not stop a payment: the issuer can give the receipt again.
    pub(super) fn keep_receipt(&self, id: CommandId, proof: &Proof) {
        let mut batch = Batch::new();
        batch.put(key(id), proof.receipt.clone());
        batch.put(format!("{PLACES}{}", place(proof.frame, proof.index)), id.0);
        if let Err(error) = self.store.commit(batch) {
            tracing::warn!(%error, "a receipt could not be cached");
        }
    }

    /// The newest frame there is proof of.
    pub(super) fn newest_frame(&self) -> Option<u64> {
        self.newest().map(|newest| newest.frame)
    }

    /// Two heads of one number, or a later frame with an earlier time, are two journals.
    fn check_story(&self, verified: &VerifiedReceipt) -> Result<(), WalletError> {
        let head = verified.head.hash();
        let (frame, time) = (verified.frame(), verified.time().micros());
        if let Some(newest) = self.newest() {
            let same = frame != newest.frame || head == newest.head;
            let in_order = frame.cmp(&newest.frame) == time.cmp(&newest.time);
            if !same || !in_order {
                let story = format!("frame {frame} contradicts frame {}", newest.frame);
                return Err(WalletError::ReceiptInvalid(story));
            }
            if frame <= newest.frame {
                return Ok(());
            }
        }
        self.keep_newest(&Newest { frame, time, head });
        Ok(())
    }

    fn newest(&self) -> Option<Newest> {
        let bytes = self.store.get(NEWEST).ok().flatten()?;
        minicbor::decode(&bytes).ok()
    }

    fn keep_newest(&self, newest: &Newest) {
        let mut batch = Batch::new();
        if let Ok(bytes) = minicbor::to_vec(newest) {
            batch.put(NEWEST, bytes);
        }
        if let Err(error) = self.store.commit(batch) {
            tracing::warn!(%error, "the newest frame could not be cached");
        }
    }
}

fn key(id: CommandId) -> String {
    format!("receipt/{}", id.to_hex())
}
