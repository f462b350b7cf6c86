//! Korean. No particle that depends on the sound before it ever follows a variable (은 는 이 가 을 를 과 와 으로 로):
//! a test reads this file and looks for them.

use super::point::{Lead, Point};
use super::{Lang, View, write};
use crate::causes::{Cause, Whose};
use crate::civil::Civil;
use crate::facts::Fact;
use crate::ir::{Decay, Ends, Fate, Policy, Quantity, Span, Starts, Transfer, Weekly, Window};

/// `규칙 «after-school» · 보호자가 정했어요`
pub(super) fn rule(cause: &Cause) -> String {
    let whose = match cause.whose {
        Whose::City => "시에서 정했어요",
        Whose::Guardian => "보호자가 정했어요",
        Whose::Granter => "코인을 준 사람이 정했어요",
        Whose::Own => "내가 정했어요",
    };
    format!("규칙 «{}» · {whose}.", cause.label)
}

/// `이 코인은 학교 앞 가게 3곳에서 오늘 19:00까지 간식 살 때 쓸 수 있어요.`
pub(super) fn lead(lead: &Lead, view: &View<'_>) -> String {
    sentence(lead, &hours(lead, view))
}

fn sentence(lead: &Lead, hours: &str) -> String {
    let goods = write::list(&lead.goods, Lang::Ko);
    let mut words = vec!["이 코인은".to_owned()];
    if lead.purchases {
        words.extend(place(lead));
    }
    if !hours.is_empty() {
        words.push(hours.to_owned());
    }
    words.push(match (lead.purchases, goods.is_empty(), words.len()) {
        (true, true, 1) => "어느 가게에서나 쓸 수 있어요.".to_owned(),
        (_, true, _) => "쓸 수 있어요.".to_owned(),
        (true, false, _) => format!("{goods} 살 때 쓸 수 있어요."),
        (false, false, _) => format!("{goods} 낼 때 쓸 수 있어요."),
    });
    words.join(" ")
}

/// `빵집, 학교 앞 가게 3곳에서`, `마포구 가게에서`.
fn place(lead: &Lead) -> Option<String> {
    let mut shops = lead.shops.clone();
    // An empty list says nothing, unless nothing else says where.
    let told = |list: &&super::ListWords| list.members > 0 || lead.shops.is_empty();
    for list in lead.lists.iter().filter(told) {
        let place =
            list.place.as_ref().map_or_else(|| "가게".to_owned(), |place| format!("{place} 가게"));
        shops.push(format!("{place} {}곳", list.members));
    }
    let shops = write::list(&shops, Lang::Ko);
    match (shops.is_empty(), &lead.district) {
        (true, None) => None,
        (true, Some(district)) => Some(format!("{district} 가게에서")),
        (false, None) => Some(format!("{shops}에서")),
        (false, Some(district)) => Some(format!("{district} {shops}에서")),
    }
}

fn hours(lead: &Lead, view: &View<'_>) -> String {
    match (lead.today(view), &lead.hours) {
        (_, Some(hours)) if lead.rests => format!("{}에", write::weekly(hours, Lang::Ko)),
        (Some((start, end)), _) if view.now.minute < start => {
            format!("오늘 {}에", write::range(start, end, Lang::Ko))
        }
        (Some((start, end)), _) if end <= start => format!("다음 날 {}까지", write::clock(end)),
        (Some((_, end)), _) => format!("오늘 {}까지", write::clock(end)),
        (None, Some(hours)) => format!("{}에", write::weekly(hours, Lang::Ko)),
        (None, None) => String::new(),
    }
}

/// `지금은 19:10이에요` would need a particle, so: `지금 시각 19:10. 내일 14:00부터 다시 쓸 수 있어요.`
pub(super) fn now(point: &Point, cause: &Cause, view: &View<'_>) -> String {
    if matches!(point, Point::Before(..) | Point::After(..)) {
        format!("지금 시각 {}. {}", write::clock(view.now.minute), again(cause, view))
    } else {
        format!("{}. {}", title(point, view), body(point, cause, view))
    }
}

fn again(cause: &Cause, view: &View<'_>) -> String {
    match cause.next {
        Some(next) => format!("{}부터 다시 쓸 수 있어요.", at(next, view)),
        None => "기한 안에 다시 쓸 수 있는 때가 없어요.".to_owned(),
    }
}

/// `내일 14:00`, `11월 24일(화)`.
fn at(moment: Civil, view: &View<'_>) -> String {
    match write::moment(moment, view) {
        (day, Some(time)) => format!("{day} {time}"),
        (day, None) => day,
    }
}

/// One short line.
pub(super) fn title(point: &Point, view: &View<'_>) -> String {
    let money = |amount: u64| write::money(amount, view);
    match point {
        Point::Kind(goods) if !goods.is_empty() => {
            format!("{} 낼 때 쓰는 코인이에요", write::list(goods, Lang::Ko))
        }
        Point::Goods(true, goods) if !goods.is_empty() => {
            format!("{} 살 때 쓰는 코인이에요", write::list(goods, Lang::Ko))
        }
        Point::Goods(false, _) => "살 수 없는 것이 들어 있어요".to_owned(),
        Point::Kind(_) | Point::Goods(true, _) => "다른 것을 살 때 쓰는 코인이에요".to_owned(),
        Point::NotStarted(_) => "아직 시작 전이에요".to_owned(),
        Point::Expired(..) => "기한이 지난 코인이에요".to_owned(),
        Point::Shop(_) | Point::NotShops(_) => "여기서는 쓸 수 없는 코인이에요".to_owned(),
        Point::Part(ok) => format!("{}만 결제할 수 있어요", money(*ok)),
        Point::Age(Some(low), None) => format!("만 {low}살부터 쓸 수 있어요"),
        Point::Age(None, Some(high)) => format!("만 {high}살까지 쓸 수 있어요"),
        Point::Age(low, high) => {
            format!("만 {}살부터 {}살까지 쓸 수 있어요", low.unwrap_or(0), high.unwrap_or(0))
        }
        Point::Before(_, (start, _)) => format!("{}부터 쓸 수 있어요", write::clock(*start)),
        Point::After(_, (_, end)) => format!("오늘은 {}까지였어요", write::clock(*end)),
        Point::Rest(_) => "오늘은 쉬는 코인이에요".to_owned(),
        Point::Area(_) => "이 동네에서는 쓸 수 없는 코인이에요".to_owned(),
        Point::Residents(_) => "이번에는 대상이 아니에요".to_owned(),
        Point::Single(limit) => format!("한 번에 {}까지예요", money(*limit)),
        Point::Share(percent, _) => format!("결제 금액의 {percent}%까지예요"),
        Point::Money(window, _, left) => format!("{} {} 남았어요", this(*window), money(*left)),
        Point::Count(window, limit, _) => format!("{} {limit}번 다 썼어요", this(*window)),
        Point::Soon(_) => "조금 뒤에 쓸 수 있어요".to_owned(),
        Point::Alone => "혼자 결제하는 코인이에요".to_owned(),
        Point::Missing(fact) => format!("{} 확인이 필요해요", fact_name(*fact)),
        Point::Other => "이 결제에는 쓸 수 없는 코인이에요".to_owned(),
    }
}

/// One or two sentences.
pub(super) fn body(point: &Point, cause: &Cause, view: &View<'_>) -> String {
    let money = |amount: u64| write::money(amount, view);
    let next = || cause.next.map(|next| at(next, view));
    match point {
        Point::Kind(_) | Point::Goods(true, _) => {
            "지금 고른 것은 이 코인으로 살 수 없어요.".to_owned()
        }
        Point::Goods(false, goods) => {
            format!("{} 살 때는 쓸 수 없어요.", write::list(goods, Lang::Ko))
        }
        Point::NotStarted(start) => format!("{}부터 쓸 수 있어요.", at(*start, view)),
        Point::Expired(end, fate) => {
            format!("{}까지 쓸 수 있었어요. 남은 돈은 {}.", last_day(*end, view), goes(fate))
        }
        Point::Shop(shop) => lead(shop, view),
        Point::NotShops(shops) => format!("{}에서는 쓸 수 없어요.", write::list(shops, Lang::Ko)),
        Point::Part(ok) => format!(
            "나머지는 이 코인으로 살 수 없는 물건이에요. {}만 나눠서 결제할까요?",
            money(*ok)
        ),
        Point::Age(..) => "다른 것을 골라 볼까요?".to_owned(),
        Point::Before(hours, _) => format!(
            "이 코인은 {}에 쓸 수 있어요. 지금 시각 {}.",
            write::weekly(hours, Lang::Ko),
            write::clock(view.now.minute)
        ),
        Point::After(hours, _) => {
            let next = next().map(|next| format!(" 다음은 {next}부터예요.")).unwrap_or_default();
            format!("이 코인은 {}에 쓸 수 있어요.{next}", write::weekly(hours, Lang::Ko))
        }
        Point::Rest(hours) => rest(hours.as_ref(), next()),
        Point::Area(area) => {
            area.as_ref().map_or("우리 동네에서 쓸 수 있어요.".to_owned(), |area| {
                format!("{area}에서 쓸 수 있어요.")
            })
        }
        Point::Residents(area) => area
            .as_ref()
            .map_or("다른 동네에 사는 분을 위한 코인이에요.".to_owned(), |area| {
                format!("{area}에 사는 분을 위한 코인이에요.")
            }),
        Point::Single(limit) | Point::Share(_, limit) => {
            format!("이번 금액 중 {}까지 이 코인으로 낼 수 있어요.", money(*limit))
        }
        Point::Money(window, limit, _) => match next() {
            Some(next) => {
                format!(
                    "{} {}까지 쓸 수 있고 {next}부터 다시 채워져요.",
                    per(*window),
                    money(*limit)
                )
            }
            None => format!("{} {}까지 쓸 수 있어요.", per(*window), money(*limit)),
        },
        Point::Count(_, _, by_merchant) => match next() {
            Some(next) if *by_merchant => format!("이 가게에서는 {next}부터 다시 쓸 수 있어요."),
            Some(next) => format!("{next}부터 다시 쓸 수 있어요."),
            None => "쓸 수 있는 횟수를 모두 썼어요.".to_owned(),
        },
        Point::Soon(minutes) => {
            let ready = next().map(|next| format!(" {next}부터 돼요.")).unwrap_or_default();
            format!("한 번 쓰면 {} 쉬는 코인이에요.{ready}", length(*minutes))
        }
        Point::Alone => "다른 코인과 함께 쓸 수 없고, 이 코인만으로는 모자라요.".to_owned(),
        Point::Missing(fact) => missing(*fact).to_owned(),
        Point::Other => "다른 코인으로 결제할까요?".to_owned(),
    }
}

fn rest(hours: Option<&Weekly>, next: Option<String>) -> String {
    let hours = hours.map(|hours| format!("{}에 쓸 수 있어요.", write::weekly(hours, Lang::Ko)));
    let next = next.map(|next| format!("다음은 {next}부터예요."));
    [hours, next].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn missing(fact: Fact) -> &'static str {
    if fact == Fact::PaymentItems {
        "가게에서 물건 목록을 보내지 않았어요. 가게에 물어보세요."
    } else if fact.name().starts_with("merchant.") {
        "가게 정보가 아직 없어요. 다른 코인으로 결제할까요?"
    } else {
        "지갑에서 확인한 뒤 다시 결제해 주세요."
    }
}

/// The whole promise of a policy.
pub(super) fn promise(about: &Lead, policy: &Policy, view: &View<'_>) -> String {
    let always = about
        .hours
        .as_ref()
        .map(|hours| format!("{}에", write::weekly(hours, Lang::Ko)))
        .unwrap_or_default();
    let mut sentences = vec![sentence(about, &always)];
    let limits: Vec<String> =
        policy.caps.iter().map(|cap| limit(&cap.quantity, cap.window, view)).collect();
    if !limits.is_empty() {
        sentences.push(format!("{}까지예요.", limits.join(", ")));
    }
    match policy.starts {
        Starts::AtIssue => {}
        Starts::On(date) => {
            sentences.push(format!("{}부터 쓸 수 있어요.", at(Civil::start_of(date), view)));
        }
        Starts::After(after) => {
            sentences.push(format!("받고 나서 {} 뒤부터 쓸 수 있어요.", span(after)));
        }
    }
    let fate = goes(&policy.expires.fate);
    match policy.expires.end {
        Ends::Never => sentences.push("기한이 없어요.".to_owned()),
        Ends::On(date) => {
            sentences
                .push(format!("{}까지 쓸 수 있고, 남은 돈은 {fate}.", write::date(date, view)));
        }
        Ends::After(after) => {
            sentences.push(format!("받은 뒤 {} 동안 쓸 수 있고, 남은 돈은 {fate}.", span(after)));
        }
    }
    sentences.extend(policy.decays.as_ref().map(melts));
    if policy.transfer == Transfer::Never {
        sentences.push("다른 사람에게 보낼 수 없어요.".to_owned());
    }
    sentences.join(" ")
}

fn limit(quantity: &Quantity, window: Window, view: &View<'_>) -> String {
    match quantity {
        Quantity::Money(limit) => format!("{} {}", per(window), write::money(*limit, view)),
        Quantity::MoneyTimes(unit, fact) => {
            format!("{} {} 하나에 {}", per(window), fact_name(*fact), write::money(*unit, view))
        }
        Quantity::Count(limit) => format!("{} {}번", per(window), write::grouped(*limit)),
        Quantity::Share(percent) => format!("결제 금액의 {percent}%"),
    }
}

fn melts(decay: &Decay) -> String {
    let of = if decay.of_issued { "처음 금액의" } else { "남은 금액의" };
    let after = decay.after.map(|after| format!("{} 뒤부터 ", span(after))).unwrap_or_default();
    format!("{after}{} {of} {}%만큼 줄어들어요.", each(decay.every), decay.percent)
}

fn goes(fate: &Fate) -> &'static str {
    match fate {
        Fate::Granter => "준 사람에게 돌아가요",
        Fate::Pool(_) => "시에 돌아가요",
        Fate::Burn => "없어져요",
    }
}

/// The last day (or minute) on which it worked.
fn last_day(end: Civil, view: &View<'_>) -> String {
    let day = write::date(if end.minute == 0 { end.date.add_days(-1) } else { end.date }, view);
    if end.minute == 0 { day } else { format!("{day} {}", write::clock(end.minute)) }
}

fn per(window: Window) -> String {
    match window {
        Window::Payment => "한 번에".to_owned(),
        Window::Day => "하루".to_owned(),
        Window::Week => "한 주".to_owned(),
        Window::Month => "한 달".to_owned(),
        Window::Year => "한 해".to_owned(),
        Window::Life => "모두 합쳐".to_owned(),
        Window::Days(n) => format!("{n}일 동안"),
        Window::Months(n) => format!("{n}달 동안"),
        Window::Years(n) => format!("{n}년 동안"),
    }
}

fn this(window: Window) -> String {
    match window {
        Window::Payment => "이번에는".to_owned(),
        Window::Day => "오늘은".to_owned(),
        Window::Week => "이번 주에는".to_owned(),
        Window::Month => "이번 달에는".to_owned(),
        Window::Year => "올해는".to_owned(),
        Window::Life | Window::Days(_) | Window::Months(_) | Window::Years(_) => per(window),
    }
}

fn each(window: Window) -> &'static str {
    match window {
        Window::Day => "날마다",
        Window::Week => "주마다",
        Window::Month => "달마다",
        Window::Year => "해마다",
        Window::Payment | Window::Life | Window::Days(_) | Window::Months(_) | Window::Years(_) => {
            "그때마다"
        }
    }
}

fn span(span: Span) -> String {
    match span {
        Span::Minutes(n) => format!("{n}분"),
        Span::Hours(n) => format!("{n}시간"),
        Span::Days(n) => format!("{n}일"),
        Span::Months(n) => format!("{n}달"),
        Span::Years(n) => format!("{n}년"),
    }
}

fn length(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}분"),
        (hours, 0) => format!("{hours}시간"),
        (hours, rest) => format!("{hours}시간 {rest}분"),
    }
}

fn fact_name(fact: Fact) -> &'static str {
    match fact {
        Fact::PayerAge => "나이",
        Fact::PayerDistrict => "사는 동네",
        Fact::PayerHousehold => "가구",
        Fact::PayerGroups => "자격",
        Fact::PayerChildren => "아이 수",
        Fact::PaymentItems | Fact::ItemCode | Fact::ItemCategory | Fact::ItemAmount => "물건 목록",
        Fact::MerchantCategory | Fact::MerchantGroups | Fact::MerchantId => "가게 종류",
        Fact::MerchantDistrict | Fact::MerchantCountry => "가게 위치",
        Fact::PaymentChannel => "결제 방법",
        Fact::ReceiverId | Fact::ReceiverHousehold | Fact::ReceiverRelation => "받는 사람",
        Fact::PayerId
        | Fact::PaymentAmount
        | Fact::PaymentKind
        | Fact::EventAmount
        | Fact::EventActor
        | Fact::EventRole
        | Fact::EventDaysEarly
        | Fact::Time
        | Fact::Day
        | Fact::Date => "결제 내용",
    }
}
