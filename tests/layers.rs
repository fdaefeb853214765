//! Dependencies point one way: `domain ← atlas ← analysis ← query ← tile, store, ingest, export, report, demo ← recording, reader ← import ← api ← server ← cli`.

mod circles;

use std::path::Path;

/// Each layer and the layers it may use.
const MAY_USE: [(&str, &[&str]); 16] = [
    ("domain", &[]),
    ("atlas", &["domain"]),
    ("analysis", &["domain", "atlas"]),
    ("tile", &["domain", "atlas", "analysis"]),
    ("store", &["domain", "atlas"]),
    ("recording", &["domain", "store"]),
    ("ingest", &["domain"]),
    ("demo", &["domain"]),
    ("query", &["domain", "atlas", "analysis"]),
    ("export", &["domain", "atlas", "analysis", "query"]),
    ("report", &["domain", "atlas", "analysis"]),
    ("reader", &["domain", "ingest"]),
    ("import", &["domain", "atlas", "store", "ingest", "reader", "demo"]),
    ("api", &["domain", "atlas", "analysis", "query", "store", "recording", "ingest", "export", "import"]),
    (
        "server",
        &[
            "domain",
            "atlas",
            "analysis",
            "api",
            "tile",
            "store",
            "recording",
            "ingest",
            "query",
            "export",
            "report",
            "reader",
            "import",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "atlas",
            "analysis",
            "api",
            "tile",
            "store",
            "recording",
            "ingest",
            "demo",
            "query",
            "export",
            "report",
            "import",
            "server",
            "reader",
        ],
    ),
];

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Layers that a file names after `crate::`, in `use crate::{…}` lists too.
fn used(text: &str) -> Vec<String> {
    let mut layers = Vec::new();
    let rest = text.replace(char::is_whitespace, "");
    for part in rest.split("crate::").skip(1) {
        if let Some(list) = part.strip_prefix('{') {
            let (mut depth, mut name) = (0, String::new());
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => layers.push(std::mem::take(&mut name)),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            layers.push(name);
        } else {
            layers.push(part.to_owned());
        }
    }
    let first = |name: String| name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    layers.into_iter().map(first).filter(|name: &String| !name.is_empty()).collect()
}

#[test]
fn every_layer_uses_only_those_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut checked = 0;
    for (layer, allowed) in MAY_USE {
        let mut files = Vec::new();
        sources(&root.join(layer), &mut files);
        assert!(!files.is_empty(), "the layer {layer} has no file");
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a source");
            for other in used(&text) {
                let known = MAY_USE.iter().any(|(name, _)| *name == other);
                assert!(
                    !known || other == layer || allowed.contains(&other.as_str()),
                    "{} uses crate::{other}, which is not below {layer}",
                    file.display()
                );
                checked += usize::from(known);
            }
        }
    }
    assert!(checked > 100, "only {checked} uses were found: the search is broken");
}

#[test]
fn domain_and_analysis_know_no_clock_and_no_disk() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root.join("domain"), &mut files);
    sources(&root.join("analysis"), &mut files);
    sources(&root.join("atlas"), &mut files);
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source");
        for word in [
            "std::fs",
            "std::net",
            "SystemTime",
            "Instant",
            "Timestamp::now",
            "Zoned::now",
            "rusqlite",
            "axum",
        ] {
            assert!(!text.contains(word), "{} knows of {word}", file.display());
        }
    }
}

#[test]
fn the_interface_knows_no_http_and_the_domain_no_descriptions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (layer, words) in
        [("api", &["axum", "hyper", "http::", "Timestamp::now", "std::fs"][..]), ("domain", &["schemars"])]
    {
        let mut files = Vec::new();
        sources(&root.join(layer), &mut files);
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a source");
            for word in words {
                assert!(!text.contains(word), "{} knows of {word}", file.display());
            }
        }
    }
}

#[test]
fn only_the_reader_opens_strangers_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let within = file.strip_prefix(&root).expect("below src");
        if within.starts_with("ingest") || within.starts_with("reader") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a source");
        for call in ["read_parcels(", "read_projects(", "read_units(", "read_event_file(", "ingest::outline("]
        {
            assert!(!text.contains(call), "{} calls {call}…) itself: have a reader do it", within.display());
        }
    }
}
