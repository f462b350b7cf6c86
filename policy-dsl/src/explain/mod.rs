//! Rules and refusals as a holder reads them, in Korean, English and Chinese, made from structure.
//!
//! Nothing here decides anything, and no sentence is written here: every one comes from the catalogue ([`catalogue`]).
//! Every answer has its stable code, so that an app may use its own words for it.

pub mod catalogue;
mod clause;
mod condition;
mod denial;
mod lead;
mod lots;
pub mod message;
mod point;
mod program;
mod promise;
pub mod tags;
pub(crate) mod write;

use crate::causes::Cause;
use crate::civil::Civil;
use crate::ir::{Policy, Program};
use catalogue::Catalogue;
use lead::Lead;
use message::Args;
use point::Point;

pub use clause::{Line, lines};
pub use denial::{DENIALS, Denial, buttons, footer, in_words, till_class};
pub use lots::{Coin, lots};
pub use program::program_lines;

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
    /// Chinese, in simplified characters.
    Zh,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::Ko, Self::En, Self::Zh];

    /// The key of this language in [`crate::ir::Texts`], and the name of its file.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

/// Who reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// Somebody of 14 or more.
    #[default]
    Adult,
    /// A child under 14: the catalogue has easier words where they matter.
    Child,
}

impl Reader {
    /// Under this age one reads as a child.
    pub const CHILD_BELOW: i64 = 14;

    /// By age; unknown ages read as adults do.
    pub fn of_age(age: Option<i64>) -> Self {
        if age.is_some_and(|age| age < Self::CHILD_BELOW) { Self::Child } else { Self::Adult }
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

/// What the city calls its lists and calendars, and the holder's family. Everything has a fallback.
pub trait Names {
    /// Words for a list of shops or products.
    fn list(&self, list: &str, lang: Lang) -> Option<ListWords> {
        let _ = (list, lang);
        None
    }

    /// Words for the days of a calendar: `public holidays`.
    fn calendar(&self, calendar: &str, lang: Lang) -> Option<String> {
        let _ = (calendar, lang);
        None
    }

    /// What this person is called.
    fn person(&self, id: &str, lang: Lang) -> Option<String> {
        let _ = (id, lang);
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
    /// The words of the reader's language.
    pub words: &'a Catalogue,
    /// Who reads.
    pub reader: Reader,
    /// The present, in the policy's zone: dates are told relative to it.
    pub now: Civil,
    /// The city's currency word: `원`, `won`, `S`.
    pub unit: &'a str,
    /// The amount that was asked for, minor units, where it is known.
    pub amount: Option<u64>,
    /// Names of lists.
    pub names: &'a dyn Names,
}

impl core::fmt::Debug for View<'_> {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut view = out.debug_struct("View");
        view.field("lang", &self.lang())
            .field("reader", &self.reader)
            .field("now", &self.now)
            .field("unit", &self.unit)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

impl View<'_> {
    /// The reader's language.
    pub fn lang(&self) -> Lang {
        self.words.lang()
    }

    fn say(&self, key: &str, args: &Args<'_>) -> String {
        self.words.say(key, args)
    }

    /// What stands between two sentences.
    fn gap(&self) -> &'static str {
        if self.lang() == Lang::Zh { "" } else { " " }
    }

    fn is_child(&self) -> bool {
        self.reader == Reader::Child
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
    /// What was found, a line for each fact: `the kind of shop: bakeries`.
    pub found: Vec<String>,
    /// What would be accepted instead, each of them alone: `at bakeries or cafés`.
    pub allowed: Vec<String>,
    /// How much of this payment the clause would let pass now; nothing if it is nothing.
    pub passes: Option<String>,
    /// When it would pass: `It works again tomorrow from 14:00.`
    pub next: Option<String>,
    /// What one can do, as the words of buttons.
    pub buttons: Vec<String>,
}

/// One cause in the words of the catalogue. `policy` (the one the cause names) lets it say what the coin is for.
pub fn cause(cause: &Cause, policy: Option<&Policy>, view: &View<'_>) -> Told {
    let point = Point::of(cause, policy, view);
    denial::told(&point, cause, view)
}

/// A whole refusal as one paragraph: what the coin is for, what is now, when it works again, and whose rule says so.
/// The causes after the first follow as a sentence each.
pub fn refusal(causes: &[Cause], policy: Option<&Policy>, view: &View<'_>) -> String {
    let Some((first, others)) = causes.split_first() else {
        return String::new();
    };
    let point = Point::of(first, policy, view);
    let mut about = policy.map(|policy| Lead::of(policy, view));
    let mut moved = first.clone();
    if let (Point::Rest(_), Some(about)) = (&point, &mut about) {
        // The clause alone would pass at midnight; the holder wants to know when the coin opens.
        about.rests = true;
        moved.next = moved.next.map(|next| about.opens(next));
    }
    // Where the refusal is about the shop, its own words say what the coin is for.
    let about = about.filter(|_| !matches!(point, Point::Shop(_)));
    let mut sentences: Vec<String> = about.iter().map(|about| about.sentence(view)).collect();
    sentences.push(denial::now(&point, &moved, view));
    sentences.push(denial::rule_in_brackets(first, view));
    for other in others {
        let point = Point::of(other, policy, view);
        let told = denial::told(&point, other, view);
        let known = policy.is_some() && matches!(point, Point::Shop(_));
        sentences.push(if known {
            view.say("cause.title", &[("title", (&told.title).into())])
        } else {
            denial::line(&told.title, &told.body, view)
        });
        sentences.push(denial::rule_in_brackets(other, view));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(view.gap())
}

/// Title and body as one paragraph: `Not yet. It starts on Thu 5 Mar.`
pub fn paragraph(title: &str, body: &str, view: &View<'_>) -> String {
    denial::line(title, body, view)
}

/// `5,000원`, `5,000 won`.
pub fn money(amount: u64, view: &View<'_>) -> String {
    write::money(amount, view)
}

/// What the coin is for, today: `This coin buys snacks at 3 shops near school, until 19:00 today.`
pub fn lead(policy: &Policy, view: &View<'_>) -> String {
    Lead::of(policy, view).sentence(view)
}

/// The whole promise of a policy: what it pays, where, when, for whom, how much, how often, until when, what becomes of
/// the rest and who may be given it.
pub fn promise(policy: &Policy, view: &View<'_>) -> String {
    promise::promise(policy, view)
}

/// The whole promise of a programme: when it is open, what it gives for what, and how much at most.
pub fn program_promise(program: &Program, view: &View<'_>) -> String {
    let lines = program_lines(program, view).into_iter();
    lines.map(|line| line.text).collect::<Vec<_>>().join(view.gap())
}
