//! The stable codes of diagnostics. A code is never given another meaning; a retired one is never used again.

/// One code and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `E0107`
    pub code: &'static str,
    /// One line for the table in `docs/policy-language.md`.
    pub about: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $about:literal;)*) => {
        $(#[doc = $about] pub const $name: &str = $code;)*
        /// Every code, in order.
        pub const ALL: &[Code] = &[$(Code { code: $code, about: $about }),*];
    };
}

codes! {
    SOURCE_TOO_LONG = "E0001", "the source is longer than 64 KiB";
    BAD_CHARACTER = "E0002", "a character that no token starts with";
    OPEN_STRING = "E0003", "a string without its closing quote on the same line";
    HIDDEN_CHARACTER = "E0004", "a control or text-direction character";
    BAD_NUMBER = "E0005", "a number that is too large or has `_` in the wrong place";
    BAD_DATE = "E0006", "a date that is not in the calendar";
    BAD_CLOCK = "E0007", "a time of day outside 00:00 to 24:00";
    EXPECTED = "E0010", "something else was expected here";
    UNKNOWN_CLAUSE = "E0011", "a word that starts no clause or definition";
    TOO_DEEP = "E0012", "brackets, `not` or `let` nested deeper than 32";
    TOO_MANY_CLAUSES = "E0013", "more than 256 clauses";
    TOO_MANY_VALUES = "E0014", "more than 1,024 values in a set";
    NAME_TWICE = "E0101", "a name defined twice";
    UNKNOWN_NAME = "E0102", "a name that is not defined";
    WRONG_KIND = "E0103", "a name of another kind, such as a set where a list is needed";
    LABEL_TWICE = "E0104", "a label used twice";
    CYCLE = "E0105", "a definition that needs itself";
    CLAUSE_TWICE = "E0106", "a clause that may stand once stands twice";
    UNKNOWN_WORD = "E0107", "a word outside the closed list of its fact, such as a payment kind";
    UNKNOWN_FACT = "E0108", "a fact that does not exist";
    UNKNOWN_PARAMETER = "E0109", "a parameter that is not declared";
    UNKNOWN_LABEL = "E0110", "a label that no clause has";
    WRONG_LITERAL = "E0201", "a value of another type than the fact";
    BARE_MONEY = "E0202", "a bare integer where money is needed";
    WRONG_OPERATOR = "E0203", "a comparison that the fact does not have";
    FACT_NOT_HERE = "E0204", "a fact that is never known in this clause";
    NOT_COMPARABLE = "E0205", "two facts of different types compared";
    NESTED_ITEMS = "E0206", "an item condition inside an item condition";
    EMPTY_RANGE = "E0207", "a range whose end is before its start";
    WRONG_LIST = "E0208", "a list of another kind than the fact";
    OUT_OF_RANGE = "E0209", "a number outside what the clause takes";
    WRONG_UNIT = "E0210", "a unit of time that the clause does not take";
    MIXED_AND_OR = "E0211", "`and` and `or` mixed without brackets";
    WRONG_CAP = "E0212", "a limit and a window that do not go together";
    WRONG_KEY = "E0213", "a `by` key that does not exist here";
    ALWAYS_KNOWN = "E0214", "`known` asked of something that is always known";
    MISSING_ARGUMENT = "E0301", "an argument without default is missing";
    UNKNOWN_ARGUMENT = "E0302", "an argument that the policy does not take";
    WRONG_ARGUMENT = "E0303", "an argument of another type than its parameter";
    ARGUMENT_OUT_OF_BOUNDS = "E0304", "an argument or default outside the bounds of its parameter";
    ARGUMENT_TWICE = "E0305", "an argument given twice";
    BAD_PARAMETER = "E0306", "a parameter with an unknown type, or bounds it cannot have";
    OTHER_ZONE = "E0401", "an embedded policy in another time zone";
    WRONG_HASH = "E0402", "a pinned policy that has another hash";
    BAD_HASH = "E0403", "a hash that is not `sha256:` or `sp1:` and 64 hexadecimal digits";
    TOO_LARGE = "E0404", "a policy beyond 64 caps, 4,096 tests or 8 embedded policies deep";
    NOT_COMPLETE = "E0405", "a clause that must stand is missing";
    TOO_DEAR = "E0406", "a policy or programme that costs more than 20,000 steps to ask";
    EXAMPLE_FAILS = "E0501", "an example that does not hold";
    EXAMPLE_INCOMPLETE = "E0502", "an example that leaves out what it needs, or says it wrongly";
    NO_ZONE = "W0301", "no `zone`: times are read in UTC";
    NEVER_PAYS = "W0401", "clauses that exclude each other, so that no payment can pass";
    DEAD_CLAUSE = "W0402", "a clause that changes nothing: others refuse all that it refuses";
    DEAD_PART = "W0403", "a part of a condition that changes nothing";
    ALWAYS_TRUE = "W0404", "a condition that has only one answer";
    CONTRADICTION = "W0405", "a clause that lets nothing pass, whatever else is stated";
    NEVER_IN_FULL = "W0406", "a limit below the least amount, so that no payment passes whole";
    DEAD_CAP = "W0407", "a limit that never binds: others bind before it";
    NEVER_APPLIES = "W0408", "a limit or gap whose `when` holds for no payment that passes";
    DEAD_KIND = "W0409", "a kind of payment in `pays` of which none can pass";
    STRANDED = "W0410", "coins that cannot all be spent before they end";
    CROSSING_ITEMS = "W0411", "limits whose sets of items overlap only in part";
    ZERO_CAP = "W0412", "a limit of zero";
    NOBODY_RECEIVES = "W0413", "a `transfer to` that nobody can fulfil";
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(super::ALL.is_sorted_by(|a, b| a.code.trim_start_matches(['E', 'W'])
            < b.code.trim_start_matches(['E', 'W'])
            || b.code.starts_with('W')));
    }
}
