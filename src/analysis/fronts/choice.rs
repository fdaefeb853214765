//! Which k pending parcels, once cleared, add the most workable length.
//!
//! Exact, by dynamic programming. What is chosen are disjoint clear-to-be
//! stretches of at least the workable length; a stretch costs the spans over
//! it. The relaxation is exact: the best stretches begin where a span ends (or
//! at the start), end where one begins (or at the end), and any chosen family
//! is clear once its spans are, so no family promises more than there is.
//!
//! A span over two chosen stretches is paid once. With `b` the end of the
//! stretch before, the next stretch `(c, d)` costs the spans that begin in
//! `[b, d)` and end behind `c`: those that begin before `b` and reach `c` lie
//! over the stretch before as well. That is `X(b, c) + N(c, d)`: spans that
//! begin in `[b, c)` and cross `c`, and spans that begin in `[c, d)`.
//!
//! `opened[c][j]` is the best length before a stretch that begins at `c` when
//! its crossing spans are paid, `closed[d][j]` the best with the last stretch
//! ending at `d`, both for at most `j` spans. For n spans and at most k of
//! them: O(n·k²·log n).

use std::{cmp::Reverse, collections::BTreeSet, collections::BinaryHeap};

use crate::domain::Span;

/// The best that a number of cleared spans can give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Which spans, by their place in the list, rising.
    pub spans: Vec<usize>,
    /// Workable decimetres once they are cleared.
    pub workable: u32,
    /// The stretches that are workable then, from the start on.
    pub stretches: Vec<Span>,
}

const NONE: i64 = i64::MIN / 4;

/// A value with where it came from: place of the end or start before, spans still to pay there.
#[derive(Debug, Clone, Copy)]
struct Cell {
    value: i64,
    from: u32,
    left: u32,
}

const EMPTY: Cell = Cell { value: NONE, from: u32::MAX, left: 0 };

/// The best choice of at most 0, 1 … `most` of the pending `spans` over an
/// alignment of `length`, where a clear stretch of at least `least` is
/// workable; all in decimetres. Spans without length block nothing.
pub fn choices(spans: &[Span], length: u32, least: u32, most: usize) -> Vec<Choice> {
    let least = least.clamp(1, length.max(1));
    let table = Table::fill(spans, length, least, most);
    (0..=most).map(|allowed| table.choice(spans, allowed)).collect()
}

struct Table {
    starts: Vec<u32>,
    ends: Vec<u32>,
    /// By start: the best before it, and the best start of its group up to it.
    opened: Vec<Vec<Cell>>,
    group: Vec<Vec<(i64, u32)>>,
    closed: Vec<Vec<Cell>>,
}

impl Table {
    fn fill(spans: &[Span], length: u32, least: u32, most: usize) -> Self {
        let real = || spans.iter().filter(|span| span.from < span.to);
        let mut froms: Vec<u32> = real().map(|span| span.from).collect();
        froms.sort_unstable();
        let chainages = |all: &mut dyn Iterator<Item = u32>, one_more: u32| {
            let mut chainages: Vec<u32> = all.chain([one_more]).collect();
            chainages.sort_unstable();
            chainages.dedup();
            chainages
        };
        let mut starts = chainages(&mut real().map(|span| span.to), 0);
        starts.retain(|start| *start < length);
        // The end at 0 stands for no stretch at all.
        let mut ends = chainages(&mut real().map(|span| span.from).chain([length]), 0);
        ends.retain(|end| *end <= length);
        let before = |chainage: u32| froms.partition_point(|from| *from < chainage);
        let group_of: Vec<usize> = starts.iter().map(|start| before(*start)).collect();
        let mut table = Self {
            opened: Vec::with_capacity(starts.len()),
            group: Vec::with_capacity(starts.len()),
            closed: Vec::with_capacity(ends.len()),
            starts,
            ends,
        };
        let mut crossing = Crossing::new(spans);
        // By number of spans: ends whose value none behind them exceeds.
        let mut stacks: Vec<Vec<(u32, i64)>> = vec![Vec::new(); most + 1];
        let (mut start, mut end) = (0, 0);
        while end < table.ends.len() {
            let next = table.ends[end];
            if start < table.starts.len() && table.starts[start] < next {
                table.open(start, &group_of, &mut crossing, &stacks);
                start += 1;
                continue;
            }
            table.close(end, before(next), &group_of, least, most);
            for (stack, cell) in stacks.iter_mut().zip(&table.closed[end]) {
                while stack.last().is_some_and(|top| top.1 < cell.value) {
                    stack.pop();
                }
                stack.push((end as u32, cell.value));
            }
            end += 1;
        }
        table
    }

    /// The best before a stretch that begins at this start.
    fn open(
        &mut self,
        start: usize,
        group_of: &[usize],
        crossing: &mut Crossing,
        stacks: &[Vec<(u32, i64)>],
    ) {
        let chainage = self.starts[start];
        let most = stacks.len() - 1;
        let froms = crossing.latest(chainage, most + 1);
        let mut cells = vec![EMPTY; most + 1];
        for paid in 0..=most.min(froms.len()) {
            // Ends behind the next crossing span's begin leave just `paid` of them to pay.
            let first = froms.get(paid).map_or(0, |from| self.ends.partition_point(|end| end <= from)) as u32;
            for allowed in paid..=most {
                let stack = &stacks[allowed - paid];
                let Some((end, value)) = stack.get(stack.partition_point(|entry| entry.0 < first)) else {
                    continue;
                };
                if *value > cells[allowed].value {
                    cells[allowed] = Cell { value: *value, from: *end, left: (allowed - paid) as u32 };
                }
            }
        }
        let own = cells.iter().map(|cell| (cell.value - i64::from(chainage), start as u32));
        let mut best: Vec<(i64, u32)> = own.collect();
        if start > 0 && group_of[start - 1] == group_of[start] {
            for (mine, before) in best.iter_mut().zip(&self.group[start - 1]) {
                if before.0 >= mine.0 {
                    *mine = *before;
                }
            }
        }
        self.opened.push(cells);
        self.group.push(best);
    }

    /// The best with a stretch that ends at this end.
    fn close(&mut self, end: usize, before: usize, group_of: &[usize], least: u32, most: usize) {
        let chainage = self.ends[end];
        let nothing = if end == 0 { 0 } else { NONE };
        let mut cells = vec![Cell { value: nothing, ..EMPTY }; most + 1];
        if let Some(latest) = chainage.checked_sub(least) {
            let reach = self.starts.partition_point(|start| *start <= latest);
            for paid in 0..=most.min(before) {
                let group = before - paid;
                let last = reach.min(group_of.partition_point(|other| *other <= group));
                if last == 0 || group_of[last - 1] != group {
                    continue;
                }
                for (left, cell) in cells[paid..].iter_mut().enumerate() {
                    let (value, start) = self.group[last - 1][left];
                    let value = value + i64::from(chainage);
                    if value > cell.value {
                        *cell = Cell { value, from: start, left: left as u32 };
                    }
                }
            }
        }
        self.closed.push(cells);
    }

    fn choice(&self, spans: &[Span], allowed: usize) -> Choice {
        let by_value = |a: &usize, b: &usize| {
            let value = |end: usize| self.closed[end][allowed].value;
            value(*a).cmp(&value(*b)).then(b.cmp(a))
        };
        let mut end = (0..self.ends.len()).max_by(by_value).unwrap_or(0);
        let mut left = allowed;
        let mut stretches: Vec<Span> = Vec::new();
        let workable = self.closed.get(end).map_or(0, |cells| cells[allowed].value.max(0)) as u32;
        while let Some(cell) = self.closed.get(end).map(|cells| cells[left]) {
            if cell.from == u32::MAX {
                break;
            }
            let start = cell.from as usize;
            let (from, to) = (self.starts[start], self.ends[end]);
            match stretches.last_mut() {
                Some(after) if after.from == to => after.from = from,
                _ => stretches.push(Span { from, to }),
            }
            let opened = self.opened[start][cell.left as usize];
            (end, left) = (opened.from as usize, opened.left as usize);
        }
        stretches.reverse();
        let over = |span: &Span| span.from < span.to && stretches.iter().any(|s| s.overlaps(*span));
        let chosen = (0..spans.len()).filter(|chainage| over(&spans[*chainage])).collect();
        Choice { spans: chosen, workable, stretches }
    }
}

/// The spans over a place that moves on.
struct Crossing {
    /// Still to come, the last one first.
    coming: Vec<(u32, u32, u32)>,
    over: BTreeSet<(u32, u32)>,
    leaving: BinaryHeap<Reverse<(u32, u32, u32)>>,
}

impl Crossing {
    fn new(spans: &[Span]) -> Self {
        let real = (0u32..).zip(spans).filter(|(_, span)| span.from < span.to);
        let mut coming: Vec<_> = real.map(|(number, span)| (span.from, number, span.to)).collect();
        coming.sort_unstable_by_key(|entry| Reverse(*entry));
        Self { coming, over: BTreeSet::new(), leaving: BinaryHeap::new() }
    }

    /// The begins of the spans that begin before `place` and end behind it, at most `most`, the latest first.
    fn latest(&mut self, chainage: u32, most: usize) -> Vec<u32> {
        while let Some((from, number, to)) = self.coming.pop_if(|entry| entry.0 < chainage) {
            self.over.insert((from, number));
            self.leaving.push(Reverse((to, from, number)));
        }
        while let Some(Reverse((to, from, number))) = self.leaving.peek().copied() {
            if to > chainage {
                break;
            }
            self.leaving.pop();
            self.over.remove(&(from, number));
        }
        self.over.iter().rev().take(most).map(|(from, _)| *from).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Workable length when `pending` stays.
    fn workable(pending: &[Span], length: u32, least: u32) -> u32 {
        let least = least.clamp(1, length.max(1));
        let clear = |chainage: u32| !pending.iter().any(|s| s.from <= chainage && chainage < s.to);
        let (mut sum, mut run) = (0, 0);
        for chainage in 0..=length {
            if chainage < length && clear(chainage) {
                run += 1;
            } else {
                sum += if run >= least { run } else { 0 };
                run = 0;
            }
        }
        sum
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]
        #[test]
        fn it_is_as_good_as_trying_all_subsets(
            spans in prop::collection::vec((0u32..40, 0u32..14), 0..9),
            length in 20u32..44,
            least in 1u32..16,
        ) {
            let spans: Vec<Span> =
                spans.iter().map(|(from, long)| Span { from: (*from).min(length), to: (from + long).min(length) }).collect();
            let found = choices(&spans, length, least, spans.len());
            for (allowed, choice) in found.iter().enumerate() {
                let best = (0u32..1 << spans.len()).filter(|set| set.count_ones() as usize <= allowed).map(|set| {
                    let stays: Vec<Span> = (0..spans.len()).filter(|n| set >> n & 1 == 0).map(|n| spans[n]).collect();
                    workable(&stays, length, least)
                });
                prop_assert_eq!(choice.workable, best.max().unwrap_or(0));
                prop_assert!(choice.spans.len() <= allowed);
                let stays: Vec<Span> = (0..spans.len()).filter(|n| !choice.spans.contains(n)).map(|n| spans[n]).collect();
                prop_assert_eq!(workable(&stays, length, least), choice.workable);
                prop_assert_eq!(choice.stretches.iter().map(|s| s.length()).sum::<u32>(), choice.workable);
            }
        }
    }

    #[test]
    fn one_parcel_between_two_short_stretches_is_worth_both() {
        // 300 m, a parcel of 20 m, 280 m, a parcel of 100 m, 300 m; workable from 500 m.
        let spans = [Span { from: 3000, to: 3200 }, Span { from: 6000, to: 7000 }];
        let found = choices(&spans, 10_000, 5000, 2);
        assert_eq!((found[0].workable, found[1].workable, found[2].workable), (0, 6800, 10_000));
        assert_eq!(found[1].spans, [1]);
        assert_eq!(found[1].stretches, [Span { from: 3200, to: 10_000 }]);
    }
}
