//! What administrative units say.

use super::{
    column::{Collation, Column, Kind},
    projects::count,
    rows::Rows,
    value::Value,
};
use crate::domain::{AdminUnit, Level, Succession};

fn unit<'a>(rows: &Rows<'a>, index: u32) -> &'a AdminUnit {
    &rows.view.snapshot.units()[index as usize].unit
}

fn levels() -> Vec<&'static str> {
    [Level::Province, Level::District, Level::Commune].map(Level::code).to_vec()
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column::new("code", Kind::Text, |rows, index| Value::text(unit(rows, index).code.as_str())),
    Column::new("name", Kind::Text, |rows, index| Value::text(&unit(rows, index).name))
        .sorted(Collation::Names),
    Column::new("level", Kind::Text, |rows, index| Value::text(unit(rows, index).level.code())).coded(levels),
    Column::new("parent", Kind::Text, |rows, index| {
        Value::maybe(unit(rows, index).parent.as_ref().map(AsRef::as_ref))
    }),
    Column::new("valid_from", Kind::Day, |rows, index| Value::day(unit(rows, index).valid_from)),
    Column::new("valid_to", Kind::Day, |rows, index| Value::day(unit(rows, index).valid_to)),
    Column::new("predecessors", Kind::Text, |rows, index| {
        Value::Text(Succession::write_list(&unit(rows, index).predecessors).into())
    }),
    Column::new("successors", Kind::Text, |rows, index| {
        Value::Text(Succession::write_list(&unit(rows, index).successors).into())
    }),
    Column::new("parcels", Kind::Integer, |rows, index| {
        count(rows.view.unit(index as usize).progress.measures.parcels.total)
    }),
    Column::new("area", Kind::Number, |rows, index| {
        Value::Number(rows.view.unit(index as usize).progress.measures.area.total.get())
    })
    .unit("m2"),
    Column::new("share", Kind::Number, |rows, index| {
        Value::Number(rows.view.unit(index as usize).progress.share)
    })
    .unit("1"),
];
