//! What the wallet engine or the ledger says no with, as a failure with the right exit code and the holder's words.

use scoin_api::{ProblemBody, RefusalBody};
use scoin_core::outcome::Refusal;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::client::ClientError;
use scoin_wallet::explain;
use scoin_wallet::vault::VaultError;
use scoin_wallet::wallet::StaffError;
use scoin_wallet::{Refused, WalletError};
use serde_json::{Value, json};

use crate::args::Lang;
use crate::exit::Exit;
use crate::failure::Failure;

/// The failure of a wallet verb.
pub(crate) fn failure_of(error: WalletError, lang: Lang) -> Failure {
    let text = error.to_string();
    match error {
        WalletError::Refused(refused) => of_refusal(&refused, lang),
        WalletError::Offline { waiting } => {
            let failure = offline("the service cannot be reached".to_owned());
            match waiting {
                Some(id) => failure
                    .why("no answer came; the command is kept and may have been carried out")
                    .hint("run `scoin wallet sync`, or the same command with the same --id: it has one effect")
                    .with("id", id.to_hex()),
                None => failure.hint("check --server and the connection, then run the command again"),
            }
        }
        WalletError::Client(ClientError::Problem(problem)) => of_problem(&problem),
        WalletError::Client(ClientError::Address(_)) => {
            Failure::new(Exit::Usage, text).hint("correct --server")
        }
        WalletError::Busy { waiting, problem } => of_problem(&problem)
            .hint("the command is kept: run `scoin wallet sync` in a moment")
            .with("id", waiting.to_hex()),
        WalletError::VaultLocked
        | WalletError::Vault(VaultError::WrongPassword | VaultError::Locked) => {
            Failure::new(Exit::SignIn, "the vault does not open")
                .why(text)
                .hint("check the password, or --password-file; with the backup words: `scoin wallet password --recover`")
        }
        WalletError::Vault(
            VaultError::SecondMissing { .. } | VaultError::SecondUnavailable { .. },
        ) => Failure::new(Exit::SignIn, "the vault does not open")
            .why(text)
            .hint("with the backup words: `scoin wallet password --recover`"),
        WalletError::Vault(VaultError::Damaged) => Failure::new(Exit::Failed, text)
            .hint("run `scoin wallet repair`; if that does not help, `scoin wallet restore` in a new folder"),
        WalletError::Vault(VaultError::OtherWords | VaultError::NoRecovery) => {
            Failure::new(Exit::Usage, text)
        }
        WalletError::Vault(VaultError::Missing) => {
            Failure::new(Exit::SignIn, "there is no wallet in this home")
                .hint("make one with `scoin wallet init`, or name its folder with --home DIR")
        }
        WalletError::Vault(VaultError::Exists | VaultError::WeakPassword | VaultError::Words)
        | WalletError::BadInput(_) => Failure::new(Exit::Usage, text),
        WalletError::Staff(StaffError::NotSignedIn) => Failure::new(Exit::SignIn, text)
            .hint("add --staff NAME, and the PIN with --pin-file FILE"),
        WalletError::Staff(StaffError::NoRight { .. }) => Failure::new(Exit::NotAllowed, text),
        WalletError::Staff(StaffError::Unknown(_)) => Failure::new(Exit::NotFound, text)
            .hint("`scoin wallet shop staff list` prints who works here"),
        WalletError::Staff(_) => Failure::new(Exit::SignIn, text)
            .hint("the owner sets a new PIN with `scoin wallet shop staff put`"),
        WalletError::OtherCity => {
            Failure::new(Exit::Conflict, text).hint("check --server and --home")
        }
        WalletError::InUse => Failure::new(Exit::Conflict, text),
        WalletError::NotJoined => {
            Failure::new(Exit::SignIn, text).hint("run `scoin wallet sync` while the service runs")
        }
        WalletError::NotCached(_) => {
            offline(text).hint("run `scoin wallet sync` while the service can be reached")
        }
        WalletError::Vault(_)
        | WalletError::ReceiptInvalid(_)
        | WalletError::StoreCorrupt(_)
        | WalletError::Outbox(_)
        | WalletError::Client(_)
        | WalletError::Io(_) => Failure::new(Exit::Failed, text),
    }
}

/// The service cannot be used now.
pub(crate) fn offline(message: String) -> Failure {
    Failure::new(Exit::Unreachable, message)
}

/// A refusal of the ledger, with everything the holder needs.
fn of_refusal(refused: &Refused, lang: Lang) -> Failure {
    let body = RefusalBody::of(&refused.refusal);
    let told = refused.told.of(lang.into());
    let mut message = if told.is_empty() { body.detail() } else { told.join("\n") };
    if matches!(refused.refusal, Refusal::Rules(_)) {
        let reference = refused.id.to_hex();
        let words = Catalogue::of(lang.into());
        message.push('\n');
        message.push_str(&words.say("footer", &[("ref", (&reference).into())]));
    }
    let mut failure = Failure::new(exit_of(&refused.refusal), message);
    failure.code = u32::from(body.code);
    failure.name.clone_from(&body.name);
    failure.why = Some(match lang {
        Lang::Ko => format!("원장의 결정이에요 (코드 {}, {})", body.code, body.name),
        Lang::En => format!("{} (code {})", body.detail(), body.code),
        Lang::Zh => format!("这是账本的决定（代码 {}，{}）", body.code, body.name),
    });
    failure.hint = hint_of(&body, lang);
    failure = failure
        .with("id", refused.id.to_hex())
        .with("frame", json!(refused.proof.as_ref().map(|proof| proof.frame)))
        .with("sentences", sentences(|lang| refused.told.of(lang).to_vec()));
    if let Ok(Value::Object(fields)) = serde_json::to_value(&body) {
        for (key, value) in fields {
            if !matches!(key.as_str(), "code" | "name" | "message") {
                failure.more.insert(key, value);
            }
        }
    }
    failure
}

/// What the holder reads, by language.
pub(crate) fn sentences(mut tell: impl FnMut(explain::Lang) -> Vec<String>) -> Value {
    let by_language = explain::Lang::ALL.map(|lang| (lang.code().to_owned(), json!(tell(lang))));
    Value::Object(by_language.into_iter().collect())
}

/// An error of the service that is no decision.
fn of_problem(problem: &ProblemBody) -> Failure {
    let exit = match problem.status {
        401 => Exit::SignIn,
        403 => Exit::NotAllowed,
        404 => Exit::NotFound,
        409 => Exit::Conflict,
        408 | 429 => Exit::Unreachable,
        503 => Exit::Unavailable,
        400..=499 => Exit::Usage,
        _ => Exit::Failed,
    };
    let mut failure = Failure::new(exit, problem.detail.clone());
    failure.code = u32::from(problem.code);
    failure.name.clone_from(&problem.name);
    failure.retryable = problem.retryable;
    failure.why = Some(format!("{} (code {})", problem.title, problem.code));
    failure.hint = hint_of_problem(problem.status);
    failure.with("request_id", problem.request_id.clone()).with("reason", json!(problem.reason))
}

/// What can be done about an error of the service.
fn hint_of_problem(status: u16) -> Option<String> {
    let hint = match status {
        401 => {
            "use the home of an account that may see this: its own, a guardian's or an officer's"
        }
        404 => "check the name or address",
        408 | 429 | 503 => "try again in a moment",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// The exit code of each refusal.
fn exit_of(refusal: &Refusal) -> Exit {
    match refusal {
        Refusal::UnknownAccount | Refusal::NotFound { .. } => Exit::NotFound,
        Refusal::NotAllowed
        | Refusal::UnknownKey
        | Refusal::SequenceUsed { .. }
        | Refusal::KeyLocked => Exit::NotAllowed,
        Refusal::OutOfRange { .. } | Refusal::ZeroAmount | Refusal::TooFarAhead => Exit::Usage,
        Refusal::WrongNetwork
        | Refusal::IdConflict
        | Refusal::Expired
        | Refusal::AlreadyDone { .. }
        | Refusal::RequestExpired
        | Refusal::RequestPaid { .. }
        | Refusal::DigestMismatch
        | Refusal::HoldClosed
        | Refusal::AskNeedless
        | Refusal::AskClosed
        | Refusal::OfAge
        | Refusal::ConsentRequired
        | Refusal::ConsentUnconfirmed
        | Refusal::RecoveryRunning { .. }
        | Refusal::RefundLate
        | Refusal::DayClosed => Exit::Conflict,
        Refusal::ProposalClosed => Exit::Declined,
        Refusal::Frozen { .. }
        | Refusal::MerchantClosed
        | Refusal::KeyCap { .. }
        | Refusal::PolicyRetired
        | Refusal::GuardOnly
        | Refusal::RequestNotGenuine
        | Refusal::RulesRejected { .. }
        | Refusal::MoreThanLeft { .. }
        | Refusal::NotGivable { .. }
        | Refusal::Rules(_)
        | Refusal::NotEnough { .. }
        | Refusal::PoolEmpty { .. }
        | Refusal::NothingEarned
        | Refusal::TooManyLots
        | Refusal::Overflow
        | Refusal::TooManyAsks { .. }
        | Refusal::NotAGiver => Exit::Refused,
    }
}

/// What can be done about it, where that is not plain from the words.
#[expect(clippy::too_many_lines, reason = "one row for each refusal: there is nothing to split")]
fn hint_of(body: &RefusalBody, lang: Lang) -> Option<String> {
    let [ko, en, zh] = match body.code {
        2002 => [
            "`scoin wallet init` 이나 `scoin wallet sync` 로 계정을 먼저 여세요",
            "open the account first: `scoin wallet init` or `scoin wallet sync`",
            "请先开户：`scoin wallet init` 或 `scoin wallet sync`",
        ],
        2004 => ["새 --id 를 쓰세요", "use a new --id for a new command", "请用新的 --id"],
        2005 => [
            "--id 를 빼거나 `scoin wallet new-id` 로 새로 받으세요",
            "leave --id out, or use a fresh one of `scoin wallet new-id`: an id carries its time",
            "请去掉 --id，或用 `scoin wallet new-id` 取一个新的",
        ],
        2010 => [
            "권한이 있는 사람에게 부탁하세요",
            "ask somebody whose role allows it",
            "请找有权限的人",
        ],
        2014 => [
            "`scoin policy list` 가 쓸 수 있는 규칙을 보여 줘요",
            "`scoin policy list` shows the rules in force",
            "`scoin policy list` 会显示有效的规则",
        ],
        2015 => [
            "`scoin wallet guard set` 으로 계정에 걸어 보세요",
            "set it on an account with `scoin wallet guard set`",
            "请用 `scoin wallet guard set` 设在账户上",
        ],
        2025 => [
            "`scoin policy check FILE` 이 자리를 보여 줘요",
            "`scoin policy check FILE` shows the place",
            "`scoin policy check FILE` 会显示位置",
        ],
        2048 | 2049 => [
            "다른 기기에서 `scoin wallet device unlock` 을 하거나 `scoin wallet recovery start` 로 되찾으세요",
            "unlock it from another device with `scoin wallet device unlock`, or begin `scoin wallet recovery start`",
            "请在另一台设备上用 `scoin wallet device unlock` 解锁，或用 `scoin wallet recovery start` 找回",
        ],
        2050 => [
            "본인이 아니면 `scoin wallet recovery cancel` 로 멈추세요",
            "if it was not you, stop it: `scoin wallet recovery cancel`",
            "如果不是您本人，请用 `scoin wallet recovery cancel` 停止",
        ],
        2040 => [
            "`scoin wallet pay` 로 바로 낼 수 있어요",
            "pay it: `scoin wallet pay`",
            "可以直接用 `scoin wallet pay` 付款",
        ],
        2044 => [
            "`--consent WAY --evidence NUMBER` 로 동의를 확인한 방법을 알려 주세요",
            "say how the consent was made sure of: `--consent WAY --evidence NUMBER`",
            "请用 `--consent WAY --evidence NUMBER` 说明如何确认同意",
        ],
        2045 => [
            "담당 공무원이 먼저 `scoin account consent` 로 확인해야 해요",
            "an officer confirms it first: `scoin account consent`",
            "请工作人员先用 `scoin account consent` 确认",
        ],
        2031 if body.causes.iter().any(|cause| cause.whose == "guardian") => [
            "`scoin wallet ask send` 로 보호자에게 물어볼 수 있어요",
            "`scoin wallet ask send` asks your guardian",
            "可以用 `scoin wallet ask send` 问监护人",
        ],
        2031 if body.pass_now.is_some_and(|units| units > 0) => [
            "`scoin wallet pay --part` 로 쓸 수 있는 만큼만 낼 수 있어요",
            "`scoin wallet pay --part` pays what passes now",
            "`scoin wallet pay --part` 只付现在能付的部分",
        ],
        _ => return None,
    };
    let hint = match lang {
        Lang::Ko => ko,
        Lang::En => en,
        Lang::Zh => zh,
    };
    Some(hint.to_owned())
}
