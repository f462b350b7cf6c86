//! `scoin-fuzz TARGET [--seconds N]`: changes inputs of the corpus by chance and runs the target on them until the time
//! is over or something breaks. What broke it is kept in `tests/fuzz/found`; move it into the corpus with its fix.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs, io};

use scoin_fuzz::mutate::{Chance, mutated};
use scoin_fuzz::{TARGETS, Target, corpus};

const SECONDS: u64 = 60;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (name, seconds) = match words[..] {
        [name] => (name, Some(SECONDS)),
        [name, "--seconds", number] => (name, number.parse().ok()),
        _ => ("", None),
    };
    let target = TARGETS.iter().find(|target| target.name == name);
    let (Some(target), Some(seconds)) = (target, seconds) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("usage: cargo xtask fuzz TARGET [--seconds N]; targets: {}", names.join(", "));
        return Ok(ExitCode::from(2));
    };
    long_run(target, Duration::from_secs(seconds))
}

fn long_run(target: &Target, time: Duration) -> io::Result<ExitCode> {
    let corpus = corpus(target)?;
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (began, mut chance, mut tries) = (Instant::now(), Chance::new(seed), 0_u64);
    while began.elapsed() < time {
        let input = mutated(&corpus, &mut chance);
        tries += 1;
        if catch_unwind(AssertUnwindSafe(|| (target.run)(&input))).is_err() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
            fs::create_dir_all(&folder)?;
            let file = folder.join(format!("{}-{seed}-{tries}", target.name));
            fs::write(&file, &input)?;
            eprintln!("{} broke; the input is {}", target.name, file.display());
            return Ok(ExitCode::FAILURE);
        }
    }
    println!("{}: {tries} inputs, nothing found", target.name);
    Ok(ExitCode::SUCCESS)
}
