//! 한국어.

use scoin_core::Amount;
use scoin_core::outcome::Refusal;

/// A refusal that no rule made, in one sentence that says what to do.
pub(super) fn sentence(refusal: &Refusal, money: &dyn Fn(Amount) -> String) -> String {
    let text = match refusal {
        Refusal::WrongNetwork => "다른 도시의 요청이에요. 서비스 주소를 확인해 주세요",
        Refusal::UnknownAccount => "아직 없는 계정이에요. 먼저 계정을 열어 주세요",
        Refusal::UnknownKey => "이 기기는 계정에 등록되어 있지 않아요. 다른 기기에서 추가해 주세요",
        Refusal::IdConflict => "이 번호는 다른 일에 쓰였어요. 새 번호로 다시 요청해 주세요",
        Refusal::Expired => "요청이 너무 늦게 도착했어요. 다시 시도해 주세요",
        Refusal::TooFarAhead => "기기의 시계가 맞지 않아요. 시계를 맞추고 다시 시도해 주세요",
        Refusal::OutOfRange { field } => {
            return format!("`{field}` 값이 너무 길거나 범위를 벗어났어요.");
        }
        Refusal::ZeroAmount => "금액이 0이에요. 금액을 입력해 주세요",
        Refusal::NotAllowed => "이 계정으로는 할 수 없는 일이에요",
        Refusal::Frozen { by } => frozen(*by),
        Refusal::MerchantClosed => "지금은 이 가게에서 결제할 수 없어요. 가게에 물어봐 주세요",
        Refusal::KeyCap { left } => {
            return format!("이 기기로는 오늘 {}까지 더 쓸 수 있어요.", money(*left));
        }
        Refusal::PolicyRetired => {
            "더 쓰지 않는 규칙이에요. 새로 줄 수는 없지만 이미 준 코인은 그대로 쓸 수 있어요"
        }
        Refusal::GuardOnly => {
            "사람이나 가구별로 세는 규칙이라 계정에는 걸 수 있지만 코인에는 붙일 수 없어요"
        }
        Refusal::NotFound { what } => return format!("찾을 수 없어요: {}.", thing(what)),
        Refusal::AlreadyDone { .. } => "이미 처리된 일이에요",
        Refusal::RequestNotGenuine => "이 결제 코드는 가게가 만든 것이 아니에요. 결제하지 마세요",
        Refusal::RequestExpired => "결제 코드의 시간이 지났어요. 가게에 다시 보여 달라고 해 주세요",
        Refusal::RequestPaid { .. } => "이미 결제했어요",
        Refusal::RulesRejected { code, message } => {
            return format!("규칙을 받아들일 수 없어요 ({code}): {message}.");
        }
        Refusal::DigestMismatch => "확인한 제안과 달라요. 제안을 다시 살펴봐 주세요",
        Refusal::ProposalClosed => "이미 끝난 제안이에요",
        Refusal::HoldClosed => "예약이 이미 끝났어요",
        Refusal::MoreThanLeft { left } => return format!("남은 금액은 {}이에요.", money(*left)),
        Refusal::NotGivable { givable } => {
            return format!("이 코인은 줄 수 없어요. 줄 수 있는 금액은 {}이에요.", money(*givable));
        }
        Refusal::Rules(_) => "이 코인의 규칙에 맞지 않아요",
        Refusal::NotEnough { have } => {
            return format!("돈이 모자라요. 가진 금액은 {}이에요.", money(*have));
        }
        Refusal::PoolEmpty { have } => return format!("기금에 {}만 남아 있어요.", money(*have)),
        Refusal::NothingEarned => "보상하는 프로그램이 없거나 한도에 이르렀어요",
        Refusal::TooManyLots => "코인 종류가 너무 많아요. 먼저 조금 써 주세요",
        Refusal::Overflow => "금액이 너무 커요",
    };
    format!("{text}.")
}

const fn frozen(by: u8) -> &'static str {
    match by {
        1 => "내가 멈춘 계정이에요. 결제하려면 멈춤을 풀어 주세요",
        2 => "보호자가 멈춘 계정이에요. 보호자에게 물어봐 주세요",
        _ => "도시가 멈춘 계정이에요. 도시에 문의해 주세요",
    }
}

/// The ledger's words for things.
fn thing(what: &str) -> &str {
    match what {
        "account" => "계정",
        "merchant" => "가게",
        "policy" => "규칙",
        "proposal" => "제안",
        "hold" => "예약",
        "payment" => "결제",
        "lot" => "코인",
        "pool" => "기금",
        "list" => "목록",
        "program" => "프로그램",
        "key" => "기기",
        "offer" => "제안",
        other => other,
    }
}
