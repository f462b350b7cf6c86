//! What tags, kinds and districts are called: the shop and the goods, from the catalogue.

use super::catalogue::Catalogue;

/// What shops of this tag are called: "bakeries". Unknown tags: the last part, in words.
pub fn shops(tag: &str, words: &Catalogue) -> String {
    named("shops", tag, words)
}

/// What is bought there: "snacks". Unknown tags: the last part, in words.
pub fn goods(tag: &str, words: &Catalogue) -> String {
    named("goods", tag, words)
}

/// What a district is called.
pub fn district(tag: &str, words: &Catalogue) -> String {
    named("district", tag, words)
}

/// A word of this kind, if the catalogue has it; else the last part of the tag.
pub(super) fn named(kind: &str, tag: &str, words: &Catalogue) -> String {
    known(kind, tag, words).unwrap_or_else(|| plain(tag))
}

/// A word of this kind, if the catalogue has it.
pub(super) fn known(kind: &str, tag: &str, words: &Catalogue) -> Option<String> {
    words.find(&format!("{kind}.{tag}"), &[])
}

/// A word of this kind for the tag or for the nearest one above it: what a shop is, not what a rule says.
pub(super) fn nearest(kind: &str, tag: &str, words: &Catalogue) -> String {
    let mut at = tag;
    loop {
        match (known(kind, at, words), at.rsplit_once('.')) {
            (Some(found), _) => return found,
            (None, Some((above, _))) => at = above,
            (None, None) => return plain(tag),
        }
    }
}

fn plain(tag: &str) -> String {
    tag.rsplit('.').next().unwrap_or(tag).replace('-', " ")
}
