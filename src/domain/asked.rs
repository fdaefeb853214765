//! What the law asks for beside the day of an act, as a person or program sends it.

use serde_json::Value;

use super::{
    Refusal,
    fields::{Fields, invalid},
    law::{ActDetails, Condition, LandGroup, Path, Posted, Signer},
};

/// Names of the fields.
pub const DETAILS: [&str; 17] = [
    "sent",
    "effect",
    "until",
    "received",
    "planned",
    "handover_by",
    "signer",
    "land",
    "resettlement",
    "condition",
    "path",
    "places",
    "agree",
    "disagree",
    "total",
    "farm_total",
    "refused",
];

impl Fields<'_> {
    /// What the law asks for beside the day of an act.
    pub fn details(&self) -> Result<ActDetails, Refusal> {
        let count = |name: &str| self.number32(name);
        let places = match self.all.get("places") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(list)) => list
                .split([',', ';'])
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect(),
            Some(Value::Array(list)) => list
                .iter()
                .map(|one| one.as_str().map(str::to_owned).ok_or_else(|| invalid("places", "must be codes")))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(invalid("places", "must be a list of codes")),
        };
        let posted = |code: &String| {
            Posted::from_code(code).ok_or_else(|| {
                invalid("places", format!("\"{code}\" is not one of {}", codes(Posted::ALL, Posted::code)))
            })
        };
        let places: Vec<Posted> = places.iter().map(posted).collect::<Result<_, _>>()?;
        Ok(ActDetails {
            sent: self.day("sent")?,
            effect: self.day("effect")?,
            until: self.day("until")?,
            received: self.day("received")?,
            planned: self.day("planned")?,
            handover_by: self.day("handover_by")?,
            signer: self.maybe("signer", Signer::from_code, &codes(Signer::ALL, Signer::code))?,
            land: self.maybe("land", LandGroup::from_code, &codes(LandGroup::ALL, LandGroup::code))?,
            resettlement: self.yes("resettlement")?,
            condition: self.maybe(
                "condition",
                Condition::from_code,
                &codes(Condition::ALL, Condition::code),
            )?,
            path: self.maybe("path", Path::from_code, &codes(Path::ALL, Path::code))?,
            places: places.into(),
            agree: count("agree")?,
            disagree: count("disagree")?,
            total: count("total")?,
            farm_total: count("farm_total")?,
            refused: self.yes("refused")?,
        })
    }

    /// A whole number of people or square metres.
    fn number32(&self, name: &str) -> Result<Option<u32>, Refusal> {
        let most = |number: u64| u32::try_from(number).map_err(|_| invalid(name, "is too large"));
        self.whole(name)?.map(most).transpose()
    }

    fn maybe<T>(
        &self,
        name: &str,
        find: impl Fn(&str) -> Option<T>,
        known: &str,
    ) -> Result<Option<T>, Refusal> {
        let wrong = |text: &str| invalid(name, format!("\"{text}\" is not one of {known}"));
        self.text(name)?.map(|text| find(&text).ok_or_else(|| wrong(&text))).transpose()
    }

    fn yes(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.all.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(yes)) => Ok(Some(*yes)),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) if text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" => Ok(Some(false)),
            Some(_) => Err(invalid(name, "must be true or false")),
        }
    }
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(", ")
}
