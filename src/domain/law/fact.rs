//! Facts: an act that happened, with the dates and words that the law asks for beside its day.

use serde::{Deserialize, Serialize};

use super::Act;
use crate::domain::{Day, LedgerPosition, Refusal};

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$own:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$own])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// All of them, in the order of lists.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in files and answers.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// That with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

coded! {
    /// Who signed an act: a committee and its chair are not the same.
    Signer {
        /// UBND cấp huyện.
        DistrictPc = "district_pc",
        /// Chủ tịch UBND cấp huyện.
        DistrictChair = "district_chair",
        /// UBND cấp xã.
        CommunePc = "commune_pc",
        /// Chủ tịch UBND cấp xã.
        CommuneChair = "commune_chair",
        /// UBND cấp tỉnh.
        ProvincePc = "province_pc",
        /// Chủ tịch UBND cấp tỉnh.
        ProvinceChair = "province_chair",
        /// Another body or person.
        Other = "other",
    }
}

coded! {
    /// Land that the law treats alike (LL 85.1).
    LandGroup {
        /// Đất nông nghiệp.
        Farm = "farm",
        /// Đất phi nông nghiệp.
        Other = "other",
    }
}

coded! {
    /// The condition of resettlement that was met (LL 87.5b–g).
    Condition {
        /// b: in place, and the cost of temporary housing is accepted.
        InPlace = "b",
        /// c: plot handed over on site.
        Plot = "c",
        /// d: house handed over.
        House = "d",
        /// đ: plot with house handed over.
        PlotWithHouse = "đ",
        /// e: agrees and has received the money to settle by himself.
        OwnArrangement = "e",
        /// g: handed over of his own will, temporary housing arranged or paid.
        Voluntary = "g",
    }
}

coded! {
    /// By which way land is recovered.
    Path {
        /// After the plan's approval and, where it is due, resettlement (LL 87.5).
        Normal = "normal",
        /// Before the approval: more than 75 % of land users agree (NQ254 3.3a).
        Agreed = "agreed",
        /// Before the approval: national project by a speed-up order, emergency investment (NQ254 3.3a).
        Urgent = "urgent",
        /// Before resettlement (NQ254 3.3b).
        BeforeResettlement = "before_resettlement",
        /// The rest of a negotiated project (NQ254 3.2b).
        Negotiated = "negotiated",
    }
}

coded! {
    /// Where a plan is posted.
    Posted {
        /// At the commune's People's Committee.
        Headquarters = "headquarters",
        /// At the meeting place of the community.
        Community = "community",
        /// On the commune's web portal.
        Portal = "portal",
    }
}

/// Several places, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Posted>", into = "Vec<Posted>")]
pub struct Places(u8);

impl Places {
    /// Whether none was said.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Whether a place is among them.
    pub fn holds(self, posted: Posted) -> bool {
        self.0 & (1 << posted as u8) != 0
    }
}

impl From<Vec<Posted>> for Places {
    fn from(list: Vec<Posted>) -> Self {
        Self(list.into_iter().fold(0, |all, posted| all | (1 << posted as u8)))
    }
}

impl From<Places> for Vec<Posted> {
    fn from(places: Places) -> Self {
        Posted::ALL.iter().copied().filter(|posted| places.holds(*posted)).collect()
    }
}

/// What the law asks for beside the day of an act; what was not said is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActDetails {
    /// Day on which the last person was reached; if one could not be, the last day of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Day>,
    /// Day on which the decision takes effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Day>,
    /// Last day of what lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// Day on which the person received it, or of the minutes of absence or refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<Day>,
    /// Day for which an enforcement is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<Day>,
    /// Day of handover that the approved plan names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handover_by: Option<Day>,
    /// Who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer>,
    /// Kind of land that the notice names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub land: Option<LandGroup>,
    /// Whether the plan gives resettlement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resettlement: Option<bool>,
    /// Condition of resettlement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// Path of the recovery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Path>,
    /// Places where the plan is posted.
    #[serde(skip_serializing_if = "Places::is_empty")]
    pub places: Places,
    /// Land users who agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agree: Option<u32>,
    /// Land users who do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagree: Option<u32>,
    /// Land users asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// Farm land that the household uses in the commune, m², at the approval of the plan; personal (NĐ88 19.1b).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub farm_total: Option<u32>,
    /// The money was refused, or land or property is in dispute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<bool>,
}

impl ActDetails {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether strictly more than 75 % agree, in whole numbers; none when it was not counted (NQ254 3.3a).
    pub fn is_agreed(&self) -> Option<bool> {
        Some(4 * u64::from(self.agree?) > 3 * u64::from(self.total?))
    }

    /// What everybody may see of it.
    #[must_use]
    pub fn public(&self) -> Self {
        Self { farm_total: None, ..self.clone() }
    }

    /// What was said, by name and as text, in the order of the ledger's encoding.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let days = [
            ("sent", self.sent),
            ("effect", self.effect),
            ("until", self.until),
            ("received", self.received),
            ("planned", self.planned),
            ("handover_by", self.handover_by),
        ];
        let codes = [
            ("signer", self.signer.map(Signer::code)),
            ("land", self.land.map(LandGroup::code)),
            ("resettlement", self.resettlement.map(yes)),
            ("condition", self.condition.map(Condition::code)),
            ("path", self.path.map(Path::code)),
            ("refused", self.refused.map(yes)),
        ];
        let counts = [
            ("agree", self.agree),
            ("disagree", self.disagree),
            ("total", self.total),
            ("farm_total", self.farm_total),
        ];
        let places: Vec<&str> = Posted::ALL
            .iter()
            .filter(|posted| self.places.holds(**posted))
            .map(|posted| posted.code())
            .collect();
        let places = (!places.is_empty()).then(|| ("places", places.join(",")));
        let days = days.into_iter().filter_map(|(name, day)| Some((name, day?.to_string())));
        let codes = codes.into_iter().filter_map(|(name, code)| Some((name, code?.to_owned())));
        let counts = counts.into_iter().filter_map(|(name, count)| Some((name, count?.to_string())));
        days.chain(codes).chain(places).chain(counts).collect()
    }

    /// What can't be so: an end before its start, an effect before the signing.
    ///
    /// # Errors
    /// [`Refusal`] naming the field that contradicts `day`.
    pub fn fits(&self, act: Act, day: Day) -> Result<(), Refusal> {
        let dates = [
            ("sent", self.sent),
            ("effect", self.effect),
            ("until", self.until),
            ("received", self.received),
            ("planned", self.planned),
            ("handover_by", self.handover_by),
        ];
        let earlier = dates.into_iter().find_map(|(name, on)| Some((name, on.filter(|on| *on < day)?)));
        if let Some((name, on)) = earlier {
            let why = format!("\"{name}\" on {on} is before {day}, the day of \"{}\" itself", act.code());
            return Err(Refusal { on: Some(day), ..Refusal::new("ends_before_start", why).field(name) });
        }
        if let (Some(agree), Some(total)) = (self.agree, self.total)
            && u64::from(agree) + u64::from(self.disagree.unwrap_or(0)) > u64::from(total)
        {
            let why = format!("{agree} who agree and those who do not are more than the {total} asked");
            return Err(Refusal::new("counts_do_not_fit", why).field("total"));
        }
        Ok(())
    }
}

fn yes(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

/// An act that happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fact {
    /// What.
    pub act: Act,
    /// When.
    pub day: Day,
    /// The event that says so; 0 where only a stage's day is known.
    #[serde(default)]
    pub at: LedgerPosition,
    /// What else was said.
    #[serde(default, skip_serializing_if = "ActDetails::is_empty", alias = "said")]
    pub details: ActDetails,
}

/// Which day of a fact counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Its own.
    Day,
    /// The last person was reached.
    Sent,
    /// It takes effect.
    Effect,
    /// It ends.
    Until,
    /// It was received.
    Received,
    /// The handover that it names.
    HandoverBy,
}

impl Fact {
    /// The day that counts, and whether it was said; one that was not said is the fact's own day, which is never
    /// later.
    pub fn on(&self, basis: Basis) -> (Day, bool) {
        let details = match basis {
            Basis::Day => Some(self.day),
            Basis::Sent => self.details.sent,
            Basis::Effect => self.details.effect,
            Basis::Until => self.details.until,
            Basis::Received => self.details.received,
            Basis::HandoverBy => self.details.handover_by,
        };
        (details.unwrap_or(self.day), details.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_quarters_are_not_more_than_three_quarters() {
        let count = |agree, total| {
            ActDetails { agree: Some(agree), total: Some(total), ..ActDetails::default() }.is_agreed()
        };
        assert_eq!(
            (count(30, 40), count(31, 40), count(3, 4), count(4, 4)),
            (Some(false), Some(true), Some(false), Some(true))
        );
        assert_eq!(ActDetails::default().is_agreed(), None);
    }

    #[test]
    fn an_end_is_not_before_its_start() {
        let day = |text| Day::parse(text).unwrap();
        let details = ActDetails { until: Some(day("2026-03-01")), ..ActDetails::default() };
        assert_eq!(
            details.fits(Act::PersuasionPlan, day("2026-03-02")).unwrap_err().code,
            "ends_before_start"
        );
        assert!(details.fits(Act::PersuasionPlan, day("2026-03-01")).is_ok());
    }
}
