//! What a program that holds keys asks of its system: no core dump, and no other program of the same user that reads its
//! memory.

/// Hardens this process; call it first. False if the system refused a part of it: then the vault's other guards still
/// hold, and a shell goes on.
///
/// On Unix: no core dumps (`RLIMIT_CORE` 0); on Linux, `FreeBSD` and macOS also no tracing by others of the same user
/// (`PR_SET_DUMPABLE` 0 and its like); on Windows an access list that allows no reading. Programs it starts inherit only
/// the limit on core dumps.
pub fn harden() -> bool {
    let mut config = secmem_proc::Config::DEFAULT;
    // Somebody who already watches has seen the start; to refuse to work would only annoy those who look for faults.
    config.set_anti_tracing(false);
    config.harden_process().is_ok()
}
