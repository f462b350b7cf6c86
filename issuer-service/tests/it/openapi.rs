//! The document says what the service does.

use std::collections::BTreeSet;

use scoin_api::paths;

/// Every path of the interface, with its method.
const ROUTES: [(&str, &str); 24] = [
    ("post", paths::COMMANDS),
    ("post", paths::COMMANDS_BATCH),
    ("get", paths::COMMAND),
    ("get", paths::ACCOUNT),
    ("get", paths::ACCOUNT_HISTORY),
    ("get", paths::ACCOUNT_EVENTS),
    ("get", paths::MERCHANT),
    ("get", paths::MERCHANTS),
    ("get", paths::CITY),
    ("post", paths::SANDBOX_CLOCK),
    ("get", paths::POLICIES),
    ("get", paths::POLICY),
    ("get", paths::RULES),
    ("get", paths::LIST),
    ("get", paths::CALENDAR),
    ("get", paths::PROGRAMS),
    ("get", paths::REPORT),
    ("get", paths::PROPOSALS),
    ("get", paths::CHECKPOINT),
    ("get", paths::FRAMES),
    ("get", paths::HEALTH),
    ("get", paths::READY),
    ("get", paths::METRICS),
    ("get", paths::OPENAPI),
];

#[test]
fn the_document_has_every_path_and_no_other() {
    let document = serde_json::to_value(scoin_issuer::http::document()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut documented = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            documented.insert((method.clone(), path.clone()));
        }
    }
    let expected = ROUTES.map(|(method, path)| (method.to_owned(), path.to_owned())).into();
    assert_eq!(documented, expected);
}

/// OpenAPI 3.1.0, Response Object: `description` is required. Validators refuse the whole document without it.
#[test]
fn every_response_is_described() {
    let document = serde_json::to_value(scoin_issuer::http::document()).unwrap();
    let mut silent = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                if response["description"].as_str().is_none_or(str::is_empty) {
                    silent.push(format!("{method} {path} {status}"));
                }
            }
        }
    }
    assert!(silent.is_empty(), "no description: {silent:?}");
}

#[tokio::test]
async fn every_documented_path_is_served() {
    let mut city = crate::city::serve().await;
    for (method, path) in ROUTES {
        let url = format!("{}{}", city.base, path.replace(['{', '}'], ""));
        let request = if method == "post" { city.http.post(url) } else { city.http.get(url) };
        let response = request.send().await.unwrap();
        assert!(response.status().as_u16() < 500, "{path}");
        if response.status() == 404 {
            let problem: scoin_api::ProblemBody = response.json().await.unwrap();
            assert!(
                !problem.detail.contains("no such path"),
                "{method} {path}: {}",
                problem.detail
            );
        }
    }
    city.running.stop();
}
