//! The description of the interface is true: each route is described and nothing else, and answers have the
//! described shape.

use std::{collections::BTreeSet, path::Path, process::Command};

use matbang::server::{ROUTES, description, description_file};
use serde_json::{Value, json};

use crate::harness::{Demo, Server};

fn described(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

#[test]
fn each_route_is_described_and_nothing_else() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let document = server.get("/api/v1/openapi.json", &[]).json();
    let routes = ROUTES.iter().filter(|(_, path, _)| path.starts_with("/api/v1/"));
    let routes: BTreeSet<_> =
        routes.map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described(&document), routes);
    let asks = |path: &str, method: &str| {
        let operation = &document["paths"][path][method];
        (operation["security"].as_array().unwrap().len(), operation["x-roles"].clone())
    };
    assert_eq!(asks("/api/v1/session", "post"), (0, Value::Null));
    assert_eq!(asks("/api/v1/summary", "get"), (3, Value::Null));
    assert_eq!(asks("/api/v1/ledger", "get"), (2, json!(["administrator"])));
    assert_eq!(asks("/api/v1/events", "post"), (2, json!(["officer", "manager", "administrator"])));
    // Everything that is named is there.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

/// Who builds the web app has no binary yet: its types are made of the file.
#[test]
fn the_file_is_what_the_types_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/openapi.json");
    let kept = std::fs::read_to_string(&path).unwrap();
    let said = description_file().unwrap();
    let line = kept.lines().zip(said.lines()).position(|(kept, said)| kept != said);
    assert!(kept == said, "{} is old from line {line:?} on: `make description`", path.display());
}

/// Every object of an answer says that it holds nothing else, and every field of it what it is.
#[test]
fn answers_are_closed_and_their_fields_explained() {
    let document = description().unwrap();
    let mut open = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        look(schema, name, &mut open);
    }
    assert_eq!(open, Vec::<String>::new());
}

fn look(schema: &Value, place: &str, found: &mut Vec<String>) {
    let closed =
        ["additionalProperties", "unevaluatedProperties"].iter().any(|word| schema.get(word).is_some());
    if let Some(fields) = schema["properties"].as_object() {
        if !closed {
            found.push(format!("{place} is open"));
        }
        for (field, own) in fields {
            if own.get("description").is_none() && own.get("$ref").is_none() && own.get("const").is_none() {
                found.push(format!("{place}.{field} is not explained"));
            }
            look(own, &format!("{place}.{field}"), found);
        }
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        look(items, &format!("{place}[]"), found);
    }
}

/// Schemathesis asks every read with described, borderline and random parameters: no answer may be a failure of
/// the server, have another status or type than described, or another shape.
#[test]
fn answers_to_thousands_of_questions_have_the_described_shape() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/python/bin/schemathesis");
    let run = Command::new(&tool)
        .args(["run", &format!("{}/api/v1/openapi.json", server.url)])
        // The stream does not end; the provider is not there.
        .args([
            "--include-method",
            "GET",
            "--exclude-path",
            "/api/v1/live",
            "--exclude-path-regex",
            "oidc|report",
        ])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "15",
            "--seed",
            "1",
            "--workers",
            "2",
        ])
        .env("NO_COLOR", "1")
        .current_dir(demo.folder())
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}; run `make setup-test`", tool.display()));
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}");
}

#[test]
fn what_the_framework_refuses_has_the_form_of_every_refusal() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let json = [("content-type", "application/json")];
    for (reply, status) in [
        (server.send("/api/v1/imports/undo", &[], b"{}"), 415),
        (server.send("/api/v1/imports/undo", &json, b"false"), 422),
        (server.send("/api/v1/imports/undo", &json, b"{"), 400),
        (server.get("/api/v1/briefings/%FF", &[]), 400),
        (server.request("PATCH", "/api/v1/summary", &[], b""), 405),
        (server.get("/api/v1/nothing", &[]), 404),
    ] {
        assert_eq!(reply.status, status, "{}", String::from_utf8_lossy(&reply.body));
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.json()["status"], status);
        assert!(!reply.json()["detail"].as_str().unwrap().is_empty());
    }
}
