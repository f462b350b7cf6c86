//! The two files a city is born with: `genesis.toml` and the issuer's secret key.

use std::path::{Path, PathBuf};

use scoin_api::GenesisFile;
use scoin_core::genesis::{Genesis, GenesisError};
use scoin_core::keys::{PublicKey, SecretKey};
use zeroize::Zeroizing;

/// Why one of the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no TOML, or a field is missing or unknown.
    #[error("`{path}`: {message}")]
    Toml {
        /// Which file.
        path: PathBuf,
        /// What and where.
        message: String,
    },
    /// A key is not 66 hex digits of a point on the curve.
    #[error("`{path}`: `{text}` is not a public key; write 66 hex digits")]
    Key {
        /// Which file.
        path: PathBuf,
        /// What stands there.
        text: String,
    },
    /// A field is out of range.
    #[error("`{path}`: {source}")]
    Genesis {
        /// Which file.
        path: PathBuf,
        /// Which field.
        source: GenesisError,
    },
    /// The key file does not hold a key.
    #[error("`{path}` does not hold a secret key; write 64 hex digits")]
    NotAKey {
        /// Which file.
        path: PathBuf,
    },
    /// The key file can be read by others.
    #[error("`{path}` can be read by others; run `chmod 600` on it")]
    Readable {
        /// Which file.
        path: PathBuf,
    },
    /// The key is another city's.
    #[error("`{path}` is not the key that the genesis names as the issuer's")]
    OtherKey {
        /// Which file.
        path: PathBuf,
    },
}

/// Read `genesis.toml`.
pub fn read_genesis(path: &Path) -> Result<Genesis, FileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| FileError::Read { path: path.to_owned(), source })?;
    let file: GenesisFile = toml::from_str(&text)
        .map_err(|error| FileError::Toml { path: path.to_owned(), message: error.to_string() })?;
    let key = |text: &String| {
        PublicKey::from_hex(text)
            .ok_or_else(|| FileError::Key { path: path.to_owned(), text: text.clone() })
    };
    let mut officers = file.officers.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    officers.sort_unstable();
    let genesis = Genesis {
        officers,
        issuer: key(&file.issuer)?,
        name: file.name,
        currency: file.currency,
        iso: file.currency_code,
        exponent: file.exponent,
        zone: file.zone,
        sandbox: file.sandbox,
        approvals_needed: file.approvals_needed,
        created: file.created.0,
        hold_hours: u16::try_from(file.hold_hours).unwrap_or(u16::MAX),
        recovery_hours: file.recovery_hours,
    };
    genesis.check().map_err(|source| FileError::Genesis { path: path.to_owned(), source })?;
    Ok(genesis)
}

/// Read the issuer's key and check that it is this city's.
pub fn read_issuer_key(path: &Path, issuer: &PublicKey) -> Result<SecretKey, FileError> {
    let read = |source| FileError::Read { path: path.to_owned(), source };
    if is_open_to_others(&std::fs::metadata(path).map_err(read)?) {
        return Err(FileError::Readable { path: path.to_owned() });
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(read)?);
    let not_a_key = || FileError::NotAKey { path: path.to_owned() };
    let bytes = secret_bytes(text.trim()).ok_or_else(not_a_key)?;
    let key = SecretKey::from_bytes(&bytes).ok_or_else(not_a_key)?;
    if key.public_key() == *issuer {
        Ok(key)
    } else {
        Err(FileError::OtherKey { path: path.to_owned() })
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_metadata: &std::fs::Metadata) -> bool {
    false
}

fn secret_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn key_file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer.key");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn the_key_file_is_read_only_when_it_is_private_and_right() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let good = "07".repeat(32);
        let cases: &[(&str, u32, &str)] = &[
            (&good, 0o644, "chmod 600"),
            ("07", 0o600, "64 hex digits"),
            (&"00".repeat(32), 0o600, "64 hex digits"),
            (&"zz".repeat(32), 0o600, "64 hex digits"),
            (&"08".repeat(32), 0o600, "not the key"),
        ];
        for (text, mode, expected) in cases {
            let (_folder, path) = key_file(text, *mode);
            let error = read_issuer_key(&path, &key).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let (_folder, path) = key_file(&format!("{good}\n"), 0o600);
        assert_eq!(read_issuer_key(&path, &key).unwrap().public_key(), key);
    }
}
