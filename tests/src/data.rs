//! The data files of the repository, read.

use std::fs;

use crate::repository;

/// One shop of `data/shops.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Display name.
    pub name: String,
    /// Category tags.
    pub categories: Vec<String>,
    /// District tag.
    pub district: String,
    /// Group tags.
    pub groups: Vec<String>,
    /// ISO 18245 code.
    pub mcc: u16,
    /// True for an online shop.
    pub online: bool,
}

/// The city's rules, `data/rules/city.scoin`.
pub fn rules() -> String {
    read("data/rules/city.scoin")
}

/// The Korean public holidays of 2026, `2026-01-01` and so on.
pub fn holidays() -> Vec<String> {
    rows("data/kr/holidays-2026.csv").into_iter().map(|row| row[0].clone()).collect()
}

/// The invented shops.
pub fn shops() -> Vec<Shop> {
    rows("data/shops.csv")
        .into_iter()
        .map(|row| Shop {
            name: row[0].clone(),
            categories: tags(&row[1]),
            district: row[2].clone(),
            groups: tags(&row[3]),
            mcc: row[4].parse().expect("an ISO 18245 code is a number"),
            online: row[5] == "yes",
        })
        .collect()
}

fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = text.split(' ').map(str::to_owned).collect();
    tags.sort();
    tags
}

/// The rows of a file without quoted fields, heading left out.
fn rows(path: &str) -> Vec<Vec<String>> {
    read(path).lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
