//! Projects from a file: polygons become boundaries, lines alignments.

use std::collections::HashMap;
use std::path::Path;

use geo::{BooleanOps, LineString, MultiPolygon};

use crate::domain::{Code, PlanCurve, Project, ProjectKind};

use super::columns::Field;
use super::error::IngestError;
use super::fold::fold;
use super::load::{CellFault, Fields, Request, load};
use super::options::{Options, Target};
use super::progress::ReadProgress;
use super::report::{Batch, Report};
use super::source::SourceRow;
use super::values;

const CODE: usize = 0;
const NAME: usize = 1;
const KIND: usize = 2;
const KEY: usize = 3;
const INVESTOR: usize = 4;
const BODY: usize = 5;
const PROCEDURE: usize = 6;
const REQUIRED_DAY: usize = 7;
const PLAN: usize = 8;

pub(super) static FIELDS: [Field; 9] = [
    Field::required("code", &["ma_da", "ma_du_an", "code", "ma", "project"]),
    Field::required("name", &["ten_da", "ten_du_an", "name", "ten", "du_an"]),
    Field::optional("kind", &["kind", "loai", "loai_da", "loai_du_an", "loai_cong_trinh"]),
    Field::optional("key", &["key", "trong_diem", "da_trong_diem"]),
    Field::optional("investor", &["investor", "chu_dau_tu", "cdt"]),
    Field::optional("body", &["body", "don_vi_gpmb", "dv_gpmb", "to_chuc_gpmb"]),
    Field::optional("procedure", &["procedure", "thu_tuc", "luat"]),
    Field::optional(
        "required_day",
        &["required_day", "required_on", "ngay_hoan_thanh", "ngay_ht", "ngay_ban_giao", "han_ban_giao"],
    ),
    Field::optional("plan", &["plan", "ke_hoach", "tien_do"]),
];

/// Procedure of projects for which the file names none.
const DEFAULT_PROCEDURE: &str = "law2024";

/// Ends of lines nearer than this are the same point: 1e-7° is about 1 cm.
const SAME_POINT: f64 = 1e-7;

/// Reads projects. Several features of one code are parts of one project.
///
/// # Errors
/// See [`IngestError`].
pub fn read_projects(
    path: &Path,
    options: &Options,
    progress: ReadProgress<'_>,
) -> Result<Batch<Project>, IngestError> {
    let request = Request { target: Target::Projects, fields: &FIELDS, given: &[], defaulted: &[] };
    let loaded = load(path, options, &request, progress)?;
    let (binding, mut report) = (loaded.binding, loaded.report);
    let mut parts: Vec<Parts> = Vec::new();
    let mut known: HashMap<Code, usize> = HashMap::new();
    for mut row in loaded.rows {
        match project(Fields::new(&binding, &row)) {
            Err(fault) => report.refuse(&row.feature, Some(fault.field), fault.reason),
            Ok(project) => {
                let index = *known.entry(project.code.clone()).or_insert_with(|| {
                    parts.push(Parts::new(project.clone(), &row.feature));
                    parts.len() - 1
                });
                parts[index].add(&project, &mut row, &mut report);
            }
        }
    }
    let (features, records): (Vec<String>, Vec<Project>) =
        parts.into_iter().filter_map(|p| p.finish(&mut report)).unzip();
    report.accepted = records.len();
    Ok(Batch { records, features, report })
}

fn project(fields: Fields<'_>) -> Result<Project, CellFault> {
    let code = values::code(fields.required(CODE)?).map_err(|reason| fields.fault(CODE, reason))?;
    let procedure = values::code(fields.text(PROCEDURE).unwrap_or(DEFAULT_PROCEDURE))
        .map_err(|reason| fields.fault(PROCEDURE, reason))?;
    let plan = |text: &str| PlanCurve::parse(text).map_err(|e| e.to_string());
    Ok(Project {
        code,
        name: fields.required(NAME)?.to_owned(),
        kind: fields.parsed(KIND, kind)?.unwrap_or(ProjectKind::Other),
        key: fields.parsed(KEY, values::yes)?.unwrap_or(false),
        investor: fields.text(INVESTOR).map(str::to_owned),
        body: fields.text(BODY).map(str::to_owned),
        procedure,
        required_day: fields.parsed(REQUIRED_DAY, values::day)?,
        plan: fields.parsed(PLAN, plan)?.unwrap_or_default(),
        boundary: None,
        alignment: None,
    })
}

/// Reads our codes or Vietnamese words, by what they begin with or contain.
fn kind(text: &str) -> Result<ProjectKind, String> {
    if let Some(kind) = ProjectKind::from_code(text) {
        return Ok(kind);
    }
    let word = fold(text);
    let any = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    Ok(if any(&["duong", "giaothong", "caotoc", "quoclo", "road"]) {
        ProjectKind::Road
    } else if any(&["congnghiep", "kcn", "ccn", "industrial"]) {
        ProjectKind::IndustrialPark
    } else if any(&["dothi", "kdt", "khudancu", "nhao", "taidinhcu", "urban"]) {
        ProjectKind::UrbanArea
    } else if any(&["nangluong", "dien", "energy"]) {
        ProjectKind::Energy
    } else if any(&["congcong", "benhvien", "truong", "daihoc", "de", "thuyloi", "public"]) {
        ProjectKind::PublicWork
    } else if any(&["khac", "other"]) {
        ProjectKind::Other
    } else {
        let codes = ProjectKind::ALL.map(ProjectKind::code).join(", ");
        return Err(format!("\"{text}\" is not a kind of project; write one of {codes}"));
    })
}

/// A project whose features are being gathered.
struct Parts {
    project: Project,
    feature: String,
    areas: MultiPolygon<f64>,
    lines: Vec<LineString<f64>>,
}

impl Parts {
    fn new(project: Project, feature: &str) -> Self {
        Self { project, feature: feature.to_owned(), areas: MultiPolygon::new(vec![]), lines: vec![] }
    }

    fn add(&mut self, other: &Project, row: &mut SourceRow, report: &mut Report) {
        if *other != self.project {
            report.warnings.push(format!(
                "features {} and {} say different things about project {}; the first was followed",
                self.feature, row.feature, other.code
            ));
        }
        let areas = MultiPolygon::new(std::mem::take(&mut row.shape.polygons));
        if self.areas.0.is_empty() {
            self.areas = areas;
        } else if !areas.0.is_empty() {
            self.areas = self.areas.union(&areas);
        }
        self.lines.append(&mut row.shape.lines);
    }

    fn finish(mut self, report: &mut Report) -> Option<(String, Project)> {
        if !self.lines.is_empty() {
            let alignment = joined(std::mem::take(&mut self.lines));
            if alignment.is_none() {
                let reason = "the alignment's lines do not join into one; draw it as one line from Km0+000";
                report.refuse(&self.feature, None, reason);
            }
            self.project.alignment = Some(alignment?);
        }
        if !self.areas.0.is_empty() {
            self.project.boundary = Some(self.areas);
        }
        Some((self.feature, self.project))
    }
}

/// Joins lines end to end, in the direction of the first; none if one is left over.
fn joined(mut lines: Vec<LineString<f64>>) -> Option<LineString<f64>> {
    let mut whole = lines.remove(0).0;
    while !lines.is_empty() {
        let (first, last) = (*whole.first()?, *whole.last()?);
        let near = |a: geo::Coord<f64>, b: geo::Coord<f64>| {
            (a.x - b.x).abs() < SAME_POINT && (a.y - b.y).abs() < SAME_POINT
        };
        let touches = |line: &LineString<f64>| {
            line.0
                .first()
                .zip(line.0.last())
                .is_some_and(|(a, b)| near(*a, last) || near(*b, last) || near(*a, first) || near(*b, first))
        };
        let mut next = lines.remove(lines.iter().position(touches)?).0;
        let (start, end) = (*next.first()?, *next.last()?);
        if near(end, last) || (near(start, first) && !near(start, last)) {
            next.reverse();
        }
        if near(*next.first()?, last) {
            whole.extend(next.into_iter().skip(1));
        } else {
            next.pop();
            next.append(&mut whole);
            whole = next;
        }
    }
    Some(LineString::new(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> LineString<f64> {
        points.iter().copied().collect()
    }

    #[test]
    fn pieces_of_an_alignment_join_in_any_order_and_direction() {
        let pieces =
            vec![line(&[(1., 0.), (2., 0.)]), line(&[(3., 0.), (2., 0.)]), line(&[(1., 0.), (0., 0.)])];
        assert_eq!(joined(pieces), Some(line(&[(0., 0.), (1., 0.), (2., 0.), (3., 0.)])));
        assert_eq!(joined(vec![line(&[(0., 0.), (1., 0.)]), line(&[(5., 0.), (6., 0.)])]), None);
    }

    #[test]
    fn kinds_are_read_in_vietnamese() {
        assert_eq!(kind("Khu công nghiệp"), Ok(ProjectKind::IndustrialPark));
        assert_eq!(kind("Đường tỉnh"), Ok(ProjectKind::Road));
        assert_eq!(kind("urban_area"), Ok(ProjectKind::UrbanArea));
        assert!(kind("???").is_err());
    }
}
