//! Exit codes: stable numbers a script can branch on, the same for every command.

use std::process::ExitCode;

/// Why the program ended. The discriminants are the process exit codes: never renumbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Failed for another reason, or `check` found a difference.
    Failed = 1,
    /// Wrong usage, or a prompt was needed and not possible.
    Usage = 2,
    /// Something named does not exist.
    NotFound = 3,
    /// Sign-in needed: no vault here, or the password is wrong.
    SignIn = 4,
    /// Not allowed: role, or own request.
    NotAllowed = 5,
    /// Conflict: the state or a hash changed.
    Conflict = 6,
    /// Refused by a rule, a check of rule text, or the money there is.
    Refused = 7,
    /// A proposal was declined or is past its time.
    Declined = 9,
    /// The server cannot be reached or did not answer in time; safe to retry.
    Unreachable = 11,
    /// The server takes no changes now.
    Unavailable = 12,
    /// The person said no at the prompt.
    SaidNo = 13,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        let code = match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::NotFound => 3,
            Exit::SignIn => 4,
            Exit::NotAllowed => 5,
            Exit::Conflict => 6,
            Exit::Refused => 7,
            Exit::Declined => 9,
            Exit::Unreachable => 11,
            Exit::Unavailable => 12,
            Exit::SaidNo => 13,
        };
        Self::from(code)
    }
}
