//! Frames in order: each in its place, in the chain, with its entries under the root, and sealed by the issuer.

use scoin_core::NetworkId;
use scoin_core::genesis::Genesis;
use scoin_core::keys::PublicKey;
use scoin_core::merkle::Hash;
use scoin_core::receipt::FrameHead;
use scoin_ledger::{Frame, Source};

use crate::exit::Exit;
use crate::failure::Failure;

/// A journal as far as it was read. Trusted is the network id alone, or nothing but the genesis in frame 0.
#[derive(Debug)]
pub(crate) struct Chain {
    network: Option<NetworkId>,
    genesis: Option<(Genesis, PublicKey)>,
    last: Option<Hash>,
    size: u64,
}

impl Chain {
    /// Before frame 0. With a network id the genesis must hash to it.
    pub(crate) fn new(network: Option<NetworkId>) -> Self {
        Self { network, genesis: None, last: None, size: 0 }
    }

    /// How many frames were read.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The genesis; `None` before frame 0.
    pub(crate) fn genesis(&self) -> Option<&Genesis> {
        self.genesis.as_ref().map(|(genesis, _)| genesis)
    }

    /// The next frame, if its bytes and its seal are what they must be.
    pub(crate) fn take(
        &mut self,
        number: u64,
        bytes: &[u8],
        seal: &[u8],
    ) -> Result<Frame, Failure> {
        let place = self.size;
        let wrong = |why: &str| difference(place, why);
        let frame =
            Frame::from_bytes(bytes).map_err(|_| wrong("its bytes are not a canonical frame"))?;
        if frame.head.number != place || number != place {
            return Err(wrong("another frame stands in its place"));
        }
        let issuer = match &self.genesis {
            Some((_, issuer)) => *issuer,
            None => self.founder(&frame)?,
        };
        let sealed = FrameHead::open_seal(seal, &issuer)
            .map_err(|error| wrong(&format!("its seal is not the issuer's: {error}")))?;
        if sealed != frame.head {
            return Err(wrong("the seal is of another head"));
        }
        if self.last.is_some_and(|last| last != frame.head.prev) {
            return Err(wrong("it does not follow from the one before"));
        }
        let root = frame.tree().map_err(|error| wrong(&error.to_string()))?.root();
        if root != frame.head.entries_root {
            return Err(wrong("its entries are not those of its head"));
        }
        self.last = Some(frame.hash());
        self.size = place.saturating_add(1);
        Ok(frame)
    }

    /// The issuer's key, from the genesis that the network is named after.
    fn founder(&mut self, frame: &Frame) -> Result<PublicKey, Failure> {
        let wrong = |why: &str| difference(0, why);
        let genesis = match frame.entries.first().map(|entry| &entry.source) {
            Some(Source::Genesis(document)) => {
                Genesis::from_bytes(&document.0).map_err(|error| wrong(&error.to_string()))?
            }
            _ => return Err(wrong("it does not hold a genesis document")),
        };
        if self.network.is_some_and(|network| network != genesis.network_id()) {
            return Err(wrong("its genesis is that of another city than this wallet joined"));
        }
        let issuer = genesis.issuer;
        self.genesis = Some((genesis, issuer));
        Ok(issuer)
    }
}

/// The journal and what was said of it do not agree.
pub(crate) fn difference(frame: u64, why: &str) -> Failure {
    let mut failure = Failure::new(Exit::Failed, format!("frame {frame} differs"))
        .why(why)
        .hint("keep this output and the service's data file, and tell the city's auditor")
        .with("frame", frame);
    "difference".clone_into(&mut failure.name);
    failure
}
