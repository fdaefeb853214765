//! Files beside each other do not use each other in a circle. What a folder's own `mod.rs` holds is for all files below
//! it, so that uses of it do not count.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// A module by the names that lead to it from the crate.
type Module = Vec<String>;

struct Sources {
    /// Text of each module without comments and unit tests.
    texts: BTreeMap<Module, String>,
    /// What each module passes on, by name: the path as it is written there.
    passed_on: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
}

fn plain(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The paths of a `use`, each list taken apart.
fn paths(used: &str) -> Vec<Vec<String>> {
    let names = |text: &str| -> Vec<String> {
        let parts = text.split("::").map(|name| name.split(" as ").next().unwrap_or_default().trim());
        parts.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    let Some((before, list)) = used.split_once('{') else { return vec![names(used)] };
    let list = &list[..list.rfind('}').unwrap_or(list.len())];
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in list.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        match c {
            ',' if depth == 0 => parts.push(String::new()),
            c => parts.last_mut().expect("a part").push(c),
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths(part)).map(|path| [names(before), path].concat()).collect()
}

/// Whether an item of a text is a `use`, and where what it names begins.
fn names_at(item: &str) -> Option<usize> {
    let at = item.rfind("use ").filter(|at| *at == 0 || !item.as_bytes()[at - 1].is_ascii_alphanumeric())?;
    Some(at + 4)
}

/// The `use` items of a text: whether each passes on what it names, and its paths.
fn uses(text: &str) -> Vec<(bool, Vec<Vec<String>>)> {
    let items = text.split(';').filter_map(|item| {
        let at = names_at(item)?;
        let before = item[..at - 4].rsplit(['\n', '}', '{']).next().unwrap_or_default();
        Some((before.trim_start().starts_with("pub"), paths(&item[at..])))
    });
    items.collect()
}

impl Sources {
    fn read(root: &Path) -> Self {
        let (mut files, mut texts) = (Vec::new(), BTreeMap::new());
        super::sources(root, &mut files);
        for file in files {
            let within = file.strip_prefix(root).expect("below src").with_extension("");
            let mut module: Module =
                within.iter().map(|name| name.to_str().expect("UTF-8").to_owned()).collect();
            module.pop_if(|name| matches!(name.as_str(), "mod" | "lib"));
            texts.insert(module, plain(&std::fs::read_to_string(&file).expect("a source")));
        }
        let passed_on = texts.iter().map(|(module, text): (&Module, &String)| {
            let named = uses(text).into_iter().filter(|(on, _)| *on).flat_map(|(_, paths)| paths);
            (module.clone(), named.filter_map(|path| Some((path.last()?.clone(), path))).collect())
        });
        let passed_on = passed_on.collect();
        Self { texts, passed_on }
    }

    /// The file that a path of `module` leads to, through what others pass on.
    fn resolve(&self, module: &Module, path: &[String], left: usize) -> Option<Module> {
        let (mut at, mut rest) = match path.first()?.as_str() {
            "crate" => (Module::new(), &path[1..]),
            "self" => (module.clone(), &path[1..]),
            "super" => (module[..module.len().checked_sub(1)?].to_vec(), &path[1..]),
            _ => (module.clone(), path),
        };
        while let Some("super") = rest.first().map(String::as_str) {
            at.pop()?;
            rest = &rest[1..];
        }
        let mut moved = !std::ptr::eq(rest, path);
        while let Some(name) = rest.first() {
            let below = [at.clone(), vec![name.clone()]].concat();
            if !self.texts.contains_key(&below) {
                break;
            }
            (at, rest, moved) = (below, &rest[1..], true);
        }
        let on = rest.first().and_then(|name| self.passed_on.get(&at)?.get(name));
        if let Some(found) = on.filter(|_| left > 0).and_then(|on| self.resolve(&at, on, left - 1)) {
            return Some(found);
        }
        moved.then_some(at)
    }

    /// The files that a module's text names.
    fn used_by(&self, module: &Module, text: &str) -> BTreeSet<Module> {
        let mut found: Vec<Vec<String>> =
            uses(text).into_iter().filter(|(on, _)| !on).flat_map(|(_, paths)| paths).collect();
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let rest = text.split(';').map(|item| names_at(item).map_or(item, |at| &item[..at]));
        for path in rest.flat_map(|item| item.split(|c| !word(c))).filter(|path| path.contains("::")) {
            found.push(path.split("::").map(str::to_owned).filter(|name| !name.is_empty()).collect());
        }
        let modules = found.iter().filter_map(|path| self.resolve(module, path, 8));
        modules.filter(|other| !other.is_empty() && !module.starts_with(other)).collect()
    }

    fn graph(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        self.texts.iter().map(|(module, text)| (module.clone(), self.used_by(module, text))).collect()
    }
}

/// The first circle that is found, by its files.
fn circle(graph: &BTreeMap<Module, BTreeSet<Module>>) -> Option<Vec<Module>> {
    fn walk<'g>(
        graph: &'g BTreeMap<Module, BTreeSet<Module>>,
        at: &'g Module,
        way: &mut Vec<&'g Module>,
        done: &mut BTreeSet<&'g Module>,
    ) -> Option<Vec<Module>> {
        if let Some(begin) = way.iter().position(|before| *before == at) {
            return Some(way[begin..].iter().map(|module| (*module).clone()).collect());
        }
        if done.contains(at) {
            return None;
        }
        way.push(at);
        let found = graph.get(at).into_iter().flatten().find_map(|next| walk(graph, next, way, done));
        way.pop();
        done.insert(at);
        found
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|module| walk(graph, module, &mut Vec::new(), &mut done))
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let graph = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).graph();
    let uses: usize = graph.values().map(BTreeSet::len).sum();
    assert!(uses > 1000, "only {uses} uses were found: the search is broken");
    if let Some(circle) = circle(&graph) {
        let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
        panic!("{} ─► {}", names.join(" ─► "), names[0]);
    }
}

#[test]
fn a_circle_is_found_through_what_others_pass_on() {
    let module = |name: &str| name.split("::").map(str::to_owned).collect::<Module>();
    let texts = [
        ("a", "mod x;\npub use x::X;"),
        ("a::x", "use crate::b::{y::Y, Z};\npub struct X;"),
        ("b", "pub mod y;\npub struct Z;"),
        ("b::y", "pub struct Y(crate::a::X);"),
    ];
    let texts: BTreeMap<_, _> = texts.map(|(name, text)| (module(name), text.to_owned())).into();
    let passed_on = [(module("a"), [("X".to_owned(), module("x::X"))].into())].into();
    let found = circle(&Sources { texts, passed_on }.graph()).expect("a circle");
    assert_eq!(found, [module("a::x"), module("b::y")]);
}
