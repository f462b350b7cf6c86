//! Receipts, trees, genesis and read proofs.

use scoin_core::command::{AccountKind, Action};
use scoin_core::envelope::{EnvelopeError, SignedCommand, sign};
use scoin_core::genesis::{Genesis, GenesisError};
use scoin_core::keys::SignatureError;
use scoin_core::merkle::{Hash, Levels, ProofError, Tree, leaf_hash, verify_consistency};
use scoin_core::outcome::{Effect, Outcome};
use scoin_core::read_proof::{LIFE_MICROS_MAX, ReadProof, ReadProofError};
use scoin_core::receipt::{FrameHead, Receipt, ReceiptError, entry_leaf};
use scoin_core::{AccountId, NetworkId, Timestamp};

use crate::samples::{NETWORK, NOW, command, key};

pub(crate) fn genesis() -> Genesis {
    let mut officers: Vec<_> = (21..24).map(|number| key(number).public_key()).collect();
    officers.sort_unstable();
    Genesis {
        name: "서울".to_owned(),
        currency: "won".to_owned(),
        iso: "KRW".to_owned(),
        exponent: 0,
        zone: "Asia/Seoul".to_owned(),
        sandbox: true,
        officers,
        approvals_needed: 2,
        issuer: key(9).public_key(),
        created: NOW,
        hold_hours: 24,
        recovery_hours: None,
    }
}

fn command_digest() -> Hash {
    let bytes = sign(&command(Action::OpenAccount { kind: AccountKind::Person }), &key(1));
    *SignedCommand::decode(&bytes).unwrap().digest()
}

fn entries() -> Levels {
    let ours = entry_leaf(&command_digest(), &Outcome::Accepted(Effect::Done).to_bytes());
    let others = |number: u8| leaf_hash(&[number]);
    Levels::new(vec![others(0), others(1), ours, others(3), others(4)])
}

pub(crate) fn frame_head() -> FrameHead {
    FrameHead {
        network: NETWORK,
        number: 41,
        prev: [0x11; 32],
        time: NOW,
        entries: 5,
        entries_root: entries().root(),
        state_digest: [0x22; 32],
        sandbox: true,
    }
}

pub(crate) fn receipt() -> Receipt {
    Receipt {
        seal: frame_head().seal(&key(9)),
        index: 2,
        command: command_digest(),
        outcome: Outcome::Accepted(Effect::Done).to_bytes(),
        path: entries().path(2).unwrap(),
    }
}

pub(crate) fn read_proof() -> ReadProof {
    let account = AccountId::derive(NETWORK, &key(1).public_key());
    ReadProof { network: NETWORK, account, expires: NOW }
}

#[test]
fn a_receipt_proves_its_outcome() {
    let issuer = key(9).public_key();
    let receipt = Receipt::from_bytes(&receipt().to_bytes()).unwrap();
    let proved = receipt.verify(&issuer, NETWORK, &command_digest()).unwrap();
    assert_eq!(proved.outcome, Outcome::Accepted(Effect::Done));
    assert_eq!((proved.frame(), proved.index, proved.time()), (41, 2, NOW));
    assert!(proved.sandbox());
}

#[test]
fn a_wrong_receipt_is_refused_by_name() {
    let (issuer, digest) = (key(9).public_key(), command_digest());
    let good = receipt();
    let refused = |receipt: Receipt| receipt.verify(&issuer, NETWORK, &digest).unwrap_err();

    let mut other_outcome = good.clone();
    other_outcome.outcome = Outcome::Accepted(Effect::Pending { missing: 1 }).to_bytes();
    assert_eq!(refused(other_outcome), ReceiptError::Proof(ProofError::Root));
    assert_eq!(
        refused(Receipt { index: 9, ..good.clone() }),
        ReceiptError::Proof(ProofError::Place)
    );
    let mut cut = good.clone();
    cut.path.pop();
    assert_eq!(refused(cut), ReceiptError::Proof(ProofError::Length));
    assert_eq!(
        refused(Receipt { seal: frame_head().seal(&key(8)), ..good.clone() }),
        ReceiptError::NotTheIssuer
    );
    let mut flipped = good.clone();
    *flipped.seal.last_mut().unwrap() ^= 1;
    let mismatch = EnvelopeError::Signature(SignatureError::Mismatch);
    assert_eq!(refused(flipped), ReceiptError::Seal(mismatch));
    assert_eq!(refused(Receipt { command: [0; 32], ..good.clone() }), ReceiptError::WrongCommand);
    assert_eq!(
        good.verify(&issuer, NetworkId([0; 8]), &digest).unwrap_err(),
        ReceiptError::WrongNetwork
    );
}

#[test]
fn growing_trees_agree_with_whole_ones() {
    let leaves: Vec<Hash> = (0..70_u8).map(|number| leaf_hash(&[number])).collect();
    let mut tree = Tree::default();
    let mut roots = vec![tree.root()];
    for (size, leaf) in (1_u64..).zip(&leaves) {
        tree.push(*leaf);
        tree = Tree::from_parts(tree.size(), tree.peaks().to_vec()).unwrap();
        let whole = Levels::new(leaves[..tree.size() as usize].to_vec());
        assert_eq!((tree.size(), tree.root()), (size, whole.root()));
        roots.push(whole.root());
        for index in 0..size {
            let path = whole.path(index).unwrap();
            let leaf = &leaves[index as usize];
            let holds = scoin_core::merkle::verify_inclusion;
            assert_eq!(holds(index, size, leaf, &path, &whole.root()), Ok(()));
        }
        for old in 1..=size {
            let path = whole.consistency(old).unwrap();
            let (old_root, root) = (&roots[old as usize], &whole.root());
            assert_eq!(
                verify_consistency(old, size, old_root, root, &path),
                Ok(()),
                "{old} {size}"
            );
        }
        assert_eq!((whole.path(size), whole.consistency(size + 1)), (None, None));
    }
}

#[test]
fn a_genesis_names_its_city() {
    let genesis = genesis();
    let read = Genesis::from_bytes(&genesis.to_bytes()).unwrap();
    assert_eq!((read.network_id(), &read), (genesis.network_id(), &genesis));
    let renamed = Genesis { name: "부산".to_owned(), ..genesis.clone() };
    assert_ne!(renamed.network_id(), genesis.network_id());

    let mut twice = genesis.clone();
    twice.officers[1] = twice.officers[0];
    for (field, wrong) in [
        ("approvals_needed", Genesis { approvals_needed: 4, ..genesis.clone() }),
        ("approvals_needed", Genesis { approvals_needed: 0, ..genesis.clone() }),
        ("officers", twice),
        ("iso", Genesis { iso: "won".to_owned(), ..genesis.clone() }),
        ("recovery_hours", Genesis { recovery_hours: Some(0), ..genesis.clone() }),
        ("hold_hours", Genesis { hold_hours: 0, ..genesis }),
    ] {
        assert_eq!(Genesis::from_bytes(&wrong.to_bytes()), Err(GenesisError::Field(field)));
    }
}

#[test]
fn a_read_proof_holds_for_five_minutes() {
    let proof = read_proof();
    let header = proof.to_header(&key(1));
    let open = |now: Timestamp| ReadProof::from_header(&header, NETWORK, now);
    let verified = open(NOW).unwrap();
    assert_eq!((verified.message(), *verified.key()), (&proof, key(1).public_key()));

    let (second, micros) = (1_000_000, NOW.micros());
    assert_eq!(open(Timestamp::from_micros(micros + 1)), Err(ReadProofError::Expired));
    let early = Timestamp::from_micros(micros - LIFE_MICROS_MAX);
    assert!(open(early).is_ok());
    let earlier = Timestamp::from_micros(early.micros() - second);
    assert_eq!(open(earlier), Err(ReadProofError::TooFarAhead));
    assert_eq!(
        ReadProof::from_header(&header, NetworkId([0; 8]), NOW),
        Err(ReadProofError::WrongNetwork)
    );
    for header in ["", "Scoin", "Bearer x", "Scoin !"] {
        let refused = ReadProof::from_header(header, NETWORK, NOW);
        assert_eq!(refused, Err(ReadProofError::Header), "{header}");
    }
}
