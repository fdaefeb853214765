//! What parcels say.

use super::{
    column::{Collation, Column, Dictionary, Entries, Kind},
    rows::Rows,
    value::Value,
};
use crate::analysis::mark_codes;
use crate::domain::{
    Blocker, ProjectKind, Stage, Standing,
    law::{Act, CaseFile, Law, Pressing},
};

const PROJECT: Dictionary = Dictionary {
    of: Entries::Projects,
    len: |view| view.snapshot.projects().len(),
    number: |rows, index| rows.view.snapshot.parcels().project(index),
    value: |view, number| Value::text(view.snapshot.projects()[number].project.code.as_str()),
};

const UNIT: Dictionary = Dictionary {
    of: Entries::Units,
    len: |view| view.snapshot.units().len(),
    number: |rows, index| usize::from(rows.units[index as usize]),
    value: |view, number| Value::text(view.snapshot.units()[number].unit.code.as_str()),
};

const USE: Dictionary = Dictionary {
    of: Entries::Uses,
    len: |view| view.snapshot.parcels().land_uses().len(),
    number: |rows, index| rows.view.snapshot.parcels().land_use_symbol(index) as usize,
    value: |view, number| Value::text(view.snapshot.parcels().land_uses().text(number as u32)),
};

const STAGE: Dictionary = Dictionary {
    of: Entries::Stages,
    len: |_| Standing::COUNT,
    number: |rows, index| {
        rows.view.snapshot.stage_on(index, rows.today).map_or(Standing::COUNT, Standing::number)
    },
    value: |_, number| Value::text(Standing::ALL[number].code()),
};

const LAW: Dictionary = Dictionary {
    of: Entries::Laws,
    len: |view| view.snapshot.law().laws().len(),
    number: |rows, index| rows.view.snapshot.law_index(index),
    value: |view, number| Value::text(view.snapshot.law().laws()[number].code.as_str()),
};

/// Another word about the parcel's project.
const fn of_project(value: for<'a> fn(&'a crate::analysis::View, usize) -> Value<'a>) -> Dictionary {
    Dictionary { of: Entries::Projects, len: PROJECT.len, number: PROJECT.number, value }
}

fn stage_day<'a, const STAGE: usize>(rows: &Rows<'a>, index: u32) -> Value<'a> {
    Value::day(rows.view.snapshot.days(index).get(Stage::ALL[STAGE]))
}

fn pressing(rows: &Rows<'_>, index: u32) -> Option<Pressing> {
    let snapshot = &rows.view.snapshot;
    snapshot.pressing(index, snapshot.law().moment(rows.today))
}

/// The blockers that stand on the day.
fn standing_blockers<'a>(rows: &Rows<'a>, index: u32) -> impl Iterator<Item = &'a Blocker> {
    let today = rows.today;
    rows.view.snapshot.blockers(index).iter().filter(move |blocker| blocker.stands_on(today))
}

/// The law, and a parcel's file as it sees it.
fn lawful<'a>(rows: &Rows<'a>, index: u32) -> (&'a Law, CaseFile<'a>) {
    let snapshot = &rows.view.snapshot;
    (snapshot.law(), snapshot.file(index).until(rows.today))
}

fn acts() -> Vec<&'static str> {
    Act::ALL.iter().map(|act| act.code()).collect()
}

fn stages() -> Vec<&'static str> {
    Standing::ALL.map(Standing::code).to_vec()
}

/// Codes of kinds of projects.
pub fn kinds() -> Vec<&'static str> {
    ProjectKind::ALL.map(ProjectKind::code).to_vec()
}

/// Reads through a dictionary.
macro_rules! entry {
    ($dictionary:expr) => {
        |rows, index| {
            let number = ($dictionary.number)(rows, index);
            if number < ($dictionary.len)(rows.view) {
                ($dictionary.value)(rows.view, number)
            } else {
                Value::Null
            }
        }
    };
}

const KIND: Dictionary = of_project(|view, n| Value::text(view.snapshot.projects()[n].project.kind.code()));
const KEY: Dictionary = of_project(|view, n| Value::Boolean(view.snapshot.projects()[n].project.key));
const BODY: Dictionary =
    of_project(|view, n| Value::maybe(view.snapshot.projects()[n].project.body.as_deref()));
const NAME: Dictionary = of_project(|view, n| Value::text(&view.snapshot.projects()[n].project.name));
const UNIT_NAME: Dictionary = Dictionary {
    of: Entries::Units,
    len: UNIT.len,
    number: UNIT.number,
    value: |view, number| Value::text(&view.snapshot.units()[number].unit.name),
};

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column::new("project", Kind::Text, entry!(PROJECT)).of(PROJECT),
    Column::new("unit", Kind::Text, entry!(UNIT)).of(UNIT),
    Column::new("sheet", Kind::Text, |rows, index| Value::text(rows.view.snapshot.parcels().sheet(index)))
        .sorted(Collation::Numbers),
    Column::new("parcel", Kind::Text, |rows, index| Value::text(rows.view.snapshot.parcels().number(index)))
        .sorted(Collation::Numbers),
    Column::new("use", Kind::Text, entry!(USE)).of(USE),
    Column::new("area", Kind::Number, |rows, index| {
        Value::Number(rows.view.snapshot.parcels().recovered(index).get())
    })
    .unit("m2"),
    Column::new("total_area", Kind::Number, |rows, index| {
        Value::Number(rows.view.snapshot.parcels().total(index).get())
    })
    .unit("m2"),
    Column::new("declared_area", Kind::Number, |rows, index| {
        rows.view.snapshot.parcels().declared(index).map_or(Value::Null, |area| Value::Number(area.get()))
    })
    .unit("m2"),
    Column::new("stage", Kind::Text, entry!(STAGE)).of(STAGE).coded(stages).sorted(Collation::Codes),
    Column::new("law", Kind::Text, entry!(LAW)).of(LAW),
    Column::new("cleared", Kind::Boolean, |rows, index| {
        Value::Boolean(rows.view.snapshot.days(index).reached(Stage::HandedOver, rows.today))
    }),
    Column::new("blocked", Kind::Boolean, |rows, index| {
        Value::Boolean(rows.view.snapshot.blocked_on(index, rows.today))
    }),
    Column::new("overdue", Kind::Boolean, |rows, index| {
        Value::Boolean(rows.view.snapshot.overdue_on(index, rows.today))
    }),
    Column::new("late", Kind::Boolean, |rows, index| {
        Value::Boolean(rows.view.snapshot.late_on(index, rows.today))
    }),
    Column::new("planned_on", Kind::Day, |rows, index| Value::day(rows.view.snapshot.planned_day(index))),
    Column::new("listed_on", Kind::Day, stage_day::<0>),
    Column::new("meeting_on", Kind::Day, stage_day::<1>),
    Column::new("notice_on", Kind::Day, stage_day::<2>),
    Column::new("inventory_on", Kind::Day, stage_day::<3>),
    Column::new("plan_posted_on", Kind::Day, stage_day::<4>),
    Column::new("plan_approved_on", Kind::Day, stage_day::<5>),
    Column::new("paid_on", Kind::Day, stage_day::<6>),
    Column::new("recovery_decided_on", Kind::Day, stage_day::<7>),
    Column::new("handed_over_on", Kind::Day, stage_day::<8>),
    Column::new("regime", Kind::Text, |rows, index| {
        let (law, file) = lawful(rows, index);
        Value::text(&law.regime(law.recovery_regime(&file, rows.today).regime).id)
    })
    .on_request(),
    Column::new("marks", Kind::Text, |rows, index| {
        let codes = mark_codes(&rows.view.snapshot, index, rows.today);
        let codes: Vec<&str> = codes.into_iter().map(crate::domain::law::MarkCode::code).collect();
        if codes.is_empty() { Value::Null } else { Value::Text(codes.join(" ").into()) }
    })
    .sorted(Collation::Words)
    .on_request(),
    Column::new("irregular", Kind::Boolean, |rows, index| {
        let (law, file) = lawful(rows, index);
        Value::Boolean(law.is_irregular(&file, rows.today))
    })
    .on_request(),
    Column::new("due_act", Kind::Text, |rows, index| {
        let term = pressing(rows, index);
        Value::maybe(term.map(|term| term.act.code()))
    })
    .coded(acts)
    .sorted(Collation::Codes)
    .on_request(),
    Column::new("due_on", Kind::Day, |rows, index| Value::day(pressing(rows, index).map(|term| term.due)))
        .on_request(),
    Column::new("overdue_days", Kind::Integer, |rows, index| {
        let days = pressing(rows, index).map(|term| rows.today.since(term.due));
        days.filter(|days| *days > 0).map_or(Value::Null, |days| Value::Integer(days.into()))
    })
    .unit("d")
    .on_request(),
    Column::new("blockers", Kind::Text, |rows, index| {
        let kinds: Vec<&str> = standing_blockers(rows, index).map(|blocker| blocker.kind.code()).collect();
        if kinds.is_empty() { Value::Null } else { Value::Text(kinds.join(" ").into()) }
    })
    .on_request(),
    Column::new("blocked_since", Kind::Day, |rows, index| {
        Value::day(standing_blockers(rows, index).map(|blocker| blocker.opened).min())
    })
    .on_request(),
    Column::new("stage_on", Kind::Day, |rows, index| {
        let snapshot = &rows.view.snapshot;
        let stage = snapshot.stage_on(index, rows.today);
        Value::day(stage.and_then(|stage| stage.since(snapshot.days(index))))
    })
    .on_request(),
    Column::new("notice_valid_until", Kind::Day, |rows, index| {
        let (law, file) = lawful(rows, index);
        Value::day(law.notice(&file, rows.today).and_then(|notice| notice.valid_until))
    })
    .on_request(),
    Column::new("recovery_earliest_on", Kind::Day, |rows, index| {
        let (law, file) = lawful(rows, index);
        if file.came(Act::RecoveryDecided, rows.today) {
            return Value::Null;
        }
        let outlook = law.outlook(&file, Act::RecoveryDecided, rows.today);
        Value::day(outlook.earliest.or(outlook.not_before))
    })
    .on_request(),
    Column::new("recovery_latest_on", Kind::Day, |rows, index| {
        let (law, file) = lawful(rows, index);
        if file.came(Act::RecoveryDecided, rows.today) {
            return Value::Null;
        }
        Value::day(law.outlook(&file, Act::RecoveryDecided, rows.today).latest)
    })
    .on_request(),
    Column::new("payment_latest_on", Kind::Day, |rows, index| {
        let (law, file) = lawful(rows, index);
        if file.came(Act::Paid, rows.today) || file.came(Act::Deposited, rows.today) {
            return Value::Null;
        }
        Value::day(law.outlook(&file, Act::Paid, rows.today).latest)
    })
    .on_request(),
    Column::new("project_name", Kind::Text, entry!(NAME)).of(NAME).sorted(Collation::Names).on_request(),
    Column::new("kind", Kind::Text, entry!(KIND)).of(KIND).coded(kinds).on_request(),
    Column::new("key", Kind::Boolean, entry!(KEY)).of(KEY).on_request(),
    Column::new("body", Kind::Text, entry!(BODY)).of(BODY).sorted(Collation::Names).on_request(),
    Column::new("unit_name", Kind::Text, entry!(UNIT_NAME))
        .of(UNIT_NAME)
        .sorted(Collation::Names)
        .on_request(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_days_are_named_after_their_stages() {
        let days = COLUMNS.iter().skip_while(|column| column.name != "listed_on");
        for (column, stage) in days.zip(Stage::ALL) {
            assert_eq!(column.name, format!("{}_on", stage.code()));
        }
    }
}
