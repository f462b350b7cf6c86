//! The denial catalogue: every code with what a till may hear of it, and the point of a refusal in its words.

use super::message::Value;
use super::point::Point;
use super::{Told, View, condition, write};
use crate::causes::{Cause, Whose};
use crate::civil::Civil;
use crate::facts::Fact;
use crate::ir::{Weekly, Window};

/// One code of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Stable code.
    pub code: &'static str,
    /// What the till hears instead of it, `A` to `E`; nothing where no till is involved.
    pub class: Option<char>,
}

const fn denial(code: &'static str, class: char) -> Denial {
    Denial { code, class: if class == '-' { None } else { Some(class) } }
}

/// Every code there is: the catalogue's, then those that only rules have.
pub const DENIALS: &[Denial] = &[
    denial("shop_not_allowed", 'A'),
    denial("kind_not_allowed", 'A'),
    denial("part_of_basket", 'A'),
    denial("age_under", 'A'),
    denial("before_time", 'A'),
    denial("after_time", 'A'),
    denial("wrong_day", 'A'),
    denial("over_single", 'A'),
    denial("over_day", 'A'),
    denial("over_period", 'A'),
    denial("over_count", 'A'),
    denial("too_soon", 'A'),
    denial("not_enough", 'A'),
    denial("expired", 'A'),
    denial("not_started", 'A'),
    denial("outside_area", 'A'),
    denial("owner_only", 'A'),
    denial("no_transfer", '-'),
    denial("gift_limit", '-'),
    denial("needs_guardian", 'A'),
    denial("guardian_declined", 'A'),
    denial("frozen_self", 'A'),
    denial("frozen_guardian", 'A'),
    denial("frozen_city", 'A'),
    denial("shop_closed", 'E'),
    denial("code_used", 'C'),
    denial("code_expired", 'B'),
    denial("code_not_genuine", 'E'),
    denial("amount_changed", 'B'),
    denial("refund_late", 'E'),
    denial("hold_review", 'D'),
    denial("checking", 'D'),
    denial("offline", 'D'),
    denial("maintenance", 'D'),
    denial("update_needed", 'A'),
    denial("not_eligible", '-'),
    denial("already_earned", '-'),
    denial("budget_gone", '-'),
    denial("over_share", 'A'),
    denial("age_over", 'A'),
    denial("not_resident", 'A'),
    denial("not_in_group", 'A'),
    denial("pays_alone", 'A'),
    denial("fact_missing", 'A'),
    denial("rule_refuses", 'A'),
];

/// What the till hears instead of a code, `A` to `E`: never a coin, an age, a rule or a parent.
pub fn till_class(code: &str) -> Option<char> {
    DENIALS.iter().find(|denial| denial.code == code).and_then(|denial| denial.class)
}

/// What every refusal of a rule ends with: `No money has moved. · Ref 7F2A`.
pub fn footer(reference: &str, view: &View<'_>) -> String {
    view.say("footer", &[("ref", reference.into())])
}

/// What one can do about a code, as the words of buttons. A button whose amount is not known is left out.
pub fn buttons(code: &str, args: &[(&str, Value<'_>)], view: &View<'_>) -> Vec<String> {
    let button = |key: &str| view.words.find(&format!("denial.{code}.{key}"), args);
    ["next", "next_more"].into_iter().filter_map(button).collect()
}

/// Title and body of a code: the easier ones for a child, else the plain ones, else those that leave out what `args`
/// do not say. Empty for a code there is not.
pub fn in_words(code: &str, args: &[(&str, Value<'_>)], view: &View<'_>) -> (String, String) {
    let say = |part: &str| {
        let child = view.is_child().then(|| format!("denial.{code}.child.{part}"));
        let keys = [format!("denial.{code}.{part}"), format!("denial.{code}.{part}_plain")];
        child.into_iter().chain(keys).find_map(|key| view.words.find(&key, args))
    };
    (say("title").unwrap_or_default(), say("body").unwrap_or_default())
}

/// A filled place.
#[derive(Clone, Debug)]
enum Filled {
    Text(String),
    Number(u64),
}

/// Which messages, and what fills them.
#[derive(Debug)]
struct Saying {
    title: &'static str,
    body: &'static str,
    /// The body, where the catalogue has none.
    own_body: Option<String>,
    /// The easier words fit as well.
    child: Option<(&'static str, &'static str)>,
    args: Vec<(&'static str, Filled)>,
}

/// The easier title and body of a code.
const CHILD: Option<(&str, &str)> = Some(("child.title", "child.body"));

impl Saying {
    fn new(title: &'static str, body: &'static str) -> Self {
        Self { title, body, own_body: None, child: CHILD, args: Vec::new() }
    }

    fn text(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.args.push((name, Filled::Text(text.into())));
        self
    }

    fn number(mut self, name: &'static str, number: u64) -> Self {
        self.args.push((name, Filled::Number(number)));
        self
    }

    fn child(mut self, title: &'static str, body: &'static str) -> Self {
        self.child = Some((title, body));
        self
    }
}

/// One cause in words.
pub(super) fn told(point: &Point, cause: &Cause, view: &View<'_>) -> Told {
    let code = point.code();
    let saying = saying(point, cause, view);
    let args: Vec<(&str, Value<'_>)> =
        saying.args.iter().map(|(name, filled)| (*name, value(filled))).collect();
    let say = |key: &str| view.words.find(&format!("denial.{code}.{key}"), &args);
    let easier = saying.child.filter(|_| view.is_child());
    let title = easier.and_then(|(title, _)| say(title)).or_else(|| say(saying.title));
    let body = easier.and_then(|(_, body)| say(body));
    let body = body.or_else(|| saying.own_body.clone()).or_else(|| say(saying.body));
    let (title, body) = (title.unwrap_or_default(), body.unwrap_or_default());
    let body = match write::text(&cause.because, view) {
        Some(because) => {
            let because = because.trim_end_matches(['.', '。']);
            view.say("because", &[("because", because.into()), ("text", (&body).into())])
        }
        None => body,
    };
    Told {
        code,
        title,
        body,
        rule: rule(cause, view),
        found: condition::found(cause, view),
        allowed: condition::allowed(cause, view),
        passes: (cause.pass_now > 0).then(|| {
            let money = write::money(cause.pass_now, view);
            view.say("cause.passes", &[("money", (&money).into())])
        }),
        next: cause.next.map(|next| {
            let first = matches!(point, Point::NotStarted(_) | Point::Before(..));
            again(Some(next), if first { "first" } else { "again" }, view)
        }),
        buttons: buttons(code, &args, view),
    }
}

/// `It is 19:10. It works again tomorrow from 14:00.`; other points in their own words.
pub(super) fn now(point: &Point, cause: &Cause, view: &View<'_>) -> String {
    let first = if matches!(point, Point::Before(..)) {
        "first"
    } else if matches!(point, Point::After(..)) && !view.is_child() {
        "again"
    } else {
        let told = told(point, &Cause { because: Vec::new(), ..cause.clone() }, view);
        return line(&told.title, &told.body, view);
    };
    let time = write::clock(view.now.minute);
    let now = view.say("now", &[("time", (&time).into())]);
    [now, again(cause.next, first, view)].join(view.gap())
}

/// `This coin rests today. It works Mon–Fri.`
pub(super) fn line(title: &str, body: &str, view: &View<'_>) -> String {
    view.say("cause.line", &[("title", title.into()), ("body", body.into())])
}

/// `Rule "after-school", set by your parent.`
fn rule(cause: &Cause, view: &View<'_>) -> String {
    let whose = match cause.whose {
        Whose::City => "whose.city",
        Whose::Guardian => "whose.guardian",
        Whose::Granter => "whose.granter",
        Whose::Own => "whose.own",
    };
    let whose = view.say(whose, &[]);
    view.say("rule.line", &[("label", (&cause.label).into()), ("whose", (&whose).into())])
}

pub(super) fn rule_in_brackets(cause: &Cause, view: &View<'_>) -> String {
    view.say("rule.in_brackets", &[("line", (&rule(cause, view)).into())])
}

/// When it works again (or first), or that it does not.
fn again(next: Option<Civil>, family: &str, view: &View<'_>) -> String {
    let Some(next) = next else { return view.say("again.never", &[]) };
    if next.minute == 0 {
        let day = write::date(next.date, view);
        return view.say(&format!("{family}.day"), &[("day", (&day).into())]);
    }
    let (day, time) = (write::on_date(next.date, view), write::clock(next.minute));
    view.say(&format!("{family}.time"), &[("day", (&day).into()), ("time", (&time).into())])
}

fn value(filled: &Filled) -> Value<'_> {
    match filled {
        Filled::Text(text) => text.into(),
        Filled::Number(number) => (*number).into(),
    }
}

/// The point in the words of the catalogue.
fn saying(point: &Point, cause: &Cause, view: &View<'_>) -> Saying {
    let goods = |all: &[String]| write::list(all, write::NAMES_MAX, view);
    let plain = || Saying::new("title", "body");
    match point {
        Point::Kind(kinds, _) | Point::Goods(true, kinds) if kinds.is_empty() => {
            Saying::new("title_other", "body").child("title_other", "body")
        }
        Point::Kind(kinds, false) => Saying::new("title_pays", "body")
            .child("child.title", "child.body_pays")
            .text("what", goods(kinds)),
        Point::Kind(kinds, true) | Point::Goods(true, kinds) => plain().text("what", goods(kinds)),
        Point::Goods(false, left_out) => except("body_except", "what", goods(left_out)),
        Point::NotStarted(start) => plain().text("date", write::full_moment(*start, view)),
        Point::Expired(end, fate) => Saying::new("title", "body_fate")
            .text("date", write::last_day(*end, view))
            .text("fate", write::fate(fate, view)),
        Point::Shop(lead) => of_shop(lead, view),
        Point::NotShops(shops) => Saying::new("title", "body_except")
            .child("child.title", "body_except")
            .text("shops", goods(shops)),
        Point::Part(ok) => of_part(*ok, view),
        Point::AgeUnder(age) | Point::AgeOver(age) => plain().text("age", age.to_string()),
        Point::Residents(Some(area)) | Point::Area(Some(area), _) => plain().text("area", area),
        Point::Area(None, false) => Saying::new("title", "body_own"),
        Point::Area(None, true) => Saying::new("title", "body_except"),
        Point::Groups(groups) => plain().text("groups", goods(groups)),
        Point::Residents(None) | Point::Owner(None) => Saying::new("title", "body_plain"),
        Point::Owner(Some(owner)) => plain().text("owner", owner),
        Point::Before(hours, (start, end)) => {
            of_hours("body", hours, (*start, *end), view).text("now", write::clock(view.now.minute))
        }
        Point::After(hours, ends) => of_after(hours, *ends, cause, view),
        Point::Rest(hours) => of_rest(hours.as_ref(), cause, view),
        Point::Single(limit) => {
            let body = if view.amount.is_some() { "body" } else { "body_plain" };
            Saying::new("title", body)
                .text("limit", write::money(*limit, view))
                .text("amount", view.amount.map_or_else(String::new, |all| write::money(all, view)))
        }
        Point::Share(percent, limit) => {
            plain().number("percent", u64::from(*percent)).text("limit", write::money(*limit, view))
        }
        Point::Money(window, limit, left) => of_money(*window, (*limit, *left), cause, view),
        Point::Count(window, limit, here) => of_count(*window, *limit, *here, cause, view),
        Point::Soon(minutes) => {
            let retry = cause.next.map(|next| retry(next, view));
            let body = if retry.is_some() { "body" } else { "body_last" };
            Saying::new("title", body)
                .text("gap", write::length(*minutes, view))
                .text("retry", retry.unwrap_or_default())
        }
        Point::Alone => plain(),
        Point::Missing(fact) => {
            Saying::new("title", missing(*fact)).text("fact", condition::fact_name(*fact, view))
        }
        Point::Other => of_other(cause, view),
    }
}

fn except(body: &'static str, name: &'static str, left_out: String) -> Saying {
    Saying::new("title_except", body).child("title_except", body).text(name, left_out)
}

fn of_shop(lead: &super::lead::Lead, view: &View<'_>) -> Saying {
    let (what, until) = (lead.what(view), lead.until(view));
    match (lead.one_list(), until) {
        (Some((n, place)), Some(until)) if !what.is_empty() && (n > 1 || !view.is_child()) => {
            Saying::new("title", "body")
                .number("n", n)
                .text("where", place)
                .text("what", what)
                .text("until", until)
        }
        _ => {
            let mut saying = Saying::new("title", "body").child("child.title", "no_body");
            saying.own_body = Some(lead.sentence(view));
            saying
        }
    }
}

fn of_part(ok: u64, view: &View<'_>) -> Saying {
    let saying = match view.amount {
        Some(total) => Saying::new("title", "body")
            .text("total", write::money(total, view))
            .text("rest", write::money(total.saturating_sub(ok), view)),
        None => Saying::new("title_plain", "body_plain"),
    };
    saying.text("ok", write::money(ok, view))
}

/// The hours of today as days, from and to, when all days have the same hours; else all of them.
fn of_hours(
    body: &'static str,
    hours: &Weekly,
    (start, end): (u16, u16),
    view: &View<'_>,
) -> Saying {
    let same = write::hours_of(hours);
    let (days, body) = match same.as_slice() {
        [(_, days)] if end > start => (write::days(days, view), body),
        _ => (String::new(), "body_hours"),
    };
    Saying::new("title", body)
        .text("days", days)
        .text("hours", write::weekly(hours, view))
        .text("from", write::clock(start))
        .text("to", write::clock(end))
}

fn of_after(hours: &Weekly, ends: (u16, u16), cause: &Cause, view: &View<'_>) -> Saying {
    let Some(next) = cause.next else {
        let mut saying = of_hours("body_hours", hours, ends, view);
        saying.body = "body_last";
        return saying.child("child.title", "child.body_last");
    };
    let mut saying = of_hours("body", hours, ends, view);
    if next.date.days_since(view.now.date) == 1 {
        // The easier words say tomorrow, and when it opens then.
        if view.is_child() {
            saying.args.retain(|(name, _)| *name != "from");
            saying = saying.text("from", write::clock(next.minute));
        }
        return saying.text("next", write::moment(next, view));
    }
    if view.is_child() {
        let (day, time) = (write::on_date(next.date, view), write::clock(next.minute));
        let see_you = view.say("see_you", &[("day", (&day).into()), ("time", (&time).into())]);
        return saying.child("child.title", "child.body_next").text("next", see_you);
    }
    saying.text("next", write::moment(next, view))
}

fn of_rest(hours: Option<&Weekly>, cause: &Cause, view: &View<'_>) -> Saying {
    let body = match (hours, cause.next) {
        (Some(_), Some(_)) => "body",
        (None, Some(_)) => "body_next",
        (Some(_), None) => "body_days",
        (None, None) => "body_last",
    };
    Saying::new("title", body)
        .text("days", hours.map_or_else(String::new, |hours| write::weekly(hours, view)))
        .text("next", cause.next.map_or_else(String::new, |next| write::moment(next, view)))
}

fn of_money(window: Window, (limit, left): (u64, u64), cause: &Cause, view: &View<'_>) -> Saying {
    let period = match window {
        Window::Week => Some("week"),
        Window::Month => Some("month"),
        Window::Day => Some(""),
        Window::Payment
        | Window::Year
        | Window::Life
        | Window::Days(_)
        | Window::Months(_)
        | Window::Years(_) => None,
    };
    let title = if period.is_some() { "title" } else { "title_in" };
    let body = if cause.next.is_some() { "body" } else { "body_last" };
    let day = window == Window::Day;
    Saying::new(title, body)
        .text("left", write::money(left, view))
        .text("limit", write::money(limit, view))
        .text("period", period.unwrap_or_default())
        .text("window", write::this(window, view))
        .text("reset", cause.next.map_or_else(String::new, |next| reset(next, day, view)))
}

fn of_count(window: Window, limit: u64, here: bool, cause: &Cause, view: &View<'_>) -> Saying {
    let day = window == Window::Day;
    let body = match cause.next {
        Some(_) if here => "body_here",
        Some(_) => "body",
        None => "body_last",
    };
    let tomorrow = cause.next.is_some_and(|next| next.date.days_since(view.now.date) == 1);
    let mut saying = Saying::new(if day { "title" } else { "title_in" }, body);
    if !day || here {
        saying.child = None;
    } else if !tomorrow {
        saying = saying.child("child.title", body);
    }
    saying
        .number("n", limit)
        .text("window", write::this(window, view))
        .text("reset", cause.next.map_or_else(String::new, |next| write::moment(next, view)))
}

fn of_other(cause: &Cause, view: &View<'_>) -> Saying {
    let Some(first) = cause.allowed.first() else { return Saying::new("title", "body") };
    let body = if first.except { "body_except" } else { "body_allowed" };
    match condition::accepted(first, view) {
        Some(phrase) => Saying::new("title", body).text("allowed", phrase),
        None => Saying::new("title", "body"),
    }
}

/// `16:02` today, else with its day.
fn retry(next: Civil, view: &View<'_>) -> String {
    if next.date == view.now.date { write::clock(next.minute) } else { reset(next, true, view) }
}

/// When a limit refills: after `at` (`00:00 tomorrow`), or standing alone (`on Mon 30 Nov`).
fn reset(next: Civil, after_at: bool, view: &View<'_>) -> String {
    let key = match (after_at, next.minute) {
        (true, _) => "reset.at",
        (false, 0) => "reset.on",
        (false, _) => "reset.on_time",
    };
    let (day, time) = (write::on_date(next.date, view), write::clock(next.minute));
    view.say(key, &[("day", (&day).into()), ("time", (&time).into())])
}

fn missing(fact: Fact) -> &'static str {
    if fact == Fact::PaymentItems {
        "body_items"
    } else if fact.name().starts_with("merchant.") {
        "body_shop"
    } else {
        "body"
    }
}
