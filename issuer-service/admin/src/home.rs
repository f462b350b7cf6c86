//! The folder of one wallet or officer: where it is, which service it talks to, how its password is asked for.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;

/// File of a home that says which service it talks to.
const SETTINGS: &str = "home.toml";
/// The service's address when nothing else says one.
pub(crate) const SERVER_DEFAULT: &str = "http://127.0.0.1:7070";

/// What a home remembers besides its vault.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// A file that holds the address, relative to the home: for a service whose port the system chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_file: Option<PathBuf>,
}

/// The folder: `--home`, or `.scoin` in the user's own.
pub(crate) fn folder(global: &Global) -> Result<PathBuf, Failure> {
    let own = || std::env::home_dir().map(|user| user.join(".scoin"));
    global.home.clone().or_else(own).ok_or_else(|| {
        Failure::new(Exit::Usage, "this user has no home folder")
            .hint("name the wallet's folder with --home DIR")
    })
}

/// The service: `--server`, else what the home remembers, else this machine.
pub(crate) fn server(global: &Global, home: &Path) -> Result<String, Failure> {
    if let Some(server) = &global.server {
        return Ok(server.clone());
    }
    let Ok(text) = fs::read_to_string(home.join(SETTINGS)) else {
        return Ok(SERVER_DEFAULT.to_owned());
    };
    let settings: Settings = toml::from_str(&text).map_err(|error| {
        Failure::new(Exit::Usage, format!("cannot read `{}`", home.join(SETTINGS).display()))
            .why(error.to_string())
    })?;
    // The file is newer than what was known when the home was made, but it is not there before the first start.
    if let Some(address) =
        settings.address_file.and_then(|file| fs::read_to_string(home.join(file)).ok())
    {
        let address = address.trim();
        let whole = address.contains("://");
        return Ok(if whole { address.to_owned() } else { format!("http://{address}") });
    }
    settings.server.ok_or_else(|| {
        Failure::new(Exit::Unreachable, "this home does not know yet where the service listens")
            .hint("start scoin-issuerd, or name the service with --server URL")
    })
}

/// Remembers the service in a home.
pub(crate) fn remember(home: &Path, settings: &Settings) -> Result<(), Failure> {
    let text =
        toml::to_string(settings).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    fs::create_dir_all(home)
        .and_then(|()| fs::write(home.join(SETTINGS), text))
        .map_err(|error| cannot_write(&home.join(SETTINGS), &error))
}

/// The password of an existing vault.
pub(crate) fn password(global: &Global) -> Result<Zeroizing<String>, Failure> {
    match &global.password_file {
        Some(file) => first_line(file),
        None => ask_secret(global, "Password: "),
    }
}

/// The password of a new vault: asked for twice.
pub(crate) fn new_password(global: &Global) -> Result<Zeroizing<String>, Failure> {
    new_password_from(global, global.password_file.as_deref())
}

/// A new password: the first line of `file`, or asked for twice.
pub(crate) fn new_password_from(
    global: &Global,
    file: Option<&Path>,
) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = file {
        return first_line(file);
    }
    let first = ask_secret(global, "New password: ")?;
    let second = ask_secret(global, "Again: ")?;
    if *first == *second {
        return Ok(first);
    }
    Err(Failure::new(Exit::Usage, "the two passwords differ").hint("run the command again"))
}

/// The PIN of somebody at a till: the first line of `file`, or asked for.
pub(crate) fn pin(global: &Global, file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(file) => first_line(file),
        None => ask_secret(global, "PIN: "),
    }
}

/// A question that must be answered with yes before something large happens.
pub(crate) fn confirm(global: &Global, question: &str) -> Result<(), Failure> {
    if global.yes {
        return Ok(());
    }
    if !can_ask(global) {
        return Err(Failure::new(Exit::Usage, "this needs a yes, and nobody can be asked")
            .hint("add --yes"));
    }
    drop(write!(io::stderr(), "{question} [y/N] "));
    let mut answer = String::new();
    drop(io::stdin().read_line(&mut answer));
    match answer.trim() {
        "y" | "Y" | "yes" | "네" | "예" => Ok(()),
        _ => Err(Failure::new(Exit::SaidNo, "nothing was done, as you said")),
    }
}

/// Text that must not be seen on the screen.
pub(crate) fn ask_secret(global: &Global, question: &str) -> Result<Zeroizing<String>, Failure> {
    if !can_ask(global) {
        return Err(Failure::new(Exit::Usage, "a password is needed, and nobody can be asked")
            .hint("write it into a file and name that with --password-file FILE"));
    }
    rpassword::prompt_password(question).map(Zeroizing::new).map_err(|error| {
        Failure::new(Exit::Usage, "cannot ask for a password").why(error.to_string())
    })
}

/// A file only its owner may read, which must not exist yet.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|error| cannot_write(path, &error))
}

/// A file that could not be written.
pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("cannot write `{}`", path.display()))
        .why(error.to_string())
        .hint("choose another folder, or check who may write there")
}

/// May somebody be asked on a terminal?
pub(crate) fn can_ask(global: &Global) -> bool {
    !global.no_input && io::stdin().is_terminal()
}

fn first_line(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = Zeroizing::new(crate::failure::read_text(file)?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}
