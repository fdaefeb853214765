//! Projects, units, parcels and places by what people type.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Bbox,
    places::places,
    search_result::{ResultKind, SearchResult, folded},
};
use crate::{
    analysis::View,
    atlas::{Extent, ProjectEntry, UnitEntry, WorldPoint},
    domain::{LedgerPosition, Level},
};

/// The best first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchResults {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// What was found.
    pub results: Vec<SearchResult>,
}

/// What `wanted` may mean, at most `limit` things.
pub fn search(view: &View, wanted: &str, limit: usize) -> SearchResults {
    let plain = folded(wanted);
    let mut results = Vec::new();
    if !plain.is_empty() {
        results.extend(places(view, &plain));
        results.extend(parcels(view, &plain, limit));
        let wanted = Wanted::of(&plain);
        results.extend(projects(view, &wanted));
        results.extend(units(view, &wanted));
        results.extend(bodies(view, &wanted));
        results.truncate(limit);
    }
    SearchResults { at: view.snapshot.position(), results }
}

/// What offices shorten, word by word, and what they mean.
const SHORT: [(&str, &str); 16] = [
    ("kcn", "khu cong nghiep"),
    ("ccn", "cum cong nghiep"),
    ("kdt", "khu do thi"),
    ("kdc", "khu dan cu"),
    ("tdc", "tai dinh cu"),
    ("dt", "duong tinh"),
    ("ql", "quoc lo"),
    ("ct", "cao toc"),
    ("vd", "vanh dai"),
    ("bv", "benh vien"),
    ("thpt", "trung hoc pho thong"),
    ("ttptqd", "trung tam phat trien quy dat"),
    ("qd", "quy dat"),
    ("p", "phuong"),
    ("x", "xa"),
    ("tt", "thi tran"),
];

/// A text that is looked for, as it was written and with what it shortens written out.
struct Wanted {
    plain: String,
    long: String,
}

impl Wanted {
    fn of(plain: &str) -> Self {
        let long = |word: &str| {
            // ĐT491 and QL1A: letters, then a number.
            let split = word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len());
            let (letters, number) = word.split_at(split);
            let letters = letters.trim_end_matches('.');
            match SHORT.iter().find(|(short, _)| *short == letters) {
                Some((_, long)) => format!("{long} {number}").trim_end().to_owned(),
                None => word.to_owned(),
            }
        };
        let words: Vec<String> = plain.split_whitespace().map(long).collect();
        Self { plain: plain.to_owned(), long: words.join(" ") }
    }

    /// Whether a name holds it, in short or written out.
    fn is_in(&self, name: &str) -> bool {
        let name = folded(name);
        let long = Self::of(&name).long;
        name.contains(&self.plain) || long.contains(&self.long)
    }
}

fn projects(view: &View, wanted: &Wanted) -> Vec<SearchResult> {
    let found = view.snapshot.projects().iter().filter(|entry| {
        folded(entry.project.code.as_str()) == wanted.plain || wanted.is_in(&entry.project.name)
    });
    let result = |entry: &ProjectEntry| SearchResult {
        kind: ResultKind::Project,
        code: entry.project.code.to_string(),
        id: Some(entry.id.0),
        label: entry.project.name.clone(),
        detail: entry.project.body.clone(),
        bbox: Bbox::of(entry.extent),
    };
    found.map(|entry| result(entry)).collect()
}

/// Communes of the day; one that ended leads to those that came after it.
fn units(view: &View, wanted: &Wanted) -> Vec<SearchResult> {
    let all = view.snapshot.units();
    let found = all.iter().filter(|entry| {
        let unit = &entry.unit;
        unit.level == Level::Commune
            && (folded(unit.code.as_str()) == wanted.plain || wanted.is_in(&unit.name))
    });
    let result = |entry: &UnitEntry, detail: Option<&str>| SearchResult {
        kind: ResultKind::Unit,
        code: entry.unit.code.to_string(),
        id: Some(entry.id.0),
        label: entry.unit.name.clone(),
        detail: detail.map(str::to_owned),
        bbox: Bbox::of(entry.extent),
    };
    let (now, ended): (Vec<_>, Vec<_>) = found.partition(|entry| entry.unit.exists_on(view.today));
    let mut results: Vec<SearchResult> = now.iter().map(|entry| result(entry, None)).collect();
    for entry in ended {
        for link in &entry.unit.successors {
            let heir = all.iter().find(|one| one.unit.code == link.code && one.unit.exists_on(view.today));
            // The commune of the same name is there already.
            let known = |heir: &UnitEntry| now.iter().any(|one| one.id == heir.id);
            if let Some(heir) = heir.filter(|heir| !known(heir)) {
                results.push(result(heir, Some(&entry.unit.name)));
            }
        }
    }
    results
}

/// Clearance bodies, each with the extent of its projects.
fn bodies(view: &View, wanted: &Wanted) -> Vec<SearchResult> {
    let mut found: BTreeMap<&str, Extent> = BTreeMap::new();
    for entry in view.snapshot.projects() {
        if let Some(body) = entry.project.body.as_deref().filter(|body| wanted.is_in(body)) {
            let extent = found.entry(body).or_insert(Extent::EMPTY);
            *extent = extent.join(entry.extent);
        }
    }
    let result = |(body, extent): (&str, Extent)| SearchResult {
        kind: ResultKind::Body,
        code: body.to_owned(),
        id: None,
        label: body.to_owned(),
        detail: None,
        bbox: Bbox::of(extent),
    };
    found.into_iter().map(result).collect()
}

/// "12/345" or "tờ 12 thửa 345", perhaps with the name of a commune or project.
fn parcels(view: &View, plain: &str, limit: usize) -> Vec<SearchResult> {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let Some((sheet, number, locality)) = sheet_and_number(plain) else { return Vec::new() };
    let (Some(sheet), Some(number)) = (columns.texts().find(&sheet), columns.texts().find(&number)) else {
        return Vec::new();
    };
    let locality = Wanted::of(&locality);
    let lies = |parcel: u32| {
        let project = &snapshot.parcel(parcel).project().project;
        let unit = &snapshot.units()[view.unit_of(parcel)].unit;
        let recorded = &snapshot.parcel(parcel).unit().unit;
        locality.plain.is_empty()
            || folded(project.code.as_str()) == locality.plain
            || [&project.name, &unit.name, &recorded.name].into_iter().any(|name| locality.is_in(name))
    };
    let same = |parcel: &u32| {
        columns.sheet_symbol(*parcel) == sheet && columns.number_symbol(*parcel) == number && lies(*parcel)
    };
    (0..columns.len() as u32).filter(same).take(limit).map(|parcel| result(view, parcel)).collect()
}

fn result(view: &View, parcel: u32) -> SearchResult {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let unit = &snapshot.units()[view.unit_of(parcel)].unit.name;
    let own = snapshot.parcel(parcel);
    let extent: Extent = columns.arena().shape(parcel as usize).extent();
    SearchResult {
        kind: ResultKind::Parcel,
        code: own.project().project.code.to_string(),
        id: Some(own.id().0),
        label: format!("{}/{}", own.sheet(), own.number()),
        detail: Some(unit.clone()),
        bbox: Bbox::of(extent.with(WorldPoint { x: extent.min_x, y: extent.min_y })),
    }
}

/// Sheet, number, and what stands beside them.
fn sheet_and_number(plain: &str) -> Option<(String, String, String)> {
    let words = |text: &str| -> Vec<String> {
        text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    if let Some((before, after)) = plain.split_once('/') {
        let (mut before, mut after) = (words(before), words(after));
        let sheet = before.pop()?;
        let number = if after.is_empty() { return None } else { after.remove(0) };
        before.extend(after);
        return Some((sheet, number, before.join(" ")));
    }
    let mut words = words(plain);
    let mut after = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        let value = words.get(at + 1)?.clone();
        words.drain(at..=at + 1);
        Some(value)
    };
    let (sheet, number) = (after("to")?, after("thua")?);
    Some((sheet, number, words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tone_marks_do_not_matter() {
        assert_eq!(folded("Phường Đồng Văn"), "phuong dong van");
    }

    #[test]
    fn sheets_and_parcels_are_written_two_ways() {
        let parsed = |text: &str| sheet_and_number(&folded(text));
        let found =
            |sheet: &str, number: &str, locality: &str| Some((sheet.into(), number.into(), locality.into()));
        assert_eq!(parsed("12/345"), found("12", "345", ""));
        assert_eq!(parsed("Tờ 12, thửa 345a"), found("12", "345a", ""));
        assert_eq!(parsed("Nhân Hà tờ 12 thửa 345"), found("12", "345", "nhan ha"));
        assert_eq!(parsed("12/345 DA01"), found("12", "345", "da01"));
        assert_eq!(parsed("xã Nhân Hà 12/345"), found("12", "345", "xa nhan ha"));
        assert_eq!(parsed("phu ly"), None);
    }

    #[test]
    fn what_is_short_means_what_is_long_either_way() {
        for (wanted, name) in [
            ("KCN", "Khu công nghiệp Đồng Văn V"),
            ("khu công nghiệp", "Mở rộng KCN Châu Sơn"),
            ("ĐT491", "Cải tạo đường tỉnh 491"),
            ("đường tỉnh 491", "Nâng cấp ĐT491"),
            ("tđc", "Khu tái định cư Liêm Tuyền"),
            ("p. Phù Vân", "Phường Phù Vân"),
        ] {
            assert!(Wanted::of(&folded(wanted)).is_in(name), "{wanted} in {name}");
        }
        assert!(!Wanted::of("kcn").is_in("Khu đô thị"));
    }
}
