//! Words that people write in tables of events where programs write codes: the names that screens show, in both
//! languages, and what else an office would say.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::fold::fold;
use crate::domain::{
    BlockerKind, Branch, Stage, Standing, Vocabulary,
    law::{Act, Law},
};

/// What else is written for codes (field, word, code).
const ALSO: [(&str, &str, &str); 26] = [
    ("stage", "hop", "meeting"),
    ("stage", "hop pho bien", "meeting"),
    ("stage", "hop dan", "meeting"),
    ("stage", "thong bao", "notice"),
    ("stage", "thong bao thu hoi", "notice"),
    ("stage", "kiem dem", "inventory"),
    ("stage", "niem yet", "plan_posted"),
    ("stage", "phe duyet", "plan_approved"),
    ("stage", "phe duyet phuong an", "plan_approved"),
    ("stage", "chi tra", "paid"),
    ("stage", "chi tra tien", "paid"),
    ("stage", "chi tra boi thuong", "paid"),
    ("stage", "thu hoi dat", "recovery_decided"),
    ("stage", "quyet dinh thu hoi", "recovery_decided"),
    ("stage", "ban giao", "handed_over"),
    ("stage", "ban giao dat", "handed_over"),
    ("blocker", "don gia", "price"),
    ("blocker", "gia", "price"),
    ("blocker", "nguon goc", "origin"),
    ("blocker", "ha tang", "utilities"),
    ("blocker", "mo", "graves"),
    ("branch", "cuong che thu hoi", "enforcement"),
    ("branch", "gui tien", "deposit"),
    ("branch", "gui ngan hang", "deposit"),
    ("branch", "gui tien vao ngan hang", "deposit"),
    ("kind", "dieu chinh ngay ke hoach", "planned_date_changed"),
];

/// What stands before the name of a unit, and may be left out.
const UNIT_KINDS: [&str; 6] = ["xa", "phuong", "thitran", "quan", "huyen", "thixa"];

/// Codes by field and folded word.
#[derive(Debug, Clone, Default)]
pub struct Words {
    codes: HashMap<(&'static str, String), Meaning>,
}

/// What a word means.
#[derive(Debug, Clone)]
struct Meaning {
    /// The code; none where it means two things.
    code: Option<String>,
    /// How far from the first choice it is.
    rank: u8,
}

impl Words {
    /// The names of acts, places of the scale, blockers, branches and kinds of events.
    pub fn of(law: &Law, vocabulary: &Vocabulary) -> Self {
        let mut words = Self::default();
        let both = |label: &crate::domain::Label| [label.vi.clone(), label.en.clone()];
        for act in law.acts() {
            let field = if act.act.stage().is_some() { "stage" } else { "step" };
            both(&act.name).iter().for_each(|name| words.say(field, name, act.act.code()));
        }
        for standing in Standing::ALL {
            // Where a parcel stands after two acts says which is meant only together with the other.
            let Some(stage) = Stage::from_code(standing.code()) else { continue };
            let names = law.standing(standing).map(both);
            names.iter().flatten().for_each(|name| words.say("stage", name, stage.code()));
        }
        for (field, names) in [
            ("blocker", &vocabulary.blockers),
            ("branch", &vocabulary.branches),
            ("kind", &vocabulary.events),
        ] {
            for (code, label) in names {
                both(label).iter().for_each(|name| words.say(field, name, code));
            }
        }
        ALSO.iter().for_each(|(field, word, code)| words.say(field, word, code));
        words
    }

    /// The names of projects and units, each with its code; of units whether they are communes of today, whose names
    /// come before those of others, and names before what people shorten them to.
    #[must_use]
    pub fn with_names<'a>(
        mut self,
        projects: impl Iterator<Item = (&'a str, &'a str)>,
        units: impl Iterator<Item = (&'a str, &'a str, bool)>,
    ) -> Self {
        projects.for_each(|(name, code)| self.say("project", name, code));
        for (name, code, is_of_today) in units {
            let rank = if is_of_today { 0 } else { 2 };
            self.rank(rank, "unit", name, code);
            let folded = fold(name);
            let short = UNIT_KINDS.iter().find_map(|kind| folded.strip_prefix(kind));
            if let Some(short) = short.filter(|short| !short.is_empty()) {
                self.rank(rank + 1, "unit", short, code);
            }
        }
        self
    }

    fn say(&mut self, field: &'static str, word: &str, code: &str) {
        self.rank(0, field, word, code);
    }

    /// A word that means two things of the same rank means neither.
    fn rank(&mut self, rank: u8, field: &'static str, word: &str, code: &str) {
        let new = || Meaning { code: Some(code.to_owned()), rank };
        let known = self.codes.entry((field, fold(word))).or_insert_with(new);
        if rank < known.rank {
            *known = new();
        } else if rank == known.rank && known.code.as_deref() != Some(code) {
            known.code = None;
        }
    }

    fn code(&self, field: &'static str, word: &str) -> Option<&str> {
        self.codes.get(&(field, word.to_owned()))?.code.as_deref()
    }

    /// Puts codes in the place of words, and says which kind of event a row is about.
    pub fn understand(&self, row: &mut Map<String, Value>) {
        for field in ["project", "unit", "blocker", "branch", "stage", "step"] {
            let Some(word) = row.get(field).and_then(Value::as_str).map(fold) else { continue };
            if let Some(code) = self.code(field, &word) {
                row.insert(field.to_owned(), code.into());
            }
        }
        // Any act may stand under "Bước", and any event under "Nội dung".
        self.move_word(row, "stage", &["step"], |text| Stage::from_code(text).is_some());
        self.move_word(row, "step", &["stage"], |text| Act::from_code(text).is_some());
        let Some(word) = row.get("kind").and_then(Value::as_str).map(fold) else { return };
        if let Some(code) = self.code("kind", &word) {
            row.insert("kind".to_owned(), code.into());
        } else {
            self.move_word(row, "kind", &["stage", "step", "blocker", "branch"], |_| false);
        }
    }

    /// Moves a word from a column to the one of `others` that knows it and is empty.
    fn move_word(
        &self,
        row: &mut Map<String, Value>,
        from: &str,
        others: &[&'static str],
        fits: impl Fn(&str) -> bool,
    ) {
        let Some(text) = row.get(from).and_then(Value::as_str).filter(|text| !fits(text)) else { return };
        let word = fold(text);
        let found = others.iter().find_map(|other| Some((*other, self.code(other, &word)?.to_owned())));
        if let Some((other, code)) = found
            && !row.contains_key(other)
        {
            row.remove(from);
            row.insert(other.to_owned(), code.into());
        }
    }
}

/// A row that names a stage, step, blocker or branch but no kind says it all the same.
pub fn complete(row: &mut Map<String, Value>) {
    if row.contains_key("kind") {
        return;
    }
    let text = |field: &str| row.get(field).and_then(Value::as_str);
    let kind = if text("step").is_some_and(|code| Act::from_code(code).is_some()) {
        "step_taken"
    } else if text("stage").is_some_and(|code| Stage::from_code(code).is_some()) {
        "stage_reached"
    } else if text("blocker").is_some_and(|code| BlockerKind::from_code(code).is_some()) {
        "blocker_opened"
    } else if text("branch").is_some_and(|code| Branch::from_code(code).is_some()) {
        "branch_entered"
    } else {
        return;
    };
    row.insert("kind".to_owned(), Value::String(kind.to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vocabulary;
    use serde_json::json;

    fn words() -> Words {
        let law = crate::domain::law(&[]).unwrap();
        let units = [
            ("Thị xã Duy Tiên", "349", false),
            ("Phường Đồng Văn", "old", false),
            ("Xã Nhân Hà", "13366", true),
            ("Phường Liêm Tuyền", "13399", false),
            ("Xã Trung", "1", true),
            ("Phường Trung", "2", true),
            ("Phường Đồng Văn", "new", true),
            ("Phường Duy Tiên", "13324", true),
            ("Xã Duy Tiên", "gone", false),
        ];
        let projects = [("Đường nối hai cao tốc", "DA01")];
        Words::of(&law, &vocabulary().unwrap()).with_names(projects.into_iter(), units.into_iter())
    }

    fn row(fields: Value) -> Value {
        let Value::Object(mut row) = fields else { panic!("an object") };
        words().understand(&mut row);
        complete(&mut row);
        Value::Object(row)
    }

    #[test]
    fn every_name_on_the_screen_is_understood_under_its_own_heading_and_under_content() {
        let law = crate::domain::law(&[]).unwrap();
        for act in law.acts() {
            for name in [&act.name.vi, &act.name.en] {
                for column in ["stage", "step", "kind"] {
                    let found = row(json!({ column: name }));
                    let field = if act.act.stage().is_some() { "stage" } else { "step" };
                    assert_eq!(found[field], act.act.code(), "{name} under {column}: {found}");
                    assert_eq!(found["kind"] == "stage_reached", act.act.stage().is_some(), "{found}");
                }
            }
        }
        for standing in Standing::ALL.into_iter().filter(|one| Stage::from_code(one.code()).is_some()) {
            let label = law.standing(standing).unwrap();
            for name in [&label.vi, &label.en] {
                assert_eq!(row(json!({ "stage": name }))["stage"], standing.code(), "{name}");
            }
        }
        let vocabulary = vocabulary().unwrap();
        for (field, names) in [("blocker", &vocabulary.blockers), ("branch", &vocabulary.branches)] {
            for (code, label) in names {
                assert_eq!(row(json!({ field: label.vi }))[field], **code);
                assert_eq!(row(json!({ field: label.en }))[field], **code);
            }
        }
        for (code, label) in &vocabulary.events {
            assert_eq!(row(json!({ "kind": label.vi }))["kind"], **code);
            assert_eq!(row(json!({ "kind": label.en }))["kind"], **code);
        }
    }

    #[test]
    fn projects_and_communes_go_by_their_names_unless_two_have_the_same() {
        let found = row(json!({ "project": "đường nối hai CAO TỐC", "unit": "Nhân Hà" }));
        assert_eq!(found, json!({ "project": "DA01", "unit": "13366" }));
        assert_eq!(row(json!({ "unit": "phường liêm tuyền" }))["unit"], "13399");
        assert_eq!(row(json!({ "unit": "Trung" }))["unit"], "Trung");
        assert_eq!(row(json!({ "unit": "Xã Trung" }))["unit"], "1");
        // Communes of today before what has ended and before districts, names before what they are shortened to.
        for name in ["Phường Đồng Văn", "đồng văn"] {
            assert_eq!(row(json!({ "unit": name }))["unit"], "new", "{name}");
        }
        assert_eq!(row(json!({ "unit": "Duy Tiên" }))["unit"], "13324");
        assert_eq!(row(json!({ "unit": "Xã Duy Tiên" }))["unit"], "gone");
    }

    #[test]
    fn a_code_stays_what_it_is() {
        let found = row(json!({ "kind": "stage_reached", "stage": "paid", "project": "DA01" }));
        assert_eq!(found, json!({ "kind": "stage_reached", "stage": "paid", "project": "DA01" }));
    }
}
