//! What projects say.

use super::{
    column::{Collation, Column, Kind},
    parcels::kinds,
    rows::Rows,
    value::Value,
};
use crate::{analysis::Figures, domain::Project};

fn project<'a>(rows: &Rows<'a>, index: u32) -> &'a Project {
    &rows.view.snapshot.projects()[index as usize].project
}

fn figures<'a>(rows: &Rows<'a>, index: u32) -> &'a Figures {
    &rows.view.projects[index as usize]
}

/// A count.
pub fn count(number: u64) -> Value<'static> {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column::new("code", Kind::Text, |rows, index| Value::text(project(rows, index).code.as_str())),
    Column::new("name", Kind::Text, |rows, index| Value::text(&project(rows, index).name))
        .sorted(Collation::Names),
    Column::new("kind", Kind::Text, |rows, index| Value::text(project(rows, index).kind.code())).coded(kinds),
    Column::new("key", Kind::Boolean, |rows, index| Value::Boolean(project(rows, index).key)),
    Column::new("investor", Kind::Text, |rows, index| Value::maybe(project(rows, index).investor.as_deref()))
        .sorted(Collation::Names),
    Column::new("body", Kind::Text, |rows, index| Value::maybe(project(rows, index).body.as_deref()))
        .sorted(Collation::Names),
    Column::new("procedure", Kind::Text, |rows, index| Value::text(project(rows, index).procedure.as_str())),
    Column::new("required_on", Kind::Day, |rows, index| Value::day(project(rows, index).required_day)),
    Column::new("area", Kind::Number, |rows, index| {
        Value::Number(figures(rows, index).progress.measures.area.total.get())
    })
    .unit("m2"),
    Column::new("cleared_area", Kind::Number, |rows, index| {
        Value::Number(figures(rows, index).progress.measures.area.done.get())
    })
    .unit("m2"),
    Column::new("share", Kind::Number, |rows, index| Value::Number(figures(rows, index).progress.share))
        .unit("1"),
    Column::new("planned_share", Kind::Number, |rows, index| {
        figures(rows, index).progress.planned_share.map_or(Value::Null, Value::Number)
    })
    .unit("1"),
    Column::new("days_ahead", Kind::Integer, |rows, index| {
        figures(rows, index).progress.days_ahead.map_or(Value::Null, |days| Value::Integer(days.into()))
    })
    .unit("d"),
    Column::new("parcels", Kind::Integer, |rows, index| {
        count(figures(rows, index).progress.measures.parcels.total)
    }),
    Column::new("cleared_parcels", Kind::Integer, |rows, index| {
        count(figures(rows, index).progress.measures.parcels.done)
    }),
    Column::new("blocked_parcels", Kind::Integer, |rows, index| count(figures(rows, index).blocked.parcels)),
    Column::new("overdue_parcels", Kind::Integer, |rows, index| count(figures(rows, index).overdue.parcels)),
    Column::new("late_parcels", Kind::Integer, |rows, index| count(figures(rows, index).late.parcels)),
    Column::new("length_m", Kind::Number, |rows, index| {
        rows.view.snapshot.projects()[index as usize].length_m.map_or(Value::Null, Value::Number)
    })
    .unit("m"),
];
