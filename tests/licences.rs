//! What the product carries: licences that deny.toml allows, crates that it does not forbid, from the registry
//! only. `cargo metadata` knows it all without the internet; `scripts/licences.sh` has `cargo deny` look as well.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

fn rules() -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// All crates that are built on the machines of deny.toml.
fn packages(rules: &toml::Table) -> Vec<Value> {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--offline"]);
    for target in rules["graph"]["targets"].as_array().unwrap() {
        cargo.args(["--filter-platform", target.as_str().unwrap()]);
    }
    let told = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let used = told["resolve"]["nodes"].as_array().unwrap().iter();
    let used: BTreeSet<&str> = used.map(|node| node["id"].as_str().unwrap()).collect();
    let packages = told["packages"].as_array().unwrap().iter();
    packages.filter(|package| used.contains(package["id"].as_str().unwrap())).cloned().collect()
}

/// Whether an SPDX expression can be met by what is allowed.
fn allowed(expression: &str, known: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any(&words, &mut at, known);
    met && at == words.len()
}

fn any(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let mut met = all(words, at, known);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, known);
    }
    met
}

fn all(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(words, at, known);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, known);
    }
    met
}

fn one(words: &[&str], at: &mut usize, known: &dyn Fn(&str) -> bool) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = any(words, at, known);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    if words.get(*at) != Some(&"WITH") {
        return known(word);
    }
    *at += 2;
    words.get(*at - 1).is_some_and(|exception| known(&format!("{word} WITH {exception}")))
}

/// What a crate says of its licence, or the name of the one whose text it brings.
fn licence(package: &Value) -> Option<String> {
    if let Some(text) = package["license"].as_str() {
        return Some(text.to_owned());
    }
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?;
    let text = std::fs::read_to_string(folder.join(package["license_file"].as_str()?)).ok()?;
    let mit = "Permission is hereby granted, free of charge, to any person obtaining a copy";
    text.split_whitespace().collect::<Vec<_>>().join(" ").contains(mit).then(|| "MIT".to_owned())
}

#[test]
fn each_crate_has_a_licence_that_is_allowed() {
    let rules = rules();
    let allow = rules["licenses"]["allow"].as_array().unwrap();
    let known = |licence: &str| allow.iter().any(|other| other.as_str() == Some(licence));
    let packages = packages(&rules);
    let refused = |package: &&Value| !licence(package).is_some_and(|text| allowed(&text, &known));
    let refused = packages.iter().filter(refused);
    let refused: Vec<_> = refused.map(|package| (&package["name"], &package["license"])).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert!(packages.len() > 100, "{}", packages.len());
}

#[test]
fn no_crate_is_forbidden_or_from_elsewhere() {
    const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
    let rules = rules();
    let deny = rules["bans"]["deny"].as_array().unwrap();
    for package in packages(&rules) {
        let name = package["name"].as_str().unwrap();
        assert!(!deny.iter().any(|banned| banned["crate"].as_str() == Some(name)), "{name} is forbidden");
        // The product itself has no source.
        assert!(package["source"].as_str().is_none_or(|source| source == REGISTRY), "{name}");
        if package["source"].is_null() {
            for dependency in package["dependencies"].as_array().unwrap() {
                assert_ne!(dependency["req"], "*", "{}: any version", dependency["name"]);
            }
        }
    }
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let known = |licence: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&licence);
    for met in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "(GPL-3.0 OR MIT) AND ISC", "GPL-3.0 AND ISC OR MIT"]
    {
        assert!(allowed(met, &known), "{met}");
    }
    assert!(allowed("Apache-2.0 WITH LLVM-exception", &known));
    for unmet in
        ["", "GPL-3.0", "MIT AND GPL-3.0", "OR MIT", "(MIT", "Apache-2.0", "MIT WITH other", "MIT ISC"]
    {
        assert!(!allowed(unmet, &known), "{unmet}");
    }
}

#[test]
fn packages_of_the_web_app_have_licences_that_may_be_carried() {
    let rules = rules();
    let mut known: Vec<&str> =
        rules["licenses"]["allow"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    // The typeface: it may be passed on inside a program.
    known.push("OFL-1.1");
    let text = include_str!("../web/package-lock.json");
    let lock: Value = serde_json::from_str(text).unwrap();
    let packages = lock["packages"].as_object().unwrap().iter();
    let carried: Vec<_> = packages.filter(|(path, one)| !path.is_empty() && one["dev"] != true).collect();
    assert!(carried.len() > 20, "{}", carried.len());
    for (path, package) in carried {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(allowed(licence, &|word| known.contains(&word)), "{path}: \"{licence}\"");
    }
}
