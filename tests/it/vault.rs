//! The file with the keys, as somebody who types `scoin` meets it; and what the programs that hold keys let others see.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use scoin_tests::City;
use scoin_tests::binaries::binary;
use serde_json::json;

use crate::typist::Typist;

const PASSWORD: &str = "correct horse battery";
/// How long something that needs no luck may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder with a wallet that has not met a city.
fn wallet() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("password"), PASSWORD).expect("written");
    let words = path(folder.path(), "words");
    let init = ["wallet", "init", "--offline", "--words-file", &words];
    Typist { folder: folder.path() }.done("me", &init);
    folder
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("a path").to_owned()
}

#[test]
fn the_password_changes_and_the_words_bring_a_forgotten_one_back() {
    let folder = wallet();
    let typist = Typist { folder: folder.path() };
    let key = typist.done("me", &["wallet", "key", "show"])["public_key"].clone();
    let (next, words) = (path(folder.path(), "next"), path(folder.path(), "words"));
    fs::write(&next, "battery staple\n").expect("written");
    let change = ["wallet", "password", "--new-password-file", &next];
    assert_eq!(typist.done("me", &change)["recovered"], json!(false));
    typist.refused("me", &["wallet", "key", "show"], 4, "sign-in");
    typist.refused("me", &change, 4, "sign-in");
    let recover = [&change[..], &["--recover", "--words-file", &words]].concat();
    fs::write(&next, "third password").expect("written");
    assert_eq!(typist.done("me", &recover)["recovered"], json!(true));
    fs::copy(&next, folder.path().join("password")).expect("copied");
    assert_eq!(typist.done("me", &["wallet", "key", "show"])["public_key"], key);
    fs::write(&next, "short").expect("written");
    typist.refused("me", &change, 2, "usage");
    let other = wallet();
    let foreign = path(other.path(), "words");
    fs::write(&next, "fourth password").expect("written");
    let recover = [&change[..], &["--recover", "--words-file", &foreign]].concat();
    typist.refused("me", &recover, 2, "usage");
}

#[test]
fn the_words_are_checked_and_the_file_says_how_it_is_protected() {
    let folder = wallet();
    let typist = Typist { folder: folder.path() };
    let words = path(folder.path(), "words");
    assert_eq!(typist.done("me", &["wallet", "quiz", "--words-file", &words])["right"], true);
    let other = path(wallet().path(), "words");
    let foreign = typist.folder.join("foreign");
    fs::write(&foreign, "zoo ".repeat(12)).expect("written");
    assert_ne!(other, words);
    let foreign = path(folder.path(), "foreign");
    typist.refused("me", &["wallet", "quiz", "--words-file", &foreign], 13, "said-no");
    typist.refused("me", &["wallet", "quiz"], 2, "usage");
    let shown = typist.done("me", &["wallet", "vault"]);
    assert_eq!((&shown["memory_kib"], &shown["passes"]), (&json!(65_536), &json!(3)));
    assert_eq!((&shown["second"], &shown["words_open_it"]), (&json!(null), &json!(true)));

    assert_eq!(typist.done("me", &["wallet", "repair"])["put_back"], false);
    let vault = folder.path().join("me/wallet.scks");
    let mut damaged = fs::read(&vault).expect("the vault");
    damaged[40] ^= 1;
    fs::write(&vault, &damaged).expect("written");
    let refused = typist.refused("me", &["wallet", "key", "show"], 1, "failed");
    assert!(refused["hint"].as_str().is_some_and(|hint| hint.contains("wallet repair")));
    assert_eq!(typist.done("me", &["wallet", "repair"])["put_back"], true);
    typist.done("me", &["wallet", "key", "show"]);
}

/// A terminal without a desktop has no keyring: said, and nothing changes.
#[test]
fn without_a_desktop_there_is_no_second_secret() {
    let folder = wallet();
    let typist = Typist { folder: folder.path() };
    let refused = typist.refused("me", &["wallet", "keyring", "on"], 1, "failed");
    assert!(refused["message"].as_str().is_some_and(|text| text.contains("no keyring")));
    typist.done("me", &["wallet", "keyring", "off"]);
    assert_eq!(typist.done("me", &["wallet", "vault"])["second"], json!(null));
}

/// The real Secret Service, on a bus of its own. Skipped, with a message, where it is not installed.
#[test]
#[expect(clippy::print_stderr, reason = "says that it was skipped, and why")]
fn the_desktops_keyring_is_a_second_secret() {
    let installed = |name: &str| {
        Command::new("which")
            .arg(name)
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|done| done.success())
    };
    if !installed("dbus-run-session") || !installed("gnome-keyring-daemon") {
        eprintln!("skipped: install dbus and gnome-keyring to try the desktop's keyring");
        return;
    }
    let folder = wallet();
    let script = r#"
        set -e
        printf 'login' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        do_it() { "$SCOIN" "$@" --json --home "$FOLDER/me" --password-file "$FOLDER/password"; }
        do_it wallet keyring on
        do_it wallet vault
        do_it wallet key show
    "#;
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("SCOIN", binary("scoin"))
        .env("FOLDER", folder.path())
        .output()
        .expect("dbus-run-session runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("secret-service") && text.contains("public_key"), "{text}");
    // On a machine without that keyring, the file and the password are not enough; the words are.
    let typist = Typist { folder: folder.path() };
    let refused = typist.refused("me", &["wallet", "key", "show"], 4, "sign-in");
    assert!(refused["why"].as_str().is_some_and(|why| why.contains("secret-service")));
    let (password, words) = (path(folder.path(), "password"), path(folder.path(), "words"));
    let recover = ["wallet", "password", "--recover", "--words-file", &words];
    typist.done("me", &[&recover[..], &["--new-password-file", &password]].concat());
    assert!(
        text.contains(
            typist.done("me", &["wallet", "key", "show"])["public_key"].as_str().unwrap()
        )
    );
}

/// `scoin` while it waits for a wallet that is in use: its memory belongs to root alone, and it leaves no core dump.
#[test]
fn scoin_lets_nobody_read_its_memory() {
    let folder = wallet();
    let lock = fs::File::options().write(true).open(folder.path().join("me/lock")).expect("a lock");
    lock.lock().expect("locked");
    let mut command = Command::new(binary("scoin"));
    command
        .args(["wallet", "key", "show", "--home", &path(folder.path(), "me")])
        .args(["--password-file", &path(folder.path(), "password")])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // A program of root is root's in any case: run it as somebody else, for whom the difference shows.
    if fs::metadata("/proc/self").expect("this process").uid() == 0 {
        command.uid(65_534);
        command.args(["--no-input"]);
        let open = |path: &Path, mode| {
            let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
            fs::set_permissions(path, permissions).expect("permissions");
        };
        for path in [folder.path(), &folder.path().join("me")] {
            open(path, 0o777);
        }
        for file in fs::read_dir(folder.path().join("me")).expect("files") {
            open(&file.expect("a file").path(), 0o777);
        }
    }
    let mut child = command.spawn().expect("scoin runs");
    let hardened = becomes_hardened(child.id());
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert!(hardened);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuer_leaves_no_core_dump() {
    let city = City::found().await;
    let process = city.service.process_id().expect("it runs");
    assert!(becomes_hardened(process));
}

/// Waits until the process has no core dumps and belongs to root alone; false if it ends or never does.
fn becomes_hardened(process: u32) -> bool {
    let folder = format!("/proc/{process}");
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let Ok(limits) = fs::read_to_string(format!("{folder}/limits")) else { return false };
        let core = limits.lines().find(|line| line.starts_with("Max core file size"));
        let mut numbers = core.unwrap_or_default().split_whitespace().skip(4);
        let no_core = numbers.next() == Some("0") && numbers.next() == Some("0");
        let by_root = fs::metadata(format!("{folder}/mem")).is_ok_and(|file| file.uid() == 0);
        if no_core && by_root {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}
