//! Patches: what a map shows where a tile would hold too many parcels to be told apart.
//!
//! Parcels of one project and one unit whose middles lie in one cell, eight pixels wide, become one patch. Its outline
//! is theirs, to half a pixel, without the borders between them. Of each act it tells the day on which it had come for
//! half of its land or more, so that a patch stands, on any day, where at least half of it stands. What ended (was
//! withdrawn, split, merged) stays a parcel of its own.

use std::ops::Range;

use super::{
    drawing::{Drawing, Part, each},
    grid::EXTENT,
    outline::Outline,
    rows::{ABSENT, AREA, FIELDS, PATCH_EXTENT, Row},
};

/// Parcels from which a tile of the overview is made of patches: what is compressed takes some nine bytes each.
pub const MOST: usize = 12_000;
/// The first zoom of which tiles hold parcels, however many: nearer ones are drawn from it too.
pub const NEAR: u8 = 16;

/// Bits of a cell's side in tile units.
const CELL: i32 = 6;
/// Bits by which the grid of patches is coarser than that of parcels.
const COARSER: i32 = (EXTENT / PATCH_EXTENT).ilog2() as i32;
/// Patches that one processor makes at a time.
const PATCHES: usize = 512;
/// Where the days of the acts, the day of the end and the counted states stand among a parcel's attributes.
const DAYS: Range<usize> = 13..22;
const ENDED: usize = FIELDS - 1;
const STATES: Range<usize> = 9..12;

/// A parcel and the patch that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    /// Cell, project and unit.
    patch: (u16, u16, u16, u16),
    part: u32,
    place: u32,
}

/// What patches are made in.
#[derive(Debug, Default)]
pub struct Gathering {
    members: Vec<Member>,
    /// The patches.
    pub patches: Drawing,
    /// The parcels that belong to none.
    pub rest: Drawing,
}

impl Gathering {
    /// Makes patches of the parcels of one tile.
    pub fn gather(&mut self, drawn: &Drawing) {
        self.members.clear();
        let [rest] = self.rest.begin(1) else { return };
        for (number, part) in (0..).zip(drawn.parts()) {
            for (place, row) in (0..).zip(&part.rows) {
                if row.cells[ENDED] == ABSENT {
                    let patch = patch_of(row, part, place);
                    self.members.push(Member { patch, part: number, place });
                } else {
                    rest.push(*row, part.shape(place as usize));
                }
            }
        }
        self.members.sort_unstable();
        let groups: Vec<&[Member]> = self.members.chunk_by(|one, other| one.patch == other.patch).collect();
        let runs: Vec<&[&[Member]]> = groups.chunks(PATCHES).collect();
        each(self.patches.begin(runs.len()), |number, made| {
            let mut outline = Outline::default();
            for group in runs[number] {
                let rings = group.iter().flat_map(|member| {
                    drawn.parts()[member.part as usize].shape(member.place as usize).map(|(_, ring)| ring)
                });
                outline.around(rings, COARSER);
                made.push(summed(drawn, group), outline.rings().map(|ring| (false, ring)));
            }
        });
    }
}

fn patch_of(row: &Row, part: &Part, place: u32) -> (u16, u16, u16, u16) {
    let (mut low, mut high) = ((i32::MAX, i32::MAX), (i32::MIN, i32::MIN));
    for &(x, y) in part.shape(place as usize).flat_map(|(_, ring)| ring) {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    // The margin of a tile is one cell wide.
    let cell = |low: i32, high: i32| ((low.midpoint(high) >> CELL) + 1).max(0) as u16;
    (cell(low.1, high.1), cell(low.0, high.0), row.cells[0] as u16, row.cells[1] as u16)
}

/// What a patch says of its parcels.
fn summed(drawn: &Drawing, group: &[Member]) -> Row {
    let rows = || group.iter().map(|member| &drawn.parts()[member.part as usize].rows[member.place as usize]);
    let mut cells = [ABSENT; FIELDS];
    let (mut id, mut land) = (u32::MAX, 0u64);
    cells[2] = group.len() as u32;
    cells[3..6].fill(0);
    for row in rows() {
        id = id.min(row.id);
        land += u64::from(row.cells[AREA]);
        cells[..2].copy_from_slice(&row.cells[..2]);
        cells[3..6].iter_mut().zip(&row.cells[STATES]).for_each(|(count, state)| *count += state);
    }
    let mut came: Vec<(u32, u64)> = Vec::with_capacity(group.len());
    for (day, act) in cells[6..].iter_mut().zip(DAYS) {
        came.clear();
        came.extend(rows().map(|row| (row.cells[act], u64::from(row.cells[AREA]))));
        came.retain(|(day, _)| *day != ABSENT);
        came.sort_unstable();
        let mut done = 0;
        let half = came.iter().find(|(_, area)| {
            done += area;
            done * 2 >= land
        });
        *day = half.map_or(ABSENT, |(day, _)| *day);
    }
    Row { id, cells }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(id: u32, area: u32, reached: Option<u32>, (x, y): (i32, i32)) -> (Row, Vec<(i32, i32)>) {
        let mut cells = [ABSENT; FIELDS];
        cells[..13].fill(0);
        cells[AREA] = area;
        cells[DAYS.start] = 20_000;
        cells[DAYS.start + 1] = reached.unwrap_or(ABSENT);
        (Row { id, cells }, vec![(x, y), (x + 16, y), (x + 16, y + 16), (x, y + 16)])
    }

    #[test]
    fn a_patch_stands_where_half_of_its_land_stands_and_is_told_with_the_number_of_its_parcels() {
        let mut drawn = Drawing::default();
        let [part] = drawn.begin(1) else { panic!("a part") };
        let mut blocked = parcel(4, 100, Some(20_300), (16, 0));
        blocked.0.cells[9] = 1;
        let mut ended = parcel(9, 100, None, (32, 0));
        ended.0.cells[ENDED] = 20_500;
        let all = [
            parcel(7, 300, Some(20_200), (0, 0)),
            blocked,
            parcel(5, 399, None, (0, 16)),
            ended,
            parcel(6, 50, None, (640, 0)),
        ];
        for (row, ring) in &all {
            part.push(*row, std::iter::once((false, &ring[..])));
        }
        let mut gathering = Gathering::default();
        gathering.gather(&drawn);
        let [one, other] = gathering.patches.rows().collect::<Vec<_>>()[..] else { panic!("two patches") };
        assert_eq!((one.id, one.cells[2], one.cells[3]), (4, 3, 1));
        // 300 of 799 by the first day, 400 by the second.
        assert_eq!(one.cells[6..9], [20_000, 20_300, ABSENT]);
        assert_eq!((other.id, other.cells[2], other.cells[7]), (6, 1, ABSENT));
        assert_eq!(gathering.rest.rows().map(|row| row.id).collect::<Vec<_>>(), [9]);
        let rings: Vec<_> = gathering.patches.parts()[0].shape(0).map(|(_, ring)| ring.to_vec()).collect();
        assert_eq!(rings, [vec![(8, 0), (8, 4), (4, 4), (4, 8), (0, 8), (0, 0)]], "one outline around three");
    }
}
