//! The invented projects: what, where, how large, how fast.

use geo::{BooleanOps, Coord, Intersects, LineString, MultiPolygon, unary_union};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Options, frame, shape};
use crate::domain::{AdminUnit, Code, ProjectKind};

/// How a project goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Ahead of its plan.
    Early,
    /// About as planned.
    Steady,
    /// Behind its plan.
    Late,
    /// Handed over here and there, with gaps between.
    Patchy,
}

/// A project before its parcels are known; all places in metres.
#[derive(Debug, Clone)]
pub struct Work {
    pub code: Code,
    pub name: &'static str,
    pub kind: ProjectKind,
    pub key: bool,
    pub investor: &'static str,
    pub body: &'static str,
    pub pace: Pace,
    /// Day on which its parcels were listed, counted back from the last day.
    pub listed_before: i32,
    pub boundary: MultiPolygon<f64>,
    pub alignment: Option<LineString<f64>>,
    /// Direction of the fields, radians.
    pub turn: f64,
}

/// Name, kind, key, pace, days since listing, area in hectares at 40 000 parcels, width in metres (0 = a site),
/// places (lon, lat): the centre of a site, the way of a line.
type Line = (&'static str, ProjectKind, bool, Pace, i32, f64, f64, &'static [(f64, f64)]);

use Pace::{Early, Late, Patchy, Steady};
use ProjectKind::{Energy, IndustrialPark, PublicWork, Road, UrbanArea};

#[rustfmt::skip]
const LINES: [Line; 26] = [
    ("Đường trục phía Đông, đoạn Lý Nhân - Bình Lục", Road, true, Late, 560, 0.0, 60.0,
        &[(106.120, 20.640), (106.105, 20.600), (106.085, 20.560), (106.062, 20.525), (106.035, 20.495)]),
    ("Đường nối hai cao tốc, đoạn qua Duy Tiên", Road, true, Patchy, 830, 0.0, 70.0,
        &[(105.905, 20.668), (105.940, 20.655), (105.975, 20.648), (106.010, 20.652)]),
    ("Đường vành đai thành phố, phía Tây", Road, true, Steady, 480, 0.0, 50.0,
        &[(105.868, 20.570), (105.856, 20.545), (105.858, 20.518), (105.872, 20.495)]),
    ("Đường tỉnh nâng cấp, đoạn Kim Bảng - Ba Sao", Road, false, Early, 700, 0.0, 40.0,
        &[(105.870, 20.622), (105.840, 20.612), (105.812, 20.598), (105.790, 20.575)]),
    ("Đường gom khu công nghiệp Thanh Liêm", Road, false, Steady, 240, 0.0, 36.0,
        &[(105.905, 20.470), (105.898, 20.445), (105.902, 20.415)]),
    ("Cầu và đường dẫn qua sông Châu", Road, true, Late, 400, 0.0, 48.0,
        &[(105.985, 20.560), (105.992, 20.535), (105.998, 20.512)]),
    ("Khu công nghiệp Đồng Văn mở rộng (giai đoạn minh họa)", IndustrialPark, true, Steady, 640, 150.0, 0.0, &[(105.930, 20.632)]),
    ("Khu công nghiệp Kim Bảng Đông", IndustrialPark, true, Late, 520, 165.0, 0.0, &[(105.880, 20.598)]),
    ("Khu công nghiệp Thanh Liêm Nam", IndustrialPark, true, Patchy, 590, 140.0, 0.0, &[(105.925, 20.432)]),
    ("Khu công nghiệp Thái Hà (phần Lý Nhân)", IndustrialPark, false, Early, 800, 120.0, 0.0, &[(106.135, 20.585)]),
    ("Khu công nghiệp Bình Lục", IndustrialPark, false, Late, 260, 110.0, 0.0, &[(106.010, 20.448)]),
    ("Khu đô thị Bắc Châu Giang", UrbanArea, true, Early, 640, 48.0, 0.0, &[(105.938, 20.572)]),
    ("Khu đô thị Liêm Tiết", UrbanArea, false, Steady, 450, 40.0, 0.0, &[(105.955, 20.528)]),
    ("Khu đô thị Hòa Mạc", UrbanArea, false, Patchy, 500, 30.0, 0.0, &[(105.992, 20.632)]),
    ("Khu nhà ở xã hội Đồng Văn", UrbanArea, true, Early, 380, 14.0, 0.0, &[(105.908, 20.645)]),
    ("Khu đô thị Vĩnh Trụ", UrbanArea, false, Late, 350, 26.0, 0.0, &[(106.045, 20.552)]),
    ("Khu đô thị đại học, phân khu B", UrbanArea, true, Steady, 610, 62.0, 0.0, &[(105.905, 20.556)]),
    ("Bệnh viện đa khoa khu vực phía Đông", PublicWork, true, Early, 540, 16.0, 0.0, &[(106.078, 20.588)]),
    ("Trường trung học phổ thông chất lượng cao", PublicWork, false, Steady, 210, 6.0, 0.0, &[(105.925, 20.522)]),
    ("Trung tâm văn hóa, thể thao vùng", PublicWork, false, Patchy, 430, 12.0, 0.0, &[(105.960, 20.600)]),
    ("Kè và nâng cấp đê tả sông Đáy", PublicWork, true, Late, 470, 0.0, 40.0,
        &[(105.885, 20.515), (105.882, 20.492), (105.888, 20.468)]),
    ("Khu tái định cư Chân Lý", PublicWork, true, Steady, 420, 7.0, 0.0, &[(106.090, 20.622)]),
    ("Khu tái định cư Thanh Tuyền", PublicWork, false, Late, 360, 6.0, 0.0, &[(105.908, 20.492)]),
    ("Đường dây và trạm 110 kV Bình Lục", Energy, false, Steady, 280, 0.0, 22.0,
        &[(106.050, 20.475), (106.028, 20.468), (106.000, 20.470), (105.972, 20.482)]),
    ("Trạm biến áp 220 kV Lý Nhân", Energy, true, Early, 310, 8.0, 0.0, &[(106.115, 20.548)]),
    ("Nghĩa trang nhân dân phía Tây", ProjectKind::Other, false, Patchy, 510, 15.0, 0.0, &[(105.825, 20.560)]),
];

const INVESTORS: [&str; 5] = [
    "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông (minh họa)",
    "Ban Quản lý các khu công nghiệp (minh họa)",
    "Ban Quản lý dự án đầu tư xây dựng khu vực (minh họa)",
    "Công ty phát triển hạ tầng Châu Giang (minh họa)",
    "Ban Quản lý dự án điện lực (minh họa)",
];

/// Clearance bodies and the rough place of their office.
const BODIES: [(&str, f64, f64); 5] = [
    ("Chi nhánh quỹ đất Phủ Lý (minh họa)", 105.915, 20.540),
    ("Chi nhánh quỹ đất Duy Tiên (minh họa)", 105.965, 20.640),
    ("Chi nhánh quỹ đất Kim Bảng (minh họa)", 105.835, 20.590),
    ("Chi nhánh quỹ đất Lý Nhân (minh họa)", 106.085, 20.560),
    ("Chi nhánh quỹ đất Thanh Liêm - Bình Lục (minh họa)", 105.950, 20.455),
];

fn investor(kind: ProjectKind) -> &'static str {
    match kind {
        Road => INVESTORS[0],
        IndustrialPark => INVESTORS[1],
        PublicWork | ProjectKind::Other => INVESTORS[2],
        UrbanArea => INVESTORS[3],
        Energy => INVESTORS[4],
    }
}

fn body(lon: f64, lat: f64) -> &'static str {
    let far = |(_, x, y): &(&str, f64, f64)| (x - lon).powi(2) + (y - lat).powi(2);
    let nearest = BODIES.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
    nearest.map_or(BODIES[0].0, |body| body.0)
}

/// All projects at a size for `room` times the parcels asked for; none lies on another.
pub fn works(options: Options, room: f64, units: &[AdminUnit]) -> Vec<Work> {
    let province =
        unary_union(units.iter().filter(|u| u.parent.is_none()).filter_map(|u| u.boundary.as_ref()));
    let province = frame::polygons_to_metres(&province);
    // Lengths grow with the square root of the area, so that the fabric stays the same.
    let scale = (options.parcels as f64 / 40_000.0 * room).sqrt();
    let mut works: Vec<Work> = Vec::new();
    for (number, line) in LINES.iter().enumerate() {
        let mut rng =
            ChaCha8Rng::seed_from_u64(options.seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let Ok(code) = Code::new(&format!("DA{:02}", number + 1)) else { continue };
        let mut work = work(code, line, scale, &mut rng);
        let taken = unary_union(works.iter().flat_map(|other| other.boundary.iter()));
        if !taken.0.is_empty() && taken.intersects(&work.boundary) {
            work.boundary = largest(&work.boundary.difference(&taken), work.alignment.is_some());
        }
        if !province.0.is_empty() {
            work.boundary = work.boundary.intersection(&province);
        }
        if !work.boundary.0.is_empty() {
            works.push(work);
        }
    }
    works
}

/// What is left of a site beside another project: its largest part; a line keeps all.
fn largest(left: &MultiPolygon<f64>, linear: bool) -> MultiPolygon<f64> {
    use geo::Area;
    if linear {
        return left.clone();
    }
    let by_area =
        |a: &&geo::Polygon<f64>, b: &&geo::Polygon<f64>| a.unsigned_area().total_cmp(&b.unsigned_area());
    MultiPolygon(left.iter().max_by(by_area).cloned().into_iter().collect())
}

fn work(code: Code, line: &Line, scale: f64, rng: &mut ChaCha8Rng) -> Work {
    let &(name, kind, key, pace, listed_before, hectares, width, points) = line;
    let mut metres: Vec<Coord<f64>> = points.iter().map(|(lon, lat)| frame::to_metres(*lon, *lat)).collect();
    for point in &mut metres {
        point.x += rng.random_range(-250.0..250.0);
        point.y += rng.random_range(-250.0..250.0);
    }
    let middle = metres[metres.len() / 2];
    let (boundary, alignment) = if width > 0.0 {
        let near: Vec<_> = metres.iter().map(|point| middle + (*point - middle) * scale).collect();
        let line = shape::alignment(&near);
        (shape::corridor(&line, (width * scale).max(12.0)), Some(line))
    } else {
        let long = rng.random_range(1.1..1.9);
        let area = hectares * 1e4 * scale * scale;
        (shape::site(middle, area, long, rng.random_range(-0.5..0.5)), None)
    };
    let (lon, lat) = points[points.len() / 2];
    Work {
        code,
        name,
        kind,
        key,
        investor: investor(kind),
        body: body(lon, lat),
        pace,
        listed_before,
        boundary,
        alignment,
        turn: rng.random_range(-0.6..0.6),
    }
}
