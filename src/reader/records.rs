//! Records as they travel, and back into valid ones.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    check::{self, Check, Doubt},
    shapes::{self, Areas, Points},
};
use crate::domain::{AdminUnit, Level, PlanCurve, Project, ProjectKind, Succession};

/// A record that a reader sends.
pub trait Transferable: Sized {
    /// Its form in a frame.
    type Sent: Serialize + DeserializeOwned;

    /// As it is sent.
    fn pack(self) -> Self::Sent;

    /// As it was, if that can be.
    ///
    /// # Errors
    /// [`Doubt`] when the record holds what an honest reader would not send.
    fn unpack(sent: Self::Sent, check: &mut Check) -> Result<Self, Doubt>;
}

#[derive(Debug, Serialize, Deserialize)]
pub struct SentUnit {
    code: String,
    name: String,
    level: Level,
    parent: Option<String>,
    valid_from: Option<u16>,
    valid_to: Option<u16>,
    predecessors: String,
    successors: String,
    boundary: Option<Areas>,
}

impl Transferable for AdminUnit {
    type Sent = SentUnit;

    fn pack(self) -> SentUnit {
        SentUnit {
            code: self.code.to_string(),
            name: self.name,
            level: self.level,
            parent: self.parent.map(|code| code.to_string()),
            valid_from: self.valid_from.map(crate::domain::Day::number),
            valid_to: self.valid_to.map(crate::domain::Day::number),
            predecessors: Succession::write_list(&self.predecessors),
            successors: Succession::write_list(&self.successors),
            boundary: self.boundary.map(Areas::from),
        }
    }

    fn unpack(sent: SentUnit, check: &mut Check) -> Result<Self, Doubt> {
        let successions = |text: String| {
            let text = check::text(text)?;
            Succession::parse_list(&text).map_err(|_| Doubt("a succession that is none"))
        };
        Ok(Self {
            code: check::code(&sent.code)?,
            name: check::text(sent.name)?,
            level: sent.level,
            parent: sent.parent.map(|code| check::code(&code)).transpose()?,
            valid_from: check::day(sent.valid_from)?,
            valid_to: check::day(sent.valid_to)?,
            predecessors: successions(sent.predecessors)?,
            successors: successions(sent.successors)?,
            boundary: sent.boundary.map(|areas| areas.checked(check)).transpose()?,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub struct SentProject {
    code: String,
    name: String,
    kind: ProjectKind,
    key: bool,
    investor: Option<String>,
    body: Option<String>,
    procedure: String,
    required: Option<u16>,
    plan: Vec<(u16, f64)>,
    boundary: Option<Areas>,
    alignment: Option<Points>,
}

impl Transferable for Project {
    type Sent = SentProject;

    fn pack(self) -> SentProject {
        SentProject {
            code: self.code.to_string(),
            name: self.name,
            kind: self.kind,
            key: self.key,
            investor: self.investor,
            body: self.body,
            procedure: self.procedure.to_string(),
            required: self.required_day.map(crate::domain::Day::number),
            plan: self.plan.points().iter().map(|(day, share)| (day.number(), *share)).collect(),
            boundary: self.boundary.map(Areas::from),
            alignment: self.alignment.map(shapes::points),
        }
    }

    fn unpack(sent: SentProject, check: &mut Check) -> Result<Self, Doubt> {
        let point = |(day, share): (u16, f64)| {
            let day = check::day(Some(day))?.ok_or(Doubt("a day that is none"))?;
            Ok((day, share))
        };
        let plan = sent.plan.into_iter().map(point).collect::<Result<_, Doubt>>()?;
        if let Some(points) = &sent.alignment {
            check.points(points)?;
        }
        Ok(Self {
            code: check::code(&sent.code)?,
            name: check::text(sent.name)?,
            kind: sent.kind,
            key: sent.key,
            investor: check::some_text(sent.investor)?,
            body: check::some_text(sent.body)?,
            procedure: check::code(&sent.procedure)?,
            required_day: check::day(sent.required)?,
            plan: PlanCurve::new(plan).map_err(|_| Doubt("a plan that is none"))?,
            boundary: sent.boundary.map(|areas| areas.checked(check)).transpose()?,
            alignment: sent.alignment.map(shapes::line),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Code, Day},
        ingest::Bounds,
    };
    use geo::{MultiPolygon, polygon};

    fn square() -> MultiPolygon<f64> {
        polygon![(x: 105.9, y: 20.5), (x: 105.901, y: 20.5), (x: 105.901, y: 20.501)].into()
    }

    fn travelled<R: Transferable>(record: R) -> Result<R, Doubt> {
        let bytes = postcard::to_stdvec(&record.pack()).unwrap();
        R::unpack(postcard::from_bytes(&bytes).unwrap(), &mut Check::new(Bounds::UPLOAD))
    }

    #[test]
    fn projects_and_units_come_back_as_they_were() {
        let code = |text: &str| Code::new(text).unwrap();
        let unit = AdminUnit {
            code: code("13285"),
            name: "Phường Phủ Lý".into(),
            level: Level::Commune,
            parent: Some(code("37")),
            valid_from: Some(Day::parse("2025-07-01").unwrap()),
            valid_to: None,
            predecessors: Succession::parse_list("13294:full").unwrap(),
            successors: vec![],
            boundary: Some(square()),
        };
        assert_eq!(travelled(unit.clone()), Ok(unit));
        let project = Project {
            code: code("DA01"),
            name: "Đường".into(),
            kind: ProjectKind::Road,
            key: true,
            investor: None,
            body: Some("Ban".into()),
            procedure: code("law2024"),
            required_day: None,
            plan: PlanCurve::parse("2026-01-01=0.25;2026-06-30=1").unwrap(),
            boundary: None,
            alignment: Some(vec![(105.9, 20.5), (105.95, 20.5)].into()),
        };
        assert_eq!(travelled(project.clone()), Ok(project));
    }
}
