//! `/api/v1/openapi.json`: the description of the interface, OpenAPI 3.1.
//!
//! Nothing of it is written twice: an address and who may ask stand in the list of [routes](super::routes), beside each
//! the name of what is here; what is sent and answered are the types of [`api`](crate::api), which are read and written
//! as they are described. `tests/openapi.rs` holds the rest, statuses and parameters, against the running server.
//! `data/openapi.json` is the same document for whoever has no binary, such as the build of the web app; it is made
//! (`make description`), and the same test says when it is old.

pub mod administration;
pub mod briefings;
pub mod emulation;
pub mod figures;
pub mod imports;
mod operation;
mod parameters;
pub mod reading;
pub mod recording;
pub mod session;

use serde_json::{Map, Value, json};

pub use operation::Operation;

use super::auth::Rule;
use crate::api::{ImportProblem, ProblemDocument, Schemas};

/// A method, an address, who may ask there, and what is said of it.
pub type Described = (&'static str, &'static str, Rule, fn() -> Operation);

/// What the interface is.
const ABOUT: &str = "The web app's own interface. Every answer that holds figures names the ledger position `at`; \
    every read takes `as_of` and `at`. Errors are problem documents (RFC 9457). Unknown parameters are refused.";

/// What operations are about.
const TAGS: [(&str, &str); 10] = [
    ("read", "Names, sheets, search"),
    ("figures", "The numbers leaders decide on"),
    ("emulation", "Emulation campaigns"),
    ("reports", "Documents"),
    ("recording", "What officers record"),
    ("live", "What happens"),
    ("session", "Signing in and out"),
    ("administration", "Accounts"),
    ("imports", "Files on their way into the store."),
    ("briefings", "Saved slides."),
];

/// The document about `operations`.
///
/// # Errors
/// Two types of different shapes share a name: that name.
pub fn document(operations: &[Described]) -> Result<Value, String> {
    let mut schemas = Schemas::default();
    let mut paths: Map<String, Value> = Map::new();
    for (method, path, rule, operation) in operations {
        let own = paths.entry(*path).or_insert_with(|| json!({}));
        own[method.to_lowercase()] = operation().written(*rule, &mut schemas);
    }
    let problem = |about: &str, schema: Value| json!({ "description": about, "content": { "application/problem+json": { "schema": schema } } });
    let responses = json!({
        "Problem": problem(
            "What is wrong, and what to do (RFC 9457).",
            schemas.answer::<ProblemDocument>(),
        ),
        "ImportProblem": problem(
            "What is wrong with the file (RFC 9457).",
            schemas.answer::<ImportProblem>(),
        ),
    });
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Matbang",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "tags": TAGS.map(|(name, about)| json!({ "name": name, "description": about })),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "matbang_session",
                    "description": "Unsafe methods also send the session's csrf as X-CSRF-Token.",
                },
                "token": { "type": "http", "scheme": "bearer", "description": "Made by `matbang token`." },
            },
            "parameters": parameters::shared(),
            "responses": responses,
            "schemas": schemas.named()?,
        },
    }))
}

/// The document as a text with a line for each operation, parameter and schema, so that a change shows where it is.
pub fn laid_out(document: &Value) -> String {
    let mut text = String::new();
    lay_out(document, 3, 0, &mut text);
    text
}

/// Objects are opened to so many levels.
fn lay_out(value: &Value, levels: usize, depth: usize, text: &mut String) {
    let (Value::Object(fields), true) = (value, levels > 0) else {
        text.push_str(&value.to_string());
        return;
    };
    text.push('{');
    for (index, (name, own)) in fields.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n("  ", depth + 1));
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push_str(": ");
        lay_out(own, levels - 1, depth + 1, text);
    }
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
    text.push('}');
}
