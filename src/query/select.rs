//! Which features of the view a filter means: the R-tree first where it says
//! where, then all processors.

use super::{
    collection::Collection,
    filter::{BoundFilter, Filter, FilterError},
    rows::Rows,
};
use crate::{analysis::View, atlas::Extent};

/// Features below which threads cost more than they save.
const FEW: usize = 40_000;

/// Indexes of the features that exist on the view's day and for which `filter` holds, rising.
///
/// # Errors
/// [`FilterError`] when comparing with the filter's geometry would cost too much.
pub fn select(view: &View, collection: Collection, filter: &Filter) -> Result<Vec<u32>, FilterError> {
    select_on(&Rows::of(view), collection, filter)
}

/// As [`select`], for where and on which day `rows` look.
///
/// # Errors
/// [`FilterError`] when comparing with the filter's geometry would cost too much.
pub fn select_on(rows: &Rows<'_>, collection: Collection, filter: &Filter) -> Result<Vec<u32>, FilterError> {
    let view = rows.view;
    let bound = filter.bind(collection, view, rows.today);
    let all = collection.extent(view).map_or(Extent::EMPTY, Extent::from_degrees);
    let covers = |extent: Extent| extent.holds_all(all);
    let extent = bound.extent().filter(|extent| !covers(*extent));
    if extent.is_some_and(Extent::is_empty) {
        return Ok(Vec::new());
    }
    let found = match extent.and_then(|extent| collection.indexes(view, extent)) {
        Some(candidates) => holding(rows, &bound, &candidates),
        None => holding_all(rows, &bound, collection.len(view) as u32),
    };
    bound.check().map(|()| found)
}

fn holding(rows: &Rows<'_>, bound: &BoundFilter, candidates: &[u32]) -> Vec<u32> {
    let test = |part: &[u32]| {
        let scratch = BoundFilter::scratch();
        part.iter().copied().filter(|index| bound.holds(rows, *index, &scratch)).collect()
    };
    let parts: Vec<&[u32]> = candidates.chunks(part_of(candidates.len())).collect();
    joined(&parts, |part| test(part))
}

fn holding_all(rows: &Rows<'_>, bound: &BoundFilter, count: u32) -> Vec<u32> {
    let step = part_of(count as usize) as u32;
    let parts: Vec<_> =
        (0..count).step_by(step as usize).map(|from| from..(from + step).min(count)).collect();
    joined(&parts, |part| {
        let scratch = BoundFilter::scratch();
        part.clone().filter(|index| bound.holds(rows, *index, &scratch)).collect()
    })
}

fn part_of(count: usize) -> usize {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if count < FEW { count.max(1) } else { count.div_ceil(threads) }
}

/// The results of all parts, one after the other, each made on a thread of its own.
fn joined<P: Sync>(parts: &[P], make: impl Fn(&P) -> Vec<u32> + Sync) -> Vec<u32> {
    let [first, others @ ..] = parts else { return Vec::new() };
    std::thread::scope(|scope| {
        let make = &make;
        let threads: Vec<_> = others.iter().map(|part| scope.spawn(move || make(part))).collect();
        let mut all = make(first);
        for thread in threads {
            match thread.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
