//! Parcels of a file that claim the same land.
//!
//! All parcels are kept as whole numbers on a grid of about a tenth of a millimetre, 8 bytes a corner, in flat lists:
//! a million of them take some hundred megabytes, whatever else the file says of them. Once all are there, strips from
//! north to south are gone through, on all processors: in each, parcels in the order of their southern edges are
//! compared with those that begin before they end.

mod apart;

use std::sync::atomic::{AtomicUsize, Ordering};

use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon, Polygon};

use super::{area::area_of, report::Overlap};
use apart::{Corner, are_plainly_apart};

/// Overlaps below are drawing inaccuracy: m², and share of the smaller parcel.
const OVERLAP_M2: f64 = 0.5;
const OVERLAP_SHARE: f64 = 0.0001;

/// Units of the grid in a degree.
const GRID: f64 = 1e9;
/// A parcel's corners are counted from the corner of a tile of so many bits.
const TILE: u32 = 24;
/// m² of a square unit of the grid, at most.
const UNIT_M2: f64 = 0.000_112 * 0.000_112;
/// Numbers in a list; a new one is begun so that none is ever moved.
const LIST: usize = 1 << 20;
/// Rings up to this many corners are compared edge by edge.
const MOST_CORNERS: usize = 64;
/// The width of a strip, in widths of a parcel.
const WIDTHS: f64 = 4.0;
/// A parcel that lies in more strips is compared with all others.
const MOST_STRIPS: i64 = 64;

/// West, south, east, north in degrees, rounded outwards.
type Reach = [f32; 4];

/// The parcels of a file, where they lie.
#[derive(Debug, Default)]
pub struct Places {
    /// Of each shape: tile, number of rings, for each its length, then its corners without the closing one.
    lists: Vec<Vec<i32>>,
    /// List and place in it.
    starts: Vec<u32>,
    reaches: Vec<Reach>,
}

impl Places {
    /// Adds the next parcel. Rings are closed, outer ones counter-clockwise.
    pub fn add(&mut self, area: &MultiPolygon<f64>) {
        let size: usize = area.iter().flat_map(rings).map(|ring| 2 * ring.0.len() + 1).sum();
        if self.lists.last().is_none_or(|list| list.len() + size + 3 > list.capacity() || list.len() >= LIST)
        {
            self.lists.push(Vec::with_capacity(LIST.max(size + 3)));
        }
        let index = self.lists.len() - 1;
        let list = &mut self.lists[index];
        self.starts.push(((index as u32) << 20) | list.len() as u32);
        let first = area.iter().flat_map(rings).find_map(|ring| ring.0.first()).copied().unwrap_or_default();
        let tile = on_grid(first).map(|number| number >> TILE);
        let origin = tile.map(|number| number << TILE);
        list.push(((tile[0] as i32) << 16) | (tile[1] as i32 & 0xFFFF));
        list.push(area.iter().flat_map(rings).count() as i32);
        let mut reach = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for (polygon, ring) in area.iter().flat_map(|polygon| rings(polygon).map(move |ring| (polygon, ring)))
        {
            let corners = &ring.0[..ring.0.len().saturating_sub(1)];
            // A hole is told by its sign.
            let is_outer = std::ptr::eq(ring, polygon.exterior());
            list.push(if is_outer { corners.len() as i32 } else { -(corners.len() as i32) });
            for corner in corners {
                // A parcel that reaches farther than two degrees is none; its corners are held back at the edge.
                let [x, y] = on_grid(*corner);
                let inside = |number: i64| number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
                list.extend([inside(x - origin[0]), inside(y - origin[1])]);
                reach = [
                    reach[0].min(corner.x),
                    reach[1].min(corner.y),
                    reach[2].max(corner.x),
                    reach[3].max(corner.y),
                ];
            }
        }
        let [west, south, east, north] = reach.map(|edge| edge as f32);
        self.reaches.push([west.next_down(), south.next_down(), east.next_up(), north.next_up()]);
    }

    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The numbers of a parcel's shape.
    fn shape(&self, parcel: u32) -> Shape<'_> {
        let start = self.starts[parcel as usize];
        let list = &self.lists[(start >> 20) as usize];
        Shape(&list[(start & 0xF_FFFF) as usize..])
    }

    /// Pairs that claim the same land, in the order of the parcels; `name` names each, and `done` hears how many were
    /// looked at.
    pub fn overlaps(&self, name: &(dyn Fn(u32) -> String + Sync), done: &mut dyn FnMut(u64)) -> Vec<Overlap> {
        let strips = Strips::of(&self.reaches);
        let next = AtomicUsize::new(0);
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if self.len() < 256 { 1 } else { threads };
        let mut pairs: Vec<(u32, u32, f64)> = std::thread::scope(|scope| {
            let work = || {
                let mut found = Vec::new();
                loop {
                    let strip = next.fetch_add(1, Ordering::Relaxed);
                    let Some(members) = strips.members(strip) else { return found };
                    self.within(&strips, strip, members, &mut found);
                }
            };
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut found = Vec::new();
            loop {
                let strip = next.fetch_add(1, Ordering::Relaxed);
                let Some(members) = strips.members(strip) else { break };
                self.within(&strips, strip, members, &mut found);
                done((strip as u64 * self.len() as u64) / strips.len().max(1) as u64);
            }
            for other in others {
                found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            found
        });
        pairs.sort_unstable_by_key(|(a, b, _)| (*a, *b));
        pairs.into_iter().map(|(a, b, area_m2)| Overlap { a: name(a), b: name(b), area_m2 }).collect()
    }

    /// Compares the parcels of a strip with each other; those of the last one, which are wide, with all.
    fn within(&self, strips: &Strips, strip: usize, members: &[u32], found: &mut Vec<(u32, u32, f64)>) {
        let is_wide = strip + 1 == strips.len();
        for (index, &first) in members.iter().enumerate() {
            let reach = &self.reaches[first as usize];
            let mut pair = Pair { places: self, first, outline: Vec::new(), other: Vec::new() };
            let touches = |beside: &Reach| {
                beside[0] <= reach[2]
                    && reach[0] <= beside[2]
                    && beside[1] <= reach[3]
                    && reach[1] <= beside[3]
            };
            if is_wide {
                let others = (0..).zip(&self.reaches).filter(|(other, beside)| {
                    touches(beside) && (*other > first || *other != first && !strips.is_wide(beside))
                });
                found.extend(others.filter_map(|(other, _)| pair.overlap(other)));
                continue;
            }
            for &other in &members[index + 1..] {
                let beside = &self.reaches[other as usize];
                if beside[1] > reach[3] {
                    break;
                }
                if touches(beside) && strips.is_home(strip, reach, beside) {
                    found.extend(pair.overlap(other));
                }
            }
        }
    }
}

/// A parcel that others are compared with.
struct Pair<'p> {
    places: &'p Places,
    first: u32,
    /// Its one ring, once it was asked for.
    outline: Vec<Corner>,
    /// Room for that of another.
    other: Vec<Corner>,
}

impl Pair<'_> {
    fn overlap(&mut self, other: u32) -> Option<(u32, u32, f64)> {
        if self.outline.is_empty() {
            self.places.shape(self.first).outline(&mut self.outline);
        }
        self.other.clear();
        self.places.shape(other).outline(&mut self.other);
        let (a, b) = (&self.outline, &self.other);
        let is_plain = !a.is_empty() && !b.is_empty();
        if is_plain && (are_slightly_together(a, b) || are_plainly_apart(a, b)) {
            return None;
        }
        let (low, high) = (self.first.min(other), self.first.max(other));
        let area = overlap(&self.places.shape(low).area(), &self.places.shape(high).area())?;
        Some((low, high, area))
    }
}

/// The rings of a polygon, the outer one first.
fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

fn on_grid(corner: Coord<f64>) -> Corner {
    [(corner.x * GRID).round() as i64, (corner.y * GRID).round() as i64]
}

/// Whether the box that both reach into has less land than an overlap that counts.
fn are_slightly_together(a: &[Corner], b: &[Corner]) -> bool {
    let side = |axis: usize| {
        let reach = |ring: &[Corner]| {
            ring.iter().fold((i64::MAX, i64::MIN), |(low, high), c| (low.min(c[axis]), high.max(c[axis])))
        };
        let (a, b) = (reach(a), reach(b));
        (a.1.min(b.1) - a.0.max(b.0)).max(0) as f64
    };
    side(0) * side(1) * UNIT_M2 <= OVERLAP_M2
}

/// m² that two parcels have in common, if it is more than drawings stray.
fn overlap(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Option<f64> {
    let common = a.intersection(b);
    if common.unsigned_area() <= 0.0 {
        return None;
    }
    let area = area_of(&common);
    let smaller = area_of(a).min(area_of(b));
    (area > OVERLAP_M2 && area > OVERLAP_SHARE * smaller).then(|| (area * 100.0).round() / 100.0)
}

/// A parcel's numbers; see [`Places::lists`].
#[derive(Clone, Copy)]
struct Shape<'a>(&'a [i32]);

impl<'a> Shape<'a> {
    fn origin(self) -> Corner {
        let tile = self.0[0];
        [i64::from(tile >> 16) << TILE, i64::from(tile as i16) << TILE]
    }

    /// Its rings as (is an outer one, numbers of the corners).
    fn rings(self) -> impl Iterator<Item = (bool, &'a [i32])> {
        let (count, mut rest) = (self.0[1], &self.0[2..]);
        (0..count).map(move |_| {
            let length = rest[0];
            let (corners, after) = rest[1..].split_at(2 * length.unsigned_abs() as usize);
            rest = after;
            (length > 0, corners)
        })
    }

    fn corners(self, ring: &'a [i32]) -> impl Iterator<Item = Corner> + 'a {
        let [x, y] = self.origin();
        let (pairs, _) = ring.as_chunks::<2>();
        pairs.iter().map(move |pair| [x + i64::from(pair[0]), y + i64::from(pair[1])])
    }

    /// Its one ring; nothing where it has several or a long one.
    fn outline(self, ring: &mut Vec<Corner>) {
        if let (1, Some((true, corners))) = (self.0[1], self.rings().next())
            && corners.len() <= 2 * MOST_CORNERS
        {
            ring.extend(self.corners(corners));
        }
    }

    fn area(self) -> MultiPolygon<f64> {
        let mut polygons: Vec<Polygon<f64>> = Vec::new();
        for (is_outer, ring) in self.rings() {
            let degrees = |corner: Corner| Coord { x: corner[0] as f64 / GRID, y: corner[1] as f64 / GRID };
            let line: LineString<f64> = self.corners(ring).map(degrees).collect();
            match polygons.last_mut() {
                Some(polygon) if !is_outer => polygon.interiors_push(line),
                _ => polygons.push(Polygon::new(line, Vec::new())),
            }
        }
        MultiPolygon::new(polygons)
    }
}

/// Strips from north to south, and the parcels of each in the order of their southern edges. The last strip is none: it
/// has the parcels that are too wide for the others.
struct Strips {
    west: f64,
    width: f64,
    count: i64,
    starts: Vec<usize>,
    members: Vec<u32>,
}

impl Strips {
    fn of(reaches: &[Reach]) -> Self {
        let mut widths: Vec<f32> =
            reaches.iter().step_by(reaches.len() / 1000 + 1).map(|r| r[2] - r[0]).collect();
        widths.sort_unstable_by(f32::total_cmp);
        let median = widths.get(widths.len() / 2).map_or(1.0, |width| f64::from(*width));
        let west = reaches.iter().map(|reach| f64::from(reach[0])).fold(f64::INFINITY, f64::min);
        let east = reaches.iter().map(|reach| f64::from(reach[2])).fold(f64::NEG_INFINITY, f64::max);
        // No more strips than parcels.
        let width = (median * WIDTHS).max((east - west) / (reaches.len() as f64 + 1.0)).max(1e-9);
        let count = (((east - west) / width) as i64 + 1).max(1) + 1;
        let mut strips = Self { west, width, count, starts: Vec::new(), members: Vec::new() };
        let mut sizes = vec![0_usize; count as usize + 1];
        for reach in reaches {
            strips.touched(reach).for_each(|strip| sizes[strip as usize + 1] += 1);
        }
        (1..sizes.len()).for_each(|strip| sizes[strip] += sizes[strip - 1]);
        strips.starts.clone_from(&sizes);
        strips.members = vec![0; sizes.last().copied().unwrap_or_default()];
        for (parcel, reach) in (0..).zip(reaches) {
            for strip in strips.touched(reach) {
                strips.members[sizes[strip as usize]] = parcel;
                sizes[strip as usize] += 1;
            }
        }
        for strip in 0..count as usize {
            let range = strips.starts[strip]..strips.starts[strip + 1];
            let south = |parcel: &u32| reaches[*parcel as usize][1];
            strips.members[range].sort_unstable_by(|a, b| south(a).total_cmp(&south(b)).then(a.cmp(b)));
        }
        strips
    }

    fn len(&self) -> usize {
        self.count as usize
    }

    fn strip(&self, x: f32) -> i64 {
        (((f64::from(x) - self.west) / self.width) as i64).clamp(0, self.count - 2)
    }

    fn is_wide(&self, reach: &Reach) -> bool {
        self.strip(reach[2]) - self.strip(reach[0]) >= MOST_STRIPS
    }

    fn touched(&self, reach: &Reach) -> std::ops::RangeInclusive<i64> {
        if self.is_wide(reach) {
            return self.count - 1..=self.count - 1;
        }
        self.strip(reach[0])..=self.strip(reach[2])
    }

    fn members(&self, strip: usize) -> Option<&[u32]> {
        Some(&self.members[*self.starts.get(strip)?..*self.starts.get(strip + 1)?])
    }

    /// A pair is looked at where the eastern one of the two begins.
    fn is_home(&self, strip: usize, a: &Reach, b: &Reach) -> bool {
        self.strip(a[0].max(b[0])) == strip as i64
    }
}
