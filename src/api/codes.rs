//! How codes, days, numbers and other things of the domain are described; the domain itself knows nothing of it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

use super::schema::{codes, described};
use crate::{
    domain::{
        BlockerKind, Branch, Code, Contestants, Day, Grant, HolderId, ImportedLayer, Label, LedgerPosition,
        Level, ParcelId, ProjectId, ProjectKind, Refusal, Role, SquareMetres, Stage, Standing, UnitId, Vnd,
        law::{
            Act, ActDetails, ClockKind, Condition, FarmLoss, LandGroup, MarkCode, MarkEntry, Path, Places,
            Posted, Signer, SupportMonths,
        },
    },
    ingest::Target,
};

codes! {
    /// One of the nine acts that every parcel is followed by.
    Stage as "StageCode": Stage::ALL;
    /// Where a parcel stands: the last stage reached, or both of the two that run side by side.
    Standing as "StandingCode": Standing::ALL;
    /// An act of the procedure: a stage, or a step between and beside them.
    Act as "ActCode": Act::ALL;
    /// What a project builds.
    ProjectKind as "ProjectKind": ProjectKind::ALL;
    /// What stands in the way of a parcel.
    BlockerKind as "BlockerKind": BlockerKind::ALL;
    /// A side branch of the procedure.
    Branch as "Branch": Branch::ALL;
    /// Level of an administrative unit.
    Level as "Level": Level::ALL;
    /// What an account is for.
    Role as "Role": Role::ALL;
    /// V validity at risk, A wrong authority, L late, P paper missing; the others are only to be seen.
    MarkCode as "MarkCode": MarkCode::ALL;
    /// Land that the law treats alike.
    LandGroup as "LandGroup": LandGroup::ALL;
    /// Who signed: a committee and its chair are not the same.
    Signer as "Signer": Signer::ALL;
    /// Which condition of resettlement was met.
    Condition as "ResettlementCondition": Condition::ALL;
    /// By which way land is recovered.
    Path as "RecoveryPath": Path::ALL;
    /// Where a plan is posted.
    Posted as "PostedPlace": Posted::ALL;
    /// Who is compared with whom.
    Contestants as "Contestants": Contestants::ALL;
    /// What a file becomes.
    ImportedLayer as "ImportTarget": [ImportedLayer::Units, ImportedLayer::Projects, ImportedLayer::Parcels];
    /// What a file becomes.
    Target as "ImportTarget": [Target::Units, Target::Projects, Target::Parcels];
    /// What a clock does.
    ClockKind as "ClockKind": ClockKind::ALL;
}

described! {
    /// One thing in the two languages.
    #[schemars(rename = "Label")]
    Label as LabelForm {
        /// Vietnamese, the first language.
        vi: String,
        /// English, the second.
        en: String,
    }

    /// What the law says against an act.
    #[schemars(rename = "Mark")]
    MarkEntry as MarkForm {
        /// What.
        code: MarkCode,
        /// The act.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Act")]
        act: Option<Act>,
        /// Its day; null where the act has not come and its term has passed.
        on: Option<Day>,
        /// The event that reported it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "LedgerPosition")]
        position: Option<LedgerPosition>,
        /// Id of the clock or transition behind it.
        rule: Option<String>,
        /// Where it stands.
        article: Option<String>,
        /// The first lawful day, or the last one in time.
        bound: Option<Day>,
        /// Days too early or too late.
        days: Option<i32>,
        /// Acts of which one had to come first, and none came.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        missing: Vec<Act>,
    }

    /// What a household loses of its farm land in one commune by one project, at the approval of the plan.
    #[schemars(inline)]
    FarmLoss as FarmLossForm {
        /// Farm land recovered, m².
        recovered: SquareMetres,
        /// Farm land in use before, m².
        whole: SquareMetres,
        /// Recovered of whole.
        share: f64,
        /// Months of support; null below 30 %, where the province may decide (NĐ88 19.1).
        months: Option<SupportMonths>,
    }

    /// Months of support by what the household must do.
    #[schemars(inline)]
    SupportMonths as SupportMonthsForm {
        /// Staying where it lives.
        staying: u8,
        /// Moving its home.
        moving: u8,
        /// Moving to an area with hard conditions: at most.
        hard_area: u8,
    }

    /// Why an event is refused.
    #[schemars(inline)]
    Refusal as RefusalForm {
        /// The reason in one word.
        code: &'static str,
        /// Field that is wrong.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "String")]
        field: Option<String>,
        /// Stage that it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Stage")]
        stage: Option<Stage>,
        /// Day that it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Day")]
        on: Option<Day>,
        /// The numbers that a text may mean, where it may mean two.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        readings: Vec<String>,
        /// The reason, for people.
        detail: String,
    }

    /// A role, in a unit or everywhere.
    #[schemars(inline)]
    Grant as GrantForm {
        /// Role.
        role: Role,
        /// Number of the unit; null = everywhere.
        unit: Option<UnitId>,
    }

    /// What the law asks for beside the day of an act.
    #[schemars(rename = "ActDetails")]
    ActDetails as DetailsForm {
        /// Day on which the last person was reached; if one could not be, the last day of publication.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Day")]
        sent: Option<Day>,
        /// Day on which the decision takes effect.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Day")]
        effect: Option<Day>,
        /// Last day of what lasts.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Day")]
        until: Option<Day>,
        /// Day on which the person received it, or of the minutes of absence or refusal.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Day")]
        received: Option<Day>,
        /// Day for which an enforcement is planned.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Day")]
        planned: Option<Day>,
        /// Day of handover that the approved plan names.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Day")]
        handover_by: Option<Day>,
        /// Who signed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Signer")]
        signer: Option<Signer>,
        /// Kind of land that the notice names.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "LandGroup")]
        land: Option<LandGroup>,
        /// Whether the plan gives resettlement.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "bool")]
        resettlement: Option<bool>,
        /// Condition of resettlement.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Condition")]
        condition: Option<Condition>,
        /// Path of the recovery.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Path")]
        path: Option<Path>,
        /// Places where the plan is posted.
        #[serde(skip_serializing_if = "Places::is_empty")]
        places: Places,
        /// Land users who agree.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "u32")]
        agree: Option<u32>,
        /// Land users who do not.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "u32")]
        disagree: Option<u32>,
        /// Land users asked.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "u32")]
        total: Option<u32>,
        /// Farm land that the household uses in the commune, m²; shown only to who records (NĐ88 19.1b).
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "u32")]
        farm_total: Option<u32>,
        /// The money was refused, or land or property is in dispute.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "bool")]
        refused: Option<bool>,
    }
}

/// Describes a type that is written as a plain value.
macro_rules! written {
    ($($type:ty as $schema:tt;)*) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

written! {
    Day as { "type": "string", "format": "date" };
    Code as { "type": "string" };
    SquareMetres as { "type": "number" };
    Vnd as { "type": "integer" };
    ParcelId as { "type": "integer" };
    ProjectId as { "type": "integer" };
    UnitId as { "type": "integer" };
    HolderId as { "type": "integer" };
}

impl JsonSchema for Places {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Places".into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        Vec::<Posted>::json_schema(schemas)
    }
}

impl JsonSchema for LedgerPosition {
    fn schema_name() -> Cow<'static, str> {
        "Position".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A position of the ledger.", "type": "integer", "minimum": 0 })
    }
}

/// Days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DayNumber(u16);

impl DayNumber {
    /// The date, as in 2026-06-30.
    pub fn date(self) -> String {
        Day::from_number(i64::from(self.0)).map(|day| day.to_string()).unwrap_or_default()
    }
}

impl From<Day> for DayNumber {
    fn from(day: Day) -> Self {
        Self(day.number())
    }
}

impl JsonSchema for DayNumber {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Days since 1970-01-01.", "type": "integer" })
    }
}
