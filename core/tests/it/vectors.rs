//! Test vectors of others (`tests/data/vectors/NOTES.md`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k256::ecdsa::{Signature, VerifyingKey};
use scoin_core::AccountId;
use scoin_core::address::{AddressError, PREFIX};
use scoin_core::keys::{Language, Mnemonic, MnemonicError, verify};
use scoin_core::merkle::{Hash, verify_consistency, verify_inclusion};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

macro_rules! vectors {
    ($path:literal) => {
        json(include_str!(concat!("../../../tests/data/vectors/", $path)))
    };
}

#[test]
fn wycheproof_bitcoin_signatures() {
    let file = vectors!("wycheproof/ecdsa_secp256k1_sha256_bitcoin_test.json");
    let mut agreed = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let point = hex::decode(text(&group["publicKey"]["uncompressed"])).unwrap();
        let key = VerifyingKey::from_sec1_bytes(&point).unwrap().to_sec1_point(true);
        let key = key.as_bytes().try_into().unwrap();
        for case in group["tests"].as_array().unwrap() {
            let digest: Hash = Sha256::digest(hex::decode(text(&case["msg"])).unwrap()).into();
            // The file signs in DER, we in r || s: the strict DER reader of the curve crate converts.
            let holds = Signature::from_der(&hex::decode(text(&case["sig"])).unwrap())
                .is_ok_and(|signature| verify(key, &digest, &signature.to_bytes().into()).is_ok());
            assert_eq!(holds, text(&case["result"]) == "valid", "case {}", case["tcId"]);
            agreed += 1;
        }
    }
    assert_eq!(agreed, 463);
}

#[test]
fn bip39_words_and_seeds_in_four_languages() {
    let file = vectors!("bip39/trezor-vectors.json");
    for (language, name) in [
        (Language::Korean, "korean"),
        (Language::English, "english"),
        (Language::ChineseSimplified, "chinese_simplified"),
        (Language::Japanese, "japanese"),
    ] {
        let cases = file[name].as_array().unwrap();
        assert_eq!(cases.len(), 24, "{name}");
        for case in cases {
            let (entropy, words) = (hex::decode(text(&case[0])).unwrap(), text(&case[1]));
            let made = Mnemonic::from_entropy(language, &entropy).unwrap();
            let read = Mnemonic::parse(language, words).unwrap();
            assert_eq!(made, read, "{words}");
            assert_eq!(hex::encode(made.seed("TREZOR").as_slice()), text(&case[2]), "{words}");
            assert_eq!(Mnemonic::parse_any(&made.phrase()).unwrap().seed("x"), made.seed("x"));
        }
    }
}

#[test]
fn bip350_strings() {
    let file = vectors!("bech32m/vectors.json");
    for valid in file["valid"].as_array().unwrap() {
        // Good bech32m, but of others: refused for its prefix, not for its checksum.
        let refused = text(valid).parse::<AccountId>().unwrap_err();
        assert!(matches!(refused, AddressError::WrongPrefix(_)), "{valid}: {refused}");
    }
    for invalid in file["invalid"].as_array().unwrap() {
        let refused = text(&invalid["text"]).parse::<AccountId>().unwrap_err();
        assert!(matches!(refused, AddressError::Malformed(_)), "{invalid}: {refused}");
    }
}

#[test]
fn an_address_with_another_checksum_or_length_is_refused_by_name() {
    let prefix = bech32::Hrp::parse(PREFIX).unwrap();
    let old = bech32::encode::<bech32::Bech32>(prefix, &[7; 20]).unwrap();
    assert_eq!(old.parse::<AccountId>(), Err(AddressError::OldChecksum(old)));
    let long = bech32::encode::<bech32::Bech32m>(prefix, &[7; 21]).unwrap();
    assert_eq!(long.parse::<AccountId>(), Err(AddressError::WrongLength(long)));
    let good = AccountId([7; 20]).to_string();
    let mixed = good.replacen('s', "S", 1);
    assert_eq!(mixed.parse::<AccountId>(), Err(AddressError::Malformed(mixed)));
}

#[test]
fn wrong_words_are_refused_by_name() {
    let parse = |words: &str| Mnemonic::parse(Language::English, words).err();
    let eleven = "abandon ".repeat(11);
    assert_eq!(parse(&eleven), Some(MnemonicError::WordCount(11)));
    assert_eq!(parse(&format!("{eleven}abandon")), Some(MnemonicError::Checksum));
    assert_eq!(parse(&format!("{eleven}gimchi")), Some(MnemonicError::UnknownWord(12)));
    assert_eq!(parse(&format!("{eleven}about")), None);
    let short = Mnemonic::from_entropy(Language::Korean, &[0; 15]).err();
    assert_eq!(short, Some(MnemonicError::EntropyLength(15)));
}

/// Probes that must hold, and that must not. One more is not asked, see below.
const INCLUSION_PROBES: (u32, u32) = (6, 92);
const CONSISTENCY_PROBES: (u32, u32) = (5, 92);

#[test]
fn tlog_inclusion_probes() {
    let (mut accepted, mut refused) = (0, 0);
    for (name, probe) in vectors!("tlog/inclusion.json").as_object().unwrap() {
        let holds = hashes(&probe["proof"]).is_some_and(|path| {
            let (leaf, root) = (hash(&probe["leafHash"]), hash(&probe["root"]));
            let (index, size) = (number(&probe["leafIdx"]), number(&probe["treeSize"]));
            leaf.zip(root).is_some_and(|(leaf, root)| {
                verify_inclusion(index, size, &leaf, &path, &root).is_ok()
            })
        });
        assert_eq!(holds, !probe["wantErr"].as_bool().unwrap(), "{name}");
        *if holds { &mut accepted } else { &mut refused } += 1;
    }
    assert_eq!((accepted, refused), INCLUSION_PROBES);
}

#[test]
fn tlog_consistency_probes() {
    // Accepts hashes of 12 bytes, which ours never have.
    const NOT_ASKED: &str = "additional/sizes-are-equal-one-and-proof-is-empty.json";
    let (mut accepted, mut refused) = (0, 0);
    for (name, probe) in vectors!("tlog/consistency.json").as_object().unwrap() {
        if name == NOT_ASKED {
            assert_eq!(hash(&probe["root1"]), None);
            continue;
        }
        let holds = hashes(&probe["proof"]).is_some_and(|path| {
            let (old, new) = (hash(&probe["root1"]), hash(&probe["root2"]));
            let (old_size, size) = (number(&probe["size1"]), number(&probe["size2"]));
            old.zip(new).is_some_and(|(old, new)| {
                verify_consistency(old_size, size, &old, &new, &path).is_ok()
            })
        });
        assert_eq!(holds, !probe["wantErr"].as_bool().unwrap(), "{name}");
        *if holds { &mut accepted } else { &mut refused } += 1;
    }
    assert_eq!((accepted, refused), CONSISTENCY_PROBES);
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// `None` unless it has 32 bytes.
fn hash(value: &Value) -> Option<Hash> {
    STANDARD.decode(text(value)).unwrap().try_into().ok()
}

fn hashes(proof: &Value) -> Option<Vec<Hash>> {
    proof.as_array().map_or(Some(Vec::new()), |steps| steps.iter().map(hash).collect())
}
