//! What the targets share: a handful of parcels on a day.

use std::sync::{Arc, OnceLock};

use geo::{MultiPolygon, polygon};
use matbang::{
    analysis::View,
    atlas::{Builder, ParcelRow},
    domain::{
        AdminUnit, Code, Day, HolderId, LedgerPosition, Level, ParcelId, PlanCurve, Project, ProjectId,
        ProjectKind, SquareMetres, Stage, StageDays, UnitId, Vnd, law, law::Law,
    },
    store::ledger::encoding::area_wkb,
};

/// The law that comes with the program.
pub fn laws() -> Arc<Law> {
    static LAW: OnceLock<Arc<Law>> = OnceLock::new();
    Arc::clone(LAW.get_or_init(|| Arc::new(law(&[]).expect("the program's own law"))))
}

/// A day of 2026.
pub fn today() -> Day {
    Day::parse("2026-06-30").expect("a day")
}

/// A square of 0.001 degrees with its corner at these thousandths of a degree beside 105.9 E 20.5 N.
pub fn square(x: f64, y: f64) -> MultiPolygon<f64> {
    let (x, y) = (105.9 + x / 1000.0, 20.5 + y / 1000.0);
    MultiPolygon(vec![polygon![
        (x: x, y: y), (x: x + 0.001, y: y), (x: x + 0.001, y: y + 0.001), (x: x, y: y + 0.001),
    ]])
}

/// A view of parcels with these shapes; the first stages of each are reached, as many as its number allows.
pub fn view_of(shapes: &[MultiPolygon<f64>]) -> View {
    let code = |text: &str| Code::new(text).expect("a code");
    let mut builder = Builder::new(laws(), shapes.len());
    let unit = AdminUnit {
        code: code("13288"),
        name: "Xã Nhân Hà".to_owned(),
        level: Level::Commune,
        parent: None,
        valid_from: None,
        valid_to: None,
        predecessors: Vec::new(),
        successors: Vec::new(),
        boundary: None,
    };
    builder.unit(UnitId(1), unit).expect("a unit");
    let project = Project {
        code: code("DA01"),
        name: "Đường nối hai cao tốc".to_owned(),
        kind: ProjectKind::Road,
        key: true,
        investor: None,
        body: None,
        procedure: code("law2024"),
        boundary: None,
        alignment: None,
        plan: PlanCurve::default(),
        required_day: Some(today().plus(30)),
    };
    builder.project(ProjectId(1), project).expect("a project");
    let mut chunk = builder.chunk();
    for (n, shape) in (1u32..).zip(shapes) {
        let mut days = StageDays::default();
        for (m, stage) in (0..).zip(Stage::ALL).take(n as usize % 10) {
            days.set(stage, Some(today().plus(m * 10 - 100)));
        }
        let wkb = area_wkb(shape);
        let number = n.to_string();
        let row = ParcelRow {
            id: ParcelId(n),
            project: ProjectId(1),
            unit: UnitId(1),
            sheet: "12",
            number: &number,
            land_use: if n % 2 == 0 { "LUC" } else { "" },
            recovered: SquareMetres::new(f64::from(n) * 100.5),
            total: SquareMetres::new(f64::from(n) * 200.0),
            declared: (n % 3 == 0).then(|| SquareMetres::new(f64::from(n) * 101.0)),
            holder: (n % 4 != 0).then_some(HolderId(n)),
            planned: (n % 5 == 0).then(|| today().plus(-1)),
            money: Vnd(u64::from(n) * 1_500_000),
            days,
            version: LedgerPosition(u64::from(n)),
            marks: None,
            wkb: &wkb,
        };
        chunk.parcel(&row).expect("a parcel");
    }
    builder.join(&chunk).expect("a chunk");
    View::new(Arc::new(builder.finish(LedgerPosition(1), [0; 32])), today())
}

/// A dozen parcels side by side, made once.
pub fn view() -> &'static View {
    static VIEW: OnceLock<View> = OnceLock::new();
    VIEW.get_or_init(|| {
        let shapes: Vec<_> = (0..12).map(|n| square(f64::from(n % 4), f64::from(n / 4))).collect();
        view_of(&shapes)
    })
}
