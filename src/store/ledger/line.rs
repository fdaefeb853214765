//! The ledger's lines: events in order, and before each import the rows that it seals.

use serde_json::{Map, Value, json};

use super::encoding::{ParcelRow, area_wkb, line_wkb};
use crate::domain::{AdminUnit, Day, Event, Project, ProjectId, Succession, UnitId, hex};

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub enum Line<'a> {
    /// A unit's row, as the next event imports it.
    Unit(UnitId, &'a AdminUnit),
    /// A project's row, as the next event imports it.
    Project(ProjectId, &'a Project),
    /// A parcel's row, as the next event imports it.
    Parcel(ParcelRow<'a>),
    /// An event with the hash before it and its own.
    Event(&'a Event, [u8; 32], [u8; 32]),
}

fn day(day: Option<Day>) -> Value {
    day.map_or(Value::Null, |day| Value::String(day.to_string()))
}

impl Line<'_> {
    /// The line as JSON, as `matbang export ledger` writes it (docs/ledger.md).
    pub fn to_json(&self) -> Value {
        match self {
            Self::Unit(id, unit) => json!({
                "type": "unit", "id": id.0, "code": unit.code.as_str(), "name": unit.name, "level": unit.level.code(),
                "parent": unit.parent.as_ref().map(crate::domain::Code::as_str),
                "valid_from": day(unit.valid_from), "valid_to": day(unit.valid_to),
                "predecessors": Succession::write_list(&unit.predecessors),
                "successors": Succession::write_list(&unit.successors),
                "boundary": unit.boundary.as_ref().map(|area| hex(&area_wkb(area))),
            }),
            Self::Project(id, project) => json!({
                "type": "project", "id": id.0, "code": project.code.as_str(), "name": project.name,
                "kind": project.kind.code(), "key": project.key, "investor": project.investor, "body": project.body,
                "procedure": project.procedure.as_str(), "required_on": day(project.required_day),
                "plan": project.plan.write(),
                "boundary": project.boundary.as_ref().map(|area| hex(&area_wkb(area))),
                "alignment": project.alignment.as_ref().map(|line| hex(&line_wkb(line))),
            }),
            Self::Parcel(row) => json!({
                "type": "parcel", "id": row.id.0, "project": row.project.0, "unit": row.unit.0, "sheet": row.sheet,
                "number": row.number, "land_use": row.land_use, "recovered_area": row.recovered.get(),
                "total_area": row.total.get(), "declared_area": row.declared.map(crate::domain::SquareMetres::get),
                "holder": row.holder, "planned_on": day(row.planned), "geometry": hex(row.wkb),
            }),
            Self::Event(event, previous, hash) => {
                let body = &event.body;
                let mut line = json!({
                    "type": "event", "position": event.position.0, "recorded_at": body.recorded_at,
                    "day": body.day.to_string(), "author": body.author, "parcel": body.parcel.map(|id| id.0),
                    "document": body.document, "note": body.note, "attachments": body.attachments,
                    "previous": hex(previous), "hash": hex(hash),
                });
                // Enums of this kind always become objects.
                let fields_of_kind = serde_json::to_value(&body.kind).unwrap_or_default();
                let fields_of_kind: Map<String, Value> =
                    serde_json::from_value(fields_of_kind).unwrap_or_default();
                if let Some(fields) = line.as_object_mut() {
                    fields.extend(fields_of_kind);
                }
                line
            }
        }
    }
}
