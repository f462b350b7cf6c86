//! Every code has a page with a bad and a good example: the bad ones give that code and nothing else, the good ones
//! give nothing, every fix that is offered mends the example, and what the pages say is what the compiler says.

mod page;

use scoin_policy::codes;
use scoin_policy::diagnostic::Diagnostic;

use page::{Block, blocks, found};

/// Code, example and its number for all pages.
fn examples() -> Vec<(&'static str, usize, Block)> {
    let mut all = Vec::new();
    for (code, (_, text, _)) in codes::ALL.iter().zip(page::files()) {
        all.extend((1..).zip(blocks(&text)).map(|(number, block)| (code.code, number, block)));
    }
    all
}

fn codes_of(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|found| found.code).collect()
}

#[test]
fn every_code_has_a_page_with_both_kinds_of_examples() {
    let all = examples();
    for code in codes::ALL {
        for good in [false, true] {
            let has = all.iter().any(|(of, _, block)| *of == code.code && block.good == good);
            let kind = if good { "good" } else { "bad" };
            assert!(has, "docs/diagnostics/{}.md has no ```scoin {kind}", code.code);
        }
    }
    assert_eq!(page::strays().unwrap(), Vec::<String>::new(), "pages without a code");
}

#[test]
fn bad_examples_give_their_code_and_good_ones_nothing() {
    let mut wrong = Vec::new();
    for (code, number, block) in examples() {
        let found = found(&block.source, &block);
        let expected: &[&str] = if block.good { &[] } else { &[code] };
        if codes_of(&found) != expected {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{code}, example {number}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fix_mends_its_example() {
    let mut tried = 0;
    for (code, number, block) in examples() {
        for found_here in found(&block.source, &block) {
            for fix in &found_here.fixes {
                tried += 1;
                let mended = fix.apply(&block.source);
                let left = found(&mended, &block);
                assert!(
                    !left.iter().any(|left| left.code == code),
                    "{code}, example {number}, `{}`:\n{mended}{left:#?}",
                    fix.title
                );
            }
        }
    }
    assert!(tried >= 20, "only {tried} fixes were offered");
}

#[test]
fn the_pages_say_what_the_compiler_says() {
    for (path, text, mended) in page::files() {
        assert!(text == mended, "{} differs: run `cargo xtask diagnostics`", path.display());
    }
}
