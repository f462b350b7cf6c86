//! Rules and refusals as a holder reads them, in Korean and English, made from structure.
//!
//! Nothing here decides anything. The words follow the denial catalogue of the apps: every answer has its stable
//! code, so that an app may use its own words for it.

mod en;
mod ko;
mod point;
pub mod tags;
mod write;

use crate::causes::Cause;
use crate::civil::Civil;
use crate::ir::Policy;
use point::{Lead, Point};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

impl Lang {
    /// The key of this language in [`crate::ir::Texts`].
    pub fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

/// What is known of a list, for the holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListWords {
    /// How many members it has.
    pub members: u32,
    /// Where they are, in the language asked for: `near school`, `학교 앞`.
    pub place: Option<String>,
    /// What one buys there: `snacks`, `간식`.
    pub goods: Option<String>,
}

/// What the city calls its lists. Everything has a fallback.
pub trait Names {
    /// Words for a list of shops or products.
    fn list(&self, list: &str, lang: Lang) -> Option<ListWords> {
        let _ = (list, lang);
        None
    }
}

/// No names of one's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNames;

impl Names for NoNames {}

/// For whom, when and in which words.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The language.
    pub lang: Lang,
    /// The present, in the policy's zone: dates are told relative to it.
    pub now: Civil,
    /// The city's currency word: `원`, `won`, `S`.
    pub unit: &'a str,
    /// Names of lists.
    pub names: &'a dyn Names,
}

impl core::fmt::Debug for View<'_> {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut view = out.debug_struct("View");
        view.field("lang", &self.lang)
            .field("now", &self.now)
            .field("unit", &self.unit)
            .finish_non_exhaustive()
    }
}

/// One refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Stable code of the denial catalogue: `after_time`, `over_day`.
    pub code: &'static str,
    /// One short line.
    pub title: String,
    /// One or two sentences.
    pub body: String,
    /// Which rule, and whose: `Rule "after-school", set by your parent.`
    pub rule: String,
}

/// One cause in the words of the catalogue. `policy` (the one the cause names) lets it say what the coin is for.
pub fn cause(cause: &Cause, policy: Option<&Policy>, view: &View<'_>) -> Told {
    let point = Point::of(cause, policy, view);
    let own = write::text(&cause.because, view.lang);
    let (title, body, rule) = match view.lang {
        Lang::Ko => (ko::title(&point, view), ko::body(&point, cause, view), ko::rule(cause)),
        Lang::En => (en::title(&point, view), en::body(&point, cause, view), en::rule(cause)),
    };
    let body = own.map_or(body.clone(), |own| format!("{}. {body}", own.trim_end_matches('.')));
    Told { code: point.code(), title, body, rule }
}

/// A whole refusal as one paragraph: what the coin is for, what is now, when it works again, and whose rule says so.
/// The causes after the first follow as a sentence each.
pub fn refusal(causes: &[Cause], policy: Option<&Policy>, view: &View<'_>) -> String {
    let Some((first, others)) = causes.split_first() else {
        return String::new();
    };
    let point = Point::of(first, policy, view);
    let mut about = policy.map(|policy| Lead::of(policy, view));
    let mut told = first.clone();
    if let (Point::Rest(_), Some(about)) = (&point, &mut about) {
        // The clause alone would pass at midnight; the holder wants to know when the coin opens.
        about.rests = true;
        told.next = told.next.map(|next| about.opens(next));
    }
    let mut sentences = Vec::new();
    sentences.extend(about.map(|about| tell(&about, view)));
    sentences.push(match view.lang {
        Lang::Ko => ko::now(&point, &told, view),
        Lang::En => en::now(&point, &told, view),
    });
    sentences.push(match view.lang {
        Lang::Ko => format!("({})", ko::rule(first)),
        Lang::En => format!("({})", en::rule(first)),
    });
    for other in others {
        let told = cause(other, policy, view);
        sentences.push(format!("{}. {} ({})", told.title, told.body, told.rule));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

/// What the coin is for, today: `This coin buys snacks at 3 shops near school, until 19:00 today.`
pub fn lead(policy: &Policy, view: &View<'_>) -> String {
    tell(&Lead::of(policy, view), view)
}

fn tell(lead: &Lead, view: &View<'_>) -> String {
    match view.lang {
        Lang::Ko => ko::lead(lead, view),
        Lang::En => en::lead(lead, view),
    }
}

/// The whole promise of a policy: what it pays, when, how much, until when and what becomes of the rest.
pub fn promise(policy: &Policy, view: &View<'_>) -> String {
    let lead = Lead::of(policy, view);
    match view.lang {
        Lang::Ko => ko::promise(&lead, policy, view),
        Lang::En => en::promise(&lead, policy, view),
    }
}
