//! TLS by rustls, with a certificate of the city's own.

use scoin_api::{CityBody, paths};
use scoin_issuer::config::HttpConfig;
use scoin_issuer::http::ServerConfig;

use crate::city::{network, serve_on, unlimited};

#[tokio::test]
async fn a_city_with_a_certificate_answers_over_tls_only() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let config = HttpConfig { tls_cert: Some(cert), tls_key: Some(key), ..HttpConfig::default() };
    let mut city = serve_on(unlimited(), &config).await;

    let address = city.base.trim_start_matches("http://").parse().unwrap();
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let trusting = reqwest::Client::builder().tls_certs_only([root]);
    let trusting = trusting.resolve("localhost", address).build().unwrap();
    let url = format!("https://localhost:{}{}", address.port(), paths::CITY);
    let body: CityBody = trusting.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(body.network, network().to_hex());

    let stranger = reqwest::Client::builder().resolve("localhost", address).build().unwrap();
    assert!(stranger.get(&url).send().await.is_err(), "nobody vouches for this certificate");
    let clear = city.http.get(format!("{}{}", city.base, paths::CITY)).send().await;
    assert!(clear.is_err(), "nothing is said in the clear");
    city.running.stop();
}

#[test]
fn a_certificate_that_is_not_there_is_named() {
    let missing = Some(std::path::PathBuf::from("missing.pem"));
    let config =
        HttpConfig { tls_cert: missing.clone(), tls_key: missing, ..HttpConfig::default() };
    let error = ServerConfig::new(&config).unwrap_err();
    assert!(error.contains("missing.pem"), "{error}");
}
