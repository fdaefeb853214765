//! The cadastral fabric: blocks between lanes, cut into strips of rice land,
//! village plots, ponds, orchards and cemeteries, clipped by each project.
//!
//! Neighbours in a block share their vertices, so nothing overlaps; between
//! blocks run lanes and ditches, which are public land and not recovered.

use geo::{
    Area, BooleanOps, BoundingRect, Contains, Coord, GeodesicArea, InteriorPoint, Intersects, LineString,
    MultiPolygon, Polygon, Rect,
};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{Options, catalogue::Work, frame, people};
use crate::domain::{AdminUnit, Code, Level, Parcel, ParcelKey, SquareMetres};

/// A parcel with what its history needs to know.
#[derive(Debug, Clone)]
pub struct Made {
    pub parcel: Parcel,
    /// 0 … 1 along the project: the order in which work goes on.
    pub along: f64,
    /// Homes and graves take longer than fields.
    pub hard: bool,
}

/// What each work's land is cut into.
pub fn pieces(options: Options, works: &[Work]) -> Vec<Vec<Piece>> {
    let cut = |(number, work): (usize, &Work)| {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed.wrapping_mul(7_919).wrapping_add(number as u64));
        pieces_of(work, &mut rng)
    };
    works.iter().enumerate().map(cut).collect()
}

/// Parcels of each work from its pieces, `options.parcels` in all where there are as many.
pub fn parcels(
    options: Options,
    works: &mut [Work],
    mut pieces: Vec<Vec<Piece>>,
    units: &[AdminUnit],
) -> Vec<Vec<Made>> {
    let communes = Communes::new(units);
    trim(options, &mut pieces);
    let made = works.iter_mut().zip(pieces).enumerate();
    made.map(|(number, (work, pieces))| {
        let mut rng =
            ChaCha8Rng::seed_from_u64(options.seed.wrapping_mul(104_729).wrapping_add(number as u64));
        record(work, pieces, &communes, &mut rng)
    })
    .collect()
}

/// Leaves out pieces by chance until the number is right: land that the State held already.
fn trim(options: Options, all: &mut [Vec<Piece>]) {
    let total: usize = all.iter().map(Vec::len).sum();
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut drop: Vec<bool> = (0..total).map(|n| n < total.saturating_sub(options.parcels)).collect();
    drop.shuffle(&mut rng);
    let mut next = drop.into_iter();
    all.iter_mut().for_each(|pieces| pieces.retain(|_| !next.next().unwrap_or(false)));
}

/// A piece of land inside a project, in metres.
pub struct Piece {
    shape: MultiPolygon<f64>,
    whole: f64,
    land_use: &'static str,
}

/// Today's communes in metres.
struct Communes(Vec<(Code, Rect<f64>, MultiPolygon<f64>)>);

impl Communes {
    fn new(units: &[AdminUnit]) -> Self {
        let today = units.iter().filter(|unit| unit.level == Level::Commune && unit.valid_to.is_none());
        Self(
            today
                .filter_map(|unit| {
                    let shape = frame::polygons_to_metres(unit.boundary.as_ref()?);
                    Some((unit.code.clone(), shape.bounding_rect()?, shape))
                })
                .collect(),
        )
    }

    /// The commune that holds `place`, else the one whose frame is nearest.
    fn at(&self, point: geo::Point<f64>) -> Option<&Code> {
        let inside = self.0.iter().find(|(_, rect, shape)| rect.contains(&point) && shape.contains(&point));
        let far = |rect: &Rect<f64>| (rect.center().x - point.x()).hypot(rect.center().y - point.y());
        inside.or_else(|| self.0.iter().min_by(|a, b| far(&a.1).total_cmp(&far(&b.1)))).map(|(code, ..)| code)
    }
}

fn pieces_of(work: &Work, rng: &mut ChaCha8Rng) -> Vec<Piece> {
    let Some(around) = work.boundary.bounding_rect() else { return Vec::new() };
    let centre = around.center();
    let reach = (around.width().hypot(around.height())) / 2.0 + 60.0;
    let turned = |u: f64, v: f64| Coord {
        x: centre.x + u * work.turn.cos() - v * work.turn.sin(),
        y: centre.y + u * work.turn.sin() + v * work.turn.cos(),
    };
    let point = |u: f64, v: f64| frame::bend(turned(u, v), 420.0);
    let mut pieces = Vec::new();
    let mut v = -reach;
    while v < reach {
        let height = rng.random_range(85.0..170.0);
        let mut u = -reach - rng.random_range(0.0..120.0);
        while u < reach {
            let width = rng.random_range(110.0..330.0);
            let lane = rng.random_range(4.0..9.0);
            let block = Block::new((u, v), (width - lane, height - rng.random_range(4.0..8.0)), rng);
            let seed = rng.random();
            let ring =
                [(0., 0.), (0.5, 0.), (1., 0.), (1., 1.), (0.5, 1.), (0., 1.)].map(|(s, t)| block.at(s, t));
            let outline = Polygon::new(ring.into_iter().map(|(u, v)| point(u, v)).collect(), vec![]);
            // What a block sees of a long boundary is short: clip once, then each parcel by that.
            let near = outline.bounding_rect().map_or_else(
                || work.boundary.clone(),
                |rect| work.boundary.intersection(&grown(rect, 30.0).to_polygon()),
            );
            if near.intersects(&outline) {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                cut(&block, turned(u, v), &point, &mut rng, |shape, land_use| {
                    pieces.extend(clip(shape, land_use, &near));
                });
            }
            u += width;
        }
        v += height;
    }
    pieces
}

fn grown(rect: Rect<f64>, by: f64) -> Rect<f64> {
    let margin = Coord { x: by, y: by };
    Rect::new(rect.min() - margin, rect.max() + margin)
}

/// The part of a parcel inside the project; slivers are left to their holders.
fn clip(shape: Polygon<f64>, land_use: &'static str, boundary: &MultiPolygon<f64>) -> Option<Piece> {
    let whole = shape.unsigned_area();
    if boundary.contains(&shape) {
        return Some(Piece { shape: MultiPolygon(vec![shape]), whole, land_use });
    }
    if !boundary.intersects(&shape) {
        return None;
    }
    let inside = boundary.intersection(&MultiPolygon(vec![shape]));
    let parts: Vec<_> = inside.into_iter().filter(|part| part.unsigned_area() > 4.0).collect();
    let inside = MultiPolygon(parts);
    (inside.unsigned_area() > 12.0).then_some(Piece { shape: inside, whole, land_use })
}

/// A block: a four-sided field of unit coordinates (s, t).
struct Block {
    corners: [(f64, f64); 4],
    size: (f64, f64),
}

impl Block {
    fn new((u, v): (f64, f64), (width, height): (f64, f64), rng: &mut ChaCha8Rng) -> Self {
        let mut corner = |x: f64, y: f64| (x + rng.random_range(-1.5..1.5), y + rng.random_range(-1.5..1.5));
        let corners =
            [corner(u, v), corner(u + width, v), corner(u + width, v + height), corner(u, v + height)];
        Self { corners, size: (width, height) }
    }

    fn at(&self, s: f64, t: f64) -> (f64, f64) {
        let [a, b, c, d] = self.corners;
        let mix = |a: f64, b: f64, c: f64, d: f64| {
            a * (1. - s) * (1. - t) + b * s * (1. - t) + c * s * t + d * (1. - s) * t
        };
        (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
    }
}

/// Where villages lie: a slow wave over the land, the same for all projects.
fn village_wave(point: Coord<f64>) -> f64 {
    let (x, y) = (point.x / 1_000.0, point.y / 1_000.0);
    (x * 2.3 + 1.3 * (y * 1.7).sin()).sin() + (y * 2.9 + 1.1 * (x * 1.3).cos()).sin()
}

fn cut(
    block: &Block,
    origin: Coord<f64>,
    point: &impl Fn(f64, f64) -> Coord<f64>,
    rng: &mut ChaCha8Rng,
    mut give: impl FnMut(Polygon<f64>, &'static str),
) {
    let wave = village_wave(origin);
    let chance: f64 = rng.random();
    let polygon = |ring: &[(f64, f64)]| {
        let coords = ring.iter().map(|(s, t)| {
            let (u, v) = block.at(*s, *t);
            point(u, v)
        });
        let mut line: LineString<f64> = coords.collect();
        line.close();
        Polygon::new(line, vec![])
    };
    if wave > 1.05 {
        plots(block, rng, |ring, rng| {
            let land_use = match rng.random_range(0..100) {
                0..78 => "ONT",
                78..92 => "CLN",
                92..96 => "NTS",
                96..98 => "TIN",
                _ => "DGD",
            };
            give(polygon(ring), land_use);
        });
    } else if chance < 0.035 {
        plots(block, rng, |ring, _| give(polygon(ring), "NTD"));
    } else if chance < 0.10 || wave < -1.75 {
        give(polygon(&pond(rng)), "NTS");
    } else {
        let land_use = match rng.random_range(0..100) {
            0..76 => "LUC",
            76..84 => "LUK",
            84..92 => "BHK",
            92..96 => "HNK",
            _ => "CLN",
        };
        strips(block, rng, |ring| give(polygon(ring), land_use));
    }
}

/// Rows of strips, 30 to 60 m deep, divided by ditches of about 1.5 m.
fn strips(block: &Block, rng: &mut ChaCha8Rng, mut give: impl FnMut(&[(f64, f64)])) {
    let (width, height) = block.size;
    let rows = (height / rng.random_range(36.0..58.0)).round().max(1.0);
    let ditch = 1.5 / height;
    for row in 0..rows as usize {
        let (low, high) = (row as f64 / rows, (row as f64 + 1.0) / rows - ditch);
        let depth = (high - low) * height;
        let mut cuts = vec![0.0];
        while let Some(last) = cuts.last().copied().filter(|last| *last < 1.0) {
            let area = rng.random_range(190.0_f64..640.0);
            let next = last + area / depth / width;
            cuts.push(if next > 1.0 - 110.0 / depth / width { 1.0 } else { next });
        }
        let lines: Vec<[(f64, f64); 4]> = cuts
            .iter()
            .map(|s| {
                let edge = *s <= 0.0 || *s >= 1.0;
                let mut bow = |t: f64| {
                    let off = if edge { 0.0 } else { rng.random_range(-0.8..0.8) / width };
                    (s + off, low + (high - low) * t)
                };
                [bow(0.0), bow(0.36), bow(0.68), bow(1.0)]
            })
            .collect();
        for pair in lines.windows(2) {
            let ring: Vec<_> = pair[0].iter().rev().chain(pair[1].iter()).copied().collect();
            give(&ring);
        }
    }
}

/// Plots of 130 to 420 m² by cutting in two again and again.
fn plots(block: &Block, rng: &mut ChaCha8Rng, mut give: impl FnMut(&[(f64, f64)], &mut ChaCha8Rng)) {
    let (width, height) = block.size;
    let mut open = vec![(0.0, 0.0, 1.0, 1.0)];
    let mut done: Vec<(f64, f64, f64, f64)> = Vec::new();
    while let Some((s0, t0, s1, t1)) = open.pop() {
        let (w, h) = ((s1 - s0) * width, (t1 - t0) * height);
        if w * h < rng.random_range(200.0..520.0) {
            done.push((s0, t0, s1, t1));
            continue;
        }
        let part = rng.random_range(0.38..0.62);
        if w > h * 0.8 {
            let s = s0 + (s1 - s0) * part;
            open.extend([(s0, t0, s, t1), (s, t0, s1, t1)]);
        } else {
            let t = t0 + (t1 - t0) * part;
            open.extend([(s0, t0, s1, t), (s0, t, s1, t1)]);
        }
    }
    // Corners of neighbours on a side become vertices of it, so that both bend alike.
    let corners: Vec<(f64, f64)> =
        done.iter().flat_map(|(s0, t0, s1, t1)| [(*s0, *t0), (*s1, *t0), (*s1, *t1), (*s0, *t1)]).collect();
    for (s0, t0, s1, t1) in done {
        let mut ring = Vec::new();
        let mut side = |on: &dyn Fn(&(f64, f64)) -> Option<f64>| {
            let mut found: Vec<(f64, (f64, f64))> =
                corners.iter().filter_map(|c| on(c).map(|k| (k, *c))).collect();
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            found.dedup_by(|a, b| (a.0 - b.0).abs() < 1e-12);
            found.pop();
            ring.extend(found.into_iter().map(|(_, c)| c));
        };
        let same = |a: f64, b: f64| (a - b).abs() < 1e-12;
        side(&|c| (same(c.1, t0) && (s0..=s1).contains(&c.0)).then_some(c.0));
        side(&|c| (same(c.0, s1) && (t0..=t1).contains(&c.1)).then_some(c.1));
        side(&|c| (same(c.1, t1) && (s0..=s1).contains(&c.0)).then_some(-c.0));
        side(&|c| (same(c.0, s0) && (t0..=t1).contains(&c.1)).then_some(-c.1));
        give(&ring, rng);
    }
}

/// A pond that fills most of its block.
fn pond(rng: &mut ChaCha8Rng) -> Vec<(f64, f64)> {
    let steps = 18;
    (0..steps)
        .map(|step| {
            let angle = f64::from(step) / f64::from(steps) * std::f64::consts::TAU;
            let round = |v: f64| v.signum() * v.abs().powf(0.55);
            let reach = rng.random_range(0.43..0.48);
            (0.5 + reach * round(angle.cos()), 0.5 + reach * round(angle.sin()))
        })
        .collect()
}

/// Numbers, communes, areas and holders for a work's pieces.
fn record(work: &mut Work, pieces: Vec<Piece>, communes: &Communes, rng: &mut ChaCha8Rng) -> Vec<Made> {
    let project = work.code.clone();
    let mut numbers = std::collections::HashMap::<String, usize>::new();
    let mut holder = (String::new(), 0usize, 0usize);
    let Some(around) = work.boundary.bounding_rect() else { return Vec::new() };
    let mut made = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let Some(inside) = piece.shape.interior_point() else { continue };
        let Some(unit) = communes.at(inside) else { continue };
        // A sheet covers 500 m by 500 m, counted over the province.
        let cell = |v: f64| ((v + 40_000.0) / 500.0).floor() as usize;
        let sheet = (cell(inside.x()) % 12 + cell(inside.y()) % 12 * 12 + 1).to_string();
        let number = numbers.entry(format!("{unit}/{sheet}")).or_default();
        *number += 1;
        if holder.1 == 0 {
            holder.2 += 1;
            let plots = if matches!(piece.land_use, "LUC" | "LUK" | "BHK" | "HNK") {
                rng.random_range(1..=3)
            } else {
                1
            };
            holder = (people::holder(rng, holder.2), plots, holder.2);
        }
        holder.1 -= 1;
        let geometry = frame::polygons_to_degrees(&piece.shape);
        let computed = geometry.geodesic_area_unsigned();
        let total = computed * (piece.whole / piece.shape.unsigned_area()).max(1.0);
        made.push(Made {
            along: along(work, inside.0, around),
            hard: matches!(piece.land_use, "ONT" | "NTD" | "TIN" | "DGD"),
            parcel: Parcel {
                key: ParcelKey {
                    project: project.clone(),
                    unit: unit.clone(),
                    sheet,
                    number: number.to_string(),
                },
                land_use: piece.land_use.to_owned(),
                total_area: SquareMetres::new(total),
                recovered_area: SquareMetres::new(computed),
                declared_area: Some(SquareMetres::new((total * rng.random_range(0.985..1.015)).round())),
                holder: Some(holder.0.clone()),
                planned_day: None,
                geometry,
            },
        });
    }
    made
}

/// 0 … 1 along the alignment, or from one side of a site to the other.
fn along(work: &Work, point: Coord<f64>, around: Rect<f64>) -> f64 {
    use geo::LineLocatePoint;
    if let Some(line) = &work.alignment {
        return line.line_locate_point(&geo::Point::from(point)).unwrap_or(0.0);
    }
    let (x, y) = (point.x - around.min().x, point.y - around.min().y);
    f64::midpoint(x / around.width(), y / around.height())
}
