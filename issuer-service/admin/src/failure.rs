//! Why a command did not do what was asked: what, why, what to do, and the exit code.

use serde_json::{Map, Value, json};

use crate::exit::Exit;

/// A failure, for people in three lines and for programs as one document. Boxed, since every function may return one.
#[derive(Debug)]
pub(crate) struct Failure(Box<Parts>);

/// What a [`Failure`] says.
#[derive(Debug)]
pub(crate) struct Parts {
    /// Exit code of the process.
    pub exit: Exit,
    /// Stable number: the service's own, or (below 100) the exit code for what failed here.
    pub code: u32,
    /// Stable word for the number.
    pub name: String,
    /// What did not work.
    pub message: String,
    /// Why.
    pub why: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// The same command may be sent again and may then work.
    pub retryable: bool,
    /// More fields of the error document: causes, what would pass, when next.
    pub more: Map<String, Value>,
}

impl Failure {
    /// A failure found here, not by the service.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        let (code, name) = local_code(exit);
        Self(Box::new(Parts {
            exit,
            code,
            name: name.to_owned(),
            message: message.into(),
            why: None,
            hint: None,
            retryable: exit == Exit::Unreachable,
            more: Map::new(),
        }))
    }

    /// The same, with a reason.
    #[must_use]
    pub(crate) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// The same, with what to do.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with one more field of the error document.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.more.insert(key.to_owned(), value.into());
        self
    }

    /// The error document.
    pub(crate) fn document(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(self.code));
        error.insert("name".to_owned(), json!(self.name));
        error.insert("message".to_owned(), json!(self.message));
        if let Some(why) = &self.why {
            error.insert("why".to_owned(), json!(why));
        }
        error.insert("hint".to_owned(), json!(self.hint));
        error.insert("retryable".to_owned(), json!(self.retryable));
        error.extend(self.more.clone());
        json!({ "error": error })
    }
}

impl std::ops::Deref for Failure {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::ops::DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

/// Number and word of a failure found here.
fn local_code(exit: Exit) -> (u32, &'static str) {
    match exit {
        Exit::Done => (0, "done"),
        Exit::Failed => (1, "failed"),
        Exit::Usage => (2, "usage"),
        Exit::NotFound => (3, "not-found"),
        Exit::SignIn => (4, "sign-in"),
        Exit::NotAllowed => (5, "not-allowed"),
        Exit::Conflict => (6, "conflict"),
        Exit::Refused => (7, "refused"),
        Exit::Declined => (9, "declined"),
        Exit::Unreachable => (11, "unreachable"),
        Exit::Unavailable => (12, "unavailable"),
        Exit::SaidNo => (13, "said-no"),
    }
}

/// Reads a file (or standard input for `-`), saying which one failed.
pub(crate) fn read_text(path: &std::path::Path) -> Result<String, Failure> {
    let read = if path.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|error| {
        let exit = if error.kind() == std::io::ErrorKind::NotFound {
            Exit::NotFound
        } else {
            Exit::Failed
        };
        Failure::new(exit, format!("cannot read `{}`", path.display()))
            .why(error.to_string())
            .hint("check the path and that the file is UTF-8 text you may read")
    })
}
