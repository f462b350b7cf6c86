//! Payment requests and their links.

use scoin_core::Amount;
use scoin_core::envelope::{EnvelopeError, sign};
use scoin_core::request::{LinkError, PaymentRequest, from_link, to_link};

use crate::samples::{key, request};

#[test]
fn a_request_survives_its_link() {
    let bytes = request().sign(&key(2)).unwrap();
    let link = to_link(&bytes);
    assert!(link.starts_with("scoin:pay?r="), "{link}");
    let opened = PaymentRequest::open(&from_link(&link).unwrap()).unwrap();
    assert_eq!((opened.message(), *opened.key()), (&request(), key(2).public_key()));
    // What a later wallet may add without breaking this one.
    assert_eq!(from_link(&format!("{link}&label=x")).unwrap(), bytes);
}

#[test]
fn a_bad_link_is_refused_by_name() {
    let link = to_link(&request().sign(&key(2)).unwrap());
    let twice = format!("{link}&r=AA");
    let required = format!("{link}&req-tip=1");
    for (link, expected) in [
        ("", LinkError::NotALink),
        ("https://example.org", LinkError::NotALink),
        ("한국한국한국", LinkError::NotALink),
        ("scoin:pay?", LinkError::NoRequest),
        ("scoin:pay?label=x", LinkError::NoRequest),
        (&twice, LinkError::NoRequest),
        ("scoin:pay?r=A=", LinkError::Damaged),
        (&required, LinkError::Required("req-tip".to_owned())),
    ] {
        assert_eq!(from_link(link), Err(expected), "{link}");
    }
}

#[test]
fn a_request_must_add_up() {
    let good = request();
    let mut unsorted = good.clone();
    unsorted.items[0].tags.reverse();
    let mut many = good.clone();
    many.items = vec![many.items[0].clone(); 201];
    for (field, wrong) in [
        ("amount", PaymentRequest { amount: Amount::ZERO, items: Vec::new(), ..good.clone() }),
        ("amount", PaymentRequest { amount: Amount::new(u64::MAX), ..good.clone() }),
        ("items", PaymentRequest { amount: Amount::new(4_501), ..good.clone() }),
        ("items", unsorted),
        ("items", many),
        ("reference", PaymentRequest { reference: Some("x".repeat(65)), ..good.clone() }),
        ("channel", PaymentRequest { channel: Some(String::new()), ..good }),
    ] {
        let refused = Some(EnvelopeError::Field(field));
        assert_eq!(wrong.sign(&key(2)).err(), refused);
        // Signed all the same, by somebody with other software.
        assert_eq!(PaymentRequest::open(&sign(&wrong, &key(2))).err(), refused);
    }
}
