//! Sudden death of a process that writes, at random moments from a seed: by `kill -9`, and by a power cut on a file
//! system of its own whose memory is thrown away.

#![expect(clippy::arithmetic_side_effects, reason = "counts of a test are small")]

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use super::tests::open;
use super::*;
use crate::chance::Chance;

const FOLDER: &str = "SCOIN_CRASH_DIR";
const ROUNDS: u64 = 40;
const CUTS: u64 = 12;

/// A process that writes one probe batch after the other and says which are acknowledged.
struct Writer {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Writer {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::kills::killed_at_any_moment_keeps_what_was_acknowledged"])
            .args(["--nocapture", "--test-threads=1"])
            .env(FOLDER, dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits for one more acknowledgement: how many batches there are then.
    fn next(&mut self) -> Option<u32> {
        loop {
            let line = self.lines.next()?.unwrap();
            if let Some((_, number)) = line.rsplit_once("acknowledged ") {
                return Some(number.parse::<u32>().unwrap() + 1);
            }
        }
    }

    /// Kills, and reads what had been acknowledged until then.
    fn kill(mut self, mut acknowledged: u32) -> u32 {
        self.child.kill().unwrap();
        while let Some(more) = self.next() {
            acknowledged = more;
        }
        self.child.wait().unwrap();
        acknowledged
    }
}

#[test]
fn killed_at_any_moment_keeps_what_was_acknowledged() {
    if let Some(dir) = crash_child_dir() {
        return write_until_killed(&dir);
    }
    let dir = tempfile::tempdir().unwrap();
    let mut chance = Chance(11);
    let (mut acknowledged, mut more) = (0, 0);
    for round in 0..ROUNDS {
        let mut writer = Writer::start(dir.path());
        for _ in 0..=chance.below(4) {
            acknowledged = writer.next().expect("the child writes until it is killed");
        }
        // A random moment within the next commits.
        std::thread::sleep(Duration::from_micros(chance.below(9_000)));
        acknowledged = writer.kill(acknowledged);
        let (store, rebuilt) = open(dir.path());
        assert!(!rebuilt, "round {round}");
        let kept = conformance::count_probes(&store).unwrap();
        assert!(kept >= acknowledged, "kept {kept} of {acknowledged} in round {round}");
        assert!(kept <= acknowledged + 1, "{kept} of {acknowledged} in round {round}");
        more += kept - acknowledged;
    }
    assert!(acknowledged > 80 && u64::from(more) < ROUNDS, "{acknowledged} {more}");
}

#[expect(clippy::disallowed_methods, reason = "the crash probe talks to its own child")]
fn crash_child_dir() -> Option<PathBuf> {
    std::env::var(FOLDER).ok().map(PathBuf::from)
}

#[expect(clippy::print_stdout, reason = "the parent reads the acknowledgements")]
fn write_until_killed(dir: &Path) {
    let (store, _) = open(dir);
    let first = conformance::count_probes(&store).unwrap();
    for number in (first..).take(5_000) {
        store.commit(conformance::probe_batch(number)).unwrap();
        println!("acknowledged {number}");
    }
}

/// The store on a small ext4 in a file. The writer is stopped, and the file is copied as it is: what the writer's system
/// had only in memory is not in it. The copy is mounted, which replays its journal, and opened.
#[test]
#[expect(clippy::print_stderr, reason = "says that it was skipped, and why")]
fn a_real_power_cut_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let image = dir.path().join("disk");
    let Some(mounted) = Mounted::new_disk(&image, &dir.path().join("live")) else {
        eprintln!("skipped: needs root, mkfs.ext4 and loop devices");
        return;
    };
    let mut chance = Chance(13);
    let mut writer = Writer::start(&mounted.0);
    let process = writer.child.id().to_string();
    let signal = |name: &str| assert!(run("kill", &[name, &process]));
    let mut lost_unsynced = 0;
    for cut in 0..CUTS {
        let mut acknowledged = 0;
        for _ in 0..=chance.below(6) {
            acknowledged = writer.next().expect("the child writes until it is killed");
        }
        std::thread::sleep(Duration::from_micros(chance.below(6_000)));
        signal("-STOP");
        let copy = dir.path().join("cut");
        fs::copy(&image, &copy).unwrap();
        let after = Mounted::old_disk(&copy, &dir.path().join("after")).expect("it mounts");
        let (store, rebuilt) = open(&after.0);
        assert!(!rebuilt, "cut {cut}");
        let kept = conformance::count_probes(&store).unwrap();
        assert!(kept >= acknowledged, "kept {kept} of {acknowledged} after cut {cut}");
        drop(store);
        // The control: what was never synced is lost, or this would be no power cut.
        lost_unsynced += u32::from(!after.0.join(format!("unsynced-{cut}")).exists());
        signal("-CONT");
        fs::write(mounted.0.join(format!("unsynced-{}", cut + 1)), b"x").unwrap();
    }
    writer.kill(0);
    assert!(lost_unsynced > 0, "the copies had everything: this was no power cut");
}

/// A mounted disk; unmounted when dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn new_disk(image: &Path, at: &Path) -> Option<Self> {
        fs::File::create(image).unwrap().set_len(48 << 20).unwrap();
        let made = run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]);
        if made { Self::old_disk(image, at) } else { None }
    }

    fn old_disk(image: &Path, at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        // Without ordered data, forcing one file to the disk does not happen to force the others.
        let words = ["-o", "loop,data=writeback", image.to_str().unwrap(), at.to_str().unwrap()];
        run("mount", &words).then(|| Self(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &["-l", self.0.to_str().unwrap()]);
    }
}

fn run(program: &str, words: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
