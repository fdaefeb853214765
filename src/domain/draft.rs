//! Drafts: an event as a person or program sends it, before the ledger takes it.
//!
//! Fields come as JSON values; cells of a table come as texts and are read the
//! same way. Numbers are read by [`number`](super::number), over all rows at
//! once. What is not known, missing or not readable is refused by name.

use geo::{CoordsIter, MultiPolygon};
use serde_json::{Map, Value};

use super::{
    BlockerKind, Branch, Day, Decimal, EventKind, Habits, LedgerPosition, MOST_VERTICES, ParcelId, PlanCurve,
    Refusal, Stage, Vnd,
    asked::DETAILS,
    fields::{Fields, invalid, missing, no_parcel, unread},
    law::Act,
    read_polygons,
};

/// Which parcel is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParcelRef {
    /// By its number.
    Id(ParcelId),
    /// By what identifies it on paper.
    Key {
        /// Code of the project.
        project: String,
        /// Code of the commune; may be left out where sheet and number are clear without it.
        unit: Option<String>,
        /// Sheet number.
        sheet: String,
        /// Parcel number.
        number: String,
    },
}

/// A part of a parcel that is split.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Parcel number.
    pub number: String,
    /// Sheet number; the split parcel's if left out.
    pub sheet: Option<String>,
    /// Recovered area, m²; the geometry's if left out.
    pub recovered_area: Option<f64>,
    /// Its shape, WGS 84 degrees (lon, lat).
    pub geometry: MultiPolygon<f64>,
}

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// An event as it will stand in the ledger.
    Event(EventKind),
    /// The parcel becomes several.
    Split(Vec<Part>),
    /// The parcel becomes one with others, under a new number.
    Merge {
        /// The others.
        with: Vec<ParcelId>,
        /// The new parcel number.
        number: String,
    },
    /// A project's pledge changes.
    Plan {
        /// Code of the project.
        project: String,
        /// Plan curve in the notation of [`PlanCurve::parse`].
        plan: Option<String>,
        /// Required handover day.
        required: Option<Day>,
    },
}

/// An event to be judged and recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The parcel; none for what concerns a project.
    pub parcel: Option<ParcelRef>,
    /// Version of the parcel that the writer saw.
    pub version: Option<LedgerPosition>,
    /// Day on which it took effect.
    pub day: Day,
    /// Reference of the document behind it.
    pub document: Option<String>,
    /// What else is to be said.
    pub note: Option<String>,
    /// Ids of attachments.
    pub attachments: Vec<String>,
    /// What happened.
    pub change: Change,
}

/// Fields that every event may have.
const COMMON: [&str; 11] = [
    "parcel",
    "project",
    "unit",
    "sheet",
    "version",
    "kind",
    "date",
    "document",
    "note",
    "attachments",
    "author",
];

impl Draft {
    /// Kinds of event that can be drafted, each with the fields that it may have.
    pub fn forms() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
        KINDS.iter().map(|kind| {
            let details: &[&str] = if says(kind) { &DETAILS } else { &[] };
            let own = own_fields(kind).unwrap_or_default();
            (*kind, COMMON.iter().chain(own).chain(details).copied().collect())
        })
    }

    /// Reads the fields of one event that comes alone.
    ///
    /// # Errors
    /// [`Refusal`] naming the first field that is unknown, missing or not readable.
    pub fn read(fields: &Map<String, Value>) -> Result<Self, Refusal> {
        Self::read_among(fields, &Habits::of([(1, fields)], |_| false))
    }

    /// Reads the fields of one of several events, whose `habits` say how they write numbers.
    ///
    /// # Errors
    /// As [`Draft::read`]; a number with two readings where no row shows which is meant.
    pub fn read_among(fields: &Map<String, Value>, habits: &Habits) -> Result<Self, Refusal> {
        let fields = Fields { all: fields, habits };
        fields.text("author")?;
        let kind = fields.needed("kind")?;
        fields.refuse_unknown(&kind)?;
        let change = fields.change(&kind)?;
        let of_project = matches!(change, Change::Plan { .. });
        Ok(Self {
            parcel: if of_project { None } else { Some(fields.parcel()?) },
            version: fields.whole("version")?.map(LedgerPosition),
            day: fields.day("date")?.ok_or_else(|| missing("date"))?,
            document: fields.text("document")?,
            note: fields.text("note")?,
            attachments: fields.attachments()?,
            change,
        })
    }
}

/// Kinds of event that can be drafted.
const KINDS: [&str; 16] = [
    "stage_reached",
    "step_taken",
    "early_handover",
    "parcel_withdrawn",
    "blocker_opened",
    "blocker_closed",
    "branch_entered",
    "branch_left",
    "money_approved",
    "money_paid",
    "resettlement_assigned",
    "planned_date_changed",
    "parcel_split",
    "parcel_merged",
    "plan_changed",
    "correction",
];

/// Whether the fields of [`SAID`] go with a kind.
fn says(kind: &str) -> bool {
    matches!(kind, "stage_reached" | "step_taken")
}

/// The fields of a kind beside the common ones and those of [`SAID`]; none when there is no such kind.
fn own_fields(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "stage_reached" => &["stage"],
        "step_taken" => &["step"],
        "early_handover" | "parcel_withdrawn" => &[],
        "blocker_opened" | "blocker_closed" => &["blocker"],
        "branch_entered" | "branch_left" => &["branch"],
        "money_approved" | "money_paid" => &["amount"],
        "resettlement_assigned" => &["plot"],
        "planned_date_changed" => &["planned"],
        "parcel_split" => &["parts"],
        "parcel_merged" => &["with", "number"],
        "plan_changed" => &["plan", "required_on"],
        "correction" => &["corrects", "by", "remove"],
        _ => return None,
    })
}

impl<'a> Fields<'a> {
    fn refuse_unknown(&self, kind: &str) -> Result<(), Refusal> {
        let own = own_fields(kind).ok_or_else(|| invalid("kind", format!("\"{kind}\" is not known")))?;
        let strange = |name: &&String| {
            let name = name.as_str();
            !(COMMON.contains(&name) || own.contains(&name) || (says(kind) && DETAILS.contains(&name)))
        };
        match self.all.keys().find(strange) {
            Some(name) => {
                let why = format!("\"{name}\" is not a field of \"{kind}\"");
                Err(Refusal::new("unknown_field", why).field(name))
            }
            None => Ok(()),
        }
    }

    fn parcel(&self) -> Result<ParcelRef, Refusal> {
        let Some(sheet) = self.text("sheet")? else {
            let id = self.whole("parcel")?.ok_or_else(|| missing("parcel"))?;
            let id = u32::try_from(id).map_err(|_| no_parcel(id))?;
            return Ok(ParcelRef::Id(ParcelId(id)));
        };
        let (project, number) = (self.needed("project")?, self.needed("parcel")?);
        Ok(ParcelRef::Key { project, unit: self.text("unit")?, sheet, number })
    }

    fn attachments(&self) -> Result<Vec<String>, Refusal> {
        match self.all.get("attachments") {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(ids)) if ids.len() <= 20 => ids
                .iter()
                .map(|id| id.as_str().map(str::to_owned).ok_or_else(|| invalid("attachments", "must be ids")))
                .collect(),
            Some(_) => Err(invalid("attachments", "must be a list of at most 20 ids")),
        }
    }

    fn change(&self, kind: &str) -> Result<Change, Refusal> {
        Ok(match kind {
            "parcel_split" => Change::Split(self.parts()?),
            "parcel_merged" => Change::Merge { with: self.with()?, number: self.needed("number")? },
            "plan_changed" => {
                let plan = self.text("plan")?;
                let curve = plan.as_deref().map(PlanCurve::parse).transpose();
                curve.map_err(|why| invalid("plan", why))?;
                let required = self.day("required_on")?;
                if plan.is_none() && required.is_none() {
                    return Err(missing("plan"));
                }
                Change::Plan { project: self.needed("project")?, plan, required }
            }
            _ => Change::Event(self.event(kind)?),
        })
    }

    fn event(&self, kind: &str) -> Result<EventKind, Refusal> {
        let blocker =
            || self.coded("blocker", BlockerKind::from_code, &BlockerKind::ALL.map(BlockerKind::code));
        let branch = || self.coded("branch", Branch::from_code, &Branch::ALL.map(Branch::code));
        let amount = || self.whole("amount")?.map(Vnd).ok_or_else(|| missing("amount"));
        Ok(match kind {
            "stage_reached" => {
                let stage = self.coded("stage", Stage::from_code, &Stage::ALL.map(Stage::code))?;
                if stage == Stage::Listed {
                    return Err(invalid("stage", "parcels are listed by an import"));
                }
                EventKind::StageReached { stage, details: self.details()? }
            }
            "step_taken" => {
                let known: Vec<&str> =
                    Act::ALL.iter().filter(|act| act.stage().is_none()).map(|act| act.code()).collect();
                let find = |code: &str| Act::from_code(code).filter(|act| act.stage().is_none());
                EventKind::StepTaken { step: self.coded("step", find, &known)?, details: self.details()? }
            }
            "early_handover" => EventKind::EarlyHandover,
            "blocker_opened" => EventKind::BlockerOpened { blocker: blocker()? },
            "blocker_closed" => EventKind::BlockerClosed { blocker: blocker()? },
            "branch_entered" => EventKind::BranchEntered { branch: branch()? },
            "branch_left" => EventKind::BranchLeft { branch: branch()? },
            "money_approved" => EventKind::MoneyApproved { amount: amount()? },
            "money_paid" => EventKind::MoneyPaid { amount: amount()? },
            "resettlement_assigned" => EventKind::ResettlementAssigned { plot: self.needed("plot")? },
            "planned_date_changed" => EventKind::PlannedDateChanged {
                planned: self.day("planned")?.ok_or_else(|| missing("planned"))?,
            },
            "parcel_withdrawn" => EventKind::ParcelWithdrawn,
            "correction" => self.correction()?,
            other => return Err(invalid("kind", format!("\"{other}\" cannot stand here"))),
        })
    }

    fn correction(&self) -> Result<EventKind, Refusal> {
        let corrects = LedgerPosition(self.whole("corrects")?.ok_or_else(|| missing("corrects"))?);
        let remove = matches!(self.all.get("remove"), Some(Value::Bool(true)));
        let by = match (self.all.get("by"), remove) {
            (None | Some(Value::Null), true) => None,
            (Some(Value::Object(by)), false) => {
                let by = self.inner(by);
                let kind = by.needed("kind").map_err(|_| invalid("by", "needs a kind"))?;
                Some(Box::new(by.event(&kind)?))
            }
            _ => return Err(invalid("by", "give either the right event in \"by\" or \"remove\": true")),
        };
        Ok(EventKind::Correction { corrects, by })
    }

    fn parts(&self) -> Result<Vec<Part>, Refusal> {
        let Some(Value::Array(parts)) = self.all.get("parts") else { return Err(missing("parts")) };
        if parts.len() < 2 || parts.len() > 100 {
            return Err(invalid("parts", "a parcel is split into 2 to 100 parts"));
        }
        let part = |part: &'a Value| {
            let part = part.as_object().ok_or_else(|| invalid("parts", "each part is an object"))?;
            let part = self.inner(part);
            Ok(Part {
                number: part.needed("parcel")?,
                sheet: part.text("sheet")?,
                recovered_area: part.number("recovered_area")?.map(Decimal::get),
                geometry: part_geometry(part.all)?,
            })
        };
        let parts: Vec<Part> = parts.iter().map(part).collect::<Result<_, Refusal>>()?;
        if parts.iter().map(|part| part.geometry.coords_count()).sum::<usize>() > MOST_VERTICES {
            return Err(invalid("parts", format!("have more than {MOST_VERTICES} vertices together")));
        }
        Ok(parts)
    }

    fn with(&self) -> Result<Vec<ParcelId>, Refusal> {
        let Some(Value::Array(with)) = self.all.get("with") else { return Err(missing("with")) };
        let id = |id: &Value| match id {
            Value::Number(id) => {
                let whole = Decimal::of_json(id).and_then(|number| number.whole(&id.to_string()));
                let id = whole.map_err(|why| unread("with", &why))?;
                u32::try_from(id).map(ParcelId).map_err(|_| no_parcel(id).field("with"))
            }
            _ => Err(invalid("with", "must be a list of parcels' numbers")),
        };
        let all = with.iter().map(id).collect::<Result<Vec<ParcelId>, Refusal>>()?;
        if all.is_empty() { Err(invalid("with", "must name at least one other parcel")) } else { Ok(all) }
    }
}

/// The shape of a part.
fn part_geometry(part: &Map<String, Value>) -> Result<MultiPolygon<f64>, Refusal> {
    let geometry = part.get("geometry").ok_or_else(|| missing("geometry"))?;
    read_polygons(geometry).map_err(|why| {
        let number = part.get("parcel").and_then(Value::as_str).unwrap_or_default();
        Refusal::new("parts_do_not_fit", format!("part {number}: {why}")).field("parts")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Draft, (&'static str, Option<String>)> {
        let Value::Object(fields) = value else { panic!("an object") };
        Draft::read(&fields).map_err(|refusal| (refusal.code, refusal.field))
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        let good = json!({"parcel": 7, "kind": "stage_reached", "stage": "paid", "date": "20/11/2026"});
        let draft = read(good.clone()).unwrap();
        assert_eq!(draft.parcel, Some(ParcelRef::Id(ParcelId(7))));
        assert_eq!(draft.day.to_string(), "2026-11-20");
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            read(changed).unwrap_err()
        };
        assert_eq!(with("stage", json!("done")), ("invalid_value", Some("stage".into())));
        assert_eq!(with("date", json!("soon")), ("invalid_value", Some("date".into())));
        assert_eq!(with("amount", json!(5)), ("unknown_field", Some("amount".into())));
        assert_eq!(with("parcel", Value::Null), ("missing_field", Some("parcel".into())));
        assert_eq!(with("kind", json!("dance")), ("invalid_value", Some("kind".into())));
    }

    #[test]
    fn numbers_mean_what_is_written() {
        let event = |amount: Value| {
            read(json!({"parcel": 7, "kind": "money_paid", "amount": amount, "date": "2026-11-20"}))
        };
        let paid = |amount| Ok(Change::Event(EventKind::MoneyPaid { amount: Vnd(amount) }));
        for amount in
            [json!(1_500_000), json!(1_500_000.0), json!(1.5e6), json!("1500000.00"), json!("1,5 triệu")]
        {
            assert_eq!(event(amount.clone()).map(|draft| draft.change), paid(1_500_000), "{amount}");
        }
        for (amount, code) in [
            (json!(1_500_000.5), "not_whole"),
            (json!("1500000,5"), "not_whole"),
            (json!("1.500"), "ambiguous_number"),
            (json!(-5), "below_zero"),
            (json!("NaN"), "not_a_number"),
            (json!(1e300), "too_large"),
            (json!([5]), "invalid_value"),
        ] {
            assert_eq!(event(amount.clone()).unwrap_err(), (code, Some("amount".to_owned())), "{amount}");
        }
        let of =
            |parcel: Value| read(json!({"parcel": parcel, "kind": "parcel_withdrawn", "date": "2026-11-20"}));
        assert_eq!(of(json!(389.0)).unwrap().parcel, Some(ParcelRef::Id(ParcelId(389))));
        assert_eq!(of(json!(38.9)).unwrap_err(), ("not_whole", Some("parcel".to_owned())));
        assert_eq!(of(json!("38.9")).unwrap_err(), ("not_whole", Some("parcel".to_owned())));
        assert_eq!(of(json!(5_000_000_000_u64)).unwrap_err().0, "unknown_parcel");
        let dated = read(json!({"parcel": 7, "kind": "parcel_withdrawn", "date": 20_261_120}));
        assert_eq!(dated.unwrap_err(), ("invalid_value", Some("date".to_owned())));
    }

    #[test]
    fn rows_sent_together_decide_together() {
        let rows = ["500.000", "1.250.000"]
            .map(|amount| json!({"parcel": 7, "kind": "money_paid", "amount": amount, "date": "2026-11-20"}));
        let rows = rows.map(|row| row.as_object().cloned().unwrap());
        let habits = Habits::of((1..).zip(&rows), |_| false);
        assert_eq!(Draft::read(&rows[0]).unwrap_err().readings, ["500000", "500"]);
        let draft = Draft::read_among(&rows[0], &habits).unwrap();
        assert_eq!(draft.change, Change::Event(EventKind::MoneyPaid { amount: Vnd(500_000) }));
    }

    #[test]
    fn cells_of_a_table_read_like_json() {
        let cells = json!({"project": "HN-01", "unit": "13366", "sheet": "12", "parcel": "34",
            "kind": "money_paid", "amount": "1.250.000", "date": "2026-11-20"});
        let draft = read(cells).unwrap();
        assert_eq!(draft.change, Change::Event(EventKind::MoneyPaid { amount: Vnd(1_250_000) }));
        assert!(matches!(draft.parcel, Some(ParcelRef::Key { unit: Some(_), .. })));
    }
}
