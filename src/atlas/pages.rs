//! Pages: what events change, in blocks of 1 024 parcels, so that a new
//! snapshot copies just the blocks that an event touches.

use std::sync::{Arc, OnceLock};

use crate::domain::{
    Day, LedgerPosition, Marks, StageDays, Vnd,
    law::{Moment, Steady},
};

/// Parcels a page.
pub const PAGE: usize = 1024;

/// What events say about one parcel.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Days of the stages.
    pub days: StageDays,
    /// Money approved.
    pub money: Vnd,
    /// Last position that touched it.
    pub version: LedgerPosition,
    /// What few parcels have.
    pub marks: Option<Arc<Marks>>,
}

/// 1 024 parcels' changing columns.
#[derive(Debug, Clone, Default)]
pub struct Page {
    days: Vec<StageDays>,
    /// Thousands of đồng: steps of compensation tables, and half the memory.
    money: Vec<u32>,
    /// Positions; a ledger that outgrows 32 bits outgrows this program first.
    versions: Vec<u32>,
    /// By parcel, rising.
    marks: Vec<(u16, Arc<Marks>)>,
    /// Whether a parcel of the page does not exist at all times.
    bounded: bool,
    steady: Spells,
}

/// What presses the parcels of a page, by the time between two changes of the law, once it was asked for; of those that
/// came later or were touched since it is not known.
#[derive(Debug, Clone, Default)]
struct Spells(OnceLock<Vec<OnceLock<Vec<Steady>>>>);

/// All pages.
#[derive(Debug, Clone, Default)]
pub struct Pages(Vec<Arc<Page>>);

impl Pages {
    /// Adds parcels in these states behind the last; money in thousands of đồng.
    pub fn extend(&mut self, mut days: &[StageDays], mut money: &[u32], mut versions: &[u32]) {
        while !days.is_empty() {
            if self.0.last().is_none_or(|page| page.days.len() == PAGE) {
                self.0.push(Arc::default());
            }
            let Some(page) = self.0.last_mut().map(Arc::make_mut) else { return };
            let part = (PAGE - page.days.len()).min(days.len());
            page.days.reserve_exact(part);
            page.days.extend_from_slice(&days[..part]);
            page.money.reserve_exact(part);
            page.money.extend_from_slice(&money[..part]);
            page.versions.reserve_exact(part);
            page.versions.extend_from_slice(&versions[..part]);
            (days, money, versions) = (&days[part..], &money[part..], &versions[part..]);
        }
    }

    /// The first `len` parcels; whole pages are shared.
    #[must_use]
    pub fn first(&self, len: usize) -> Self {
        let mut pages: Vec<Arc<Page>> = self.0.iter().take(len.div_ceil(PAGE)).cloned().collect();
        if let (Some(last), rest @ 1..) = (pages.last_mut(), len % PAGE) {
            let page = Arc::make_mut(last);
            page.days.truncate(rest);
            page.money.truncate(rest);
            page.versions.truncate(rest);
            page.marks.retain(|(offset, _)| usize::from(*offset) < rest);
            page.steady.known().for_each(|steady| steady.truncate(rest));
        }
        Self(pages)
    }

    /// The days of the parcel at `index`.
    pub fn days(&self, index: u32) -> StageDays {
        self.0[index as usize / PAGE].days[index as usize % PAGE]
    }

    /// The money approved for the parcel at `index`.
    pub fn money(&self, index: u32) -> Vnd {
        Vnd(u64::from(self.0[index as usize / PAGE].money[index as usize % PAGE]) * 1000)
    }

    /// The last position that touched the parcel at `index`.
    pub fn version(&self, index: u32) -> LedgerPosition {
        LedgerPosition(u64::from(self.0[index as usize / PAGE].versions[index as usize % PAGE]))
    }

    /// What the parcel at `index` has beside its stages, if anything.
    pub fn marks(&self, index: u32) -> Option<&Marks> {
        let (page, offset) = (&self.0[index as usize / PAGE], (index as usize % PAGE) as u16);
        let at = page.marks.binary_search_by_key(&offset, |(other, _)| *other).ok()?;
        Some(&page.marks[at].1)
    }

    /// What is known of what presses the parcel at `index` at a moment; `find` finds it for all parcels of a page at
    /// once.
    pub fn steady(
        &self,
        index: u32,
        moment: Moment,
        find: impl FnOnce(std::ops::Range<u32>) -> Vec<Steady>,
    ) -> Steady {
        let (number, offset) = (index as usize / PAGE, index as usize % PAGE);
        let page = &self.0[number];
        let first = (number * PAGE) as u32;
        let all = page.steady.0.get_or_init(|| vec![OnceLock::new(); moment.spells]);
        let known = all[moment.spell].get_or_init(|| find(first..first + page.days.len() as u32));
        known.get(offset).copied().unwrap_or(Steady::UNKNOWN)
    }

    /// Whether the parcel at `index` counts on `day`.
    pub fn exists_on(&self, index: u32, day: Day) -> bool {
        !self.0[index as usize / PAGE].bounded || self.marks(index).is_none_or(|marks| marks.exists_on(day))
    }

    /// Brings parcels into these states, indexes rising: each page that someone else reads is copied once.
    pub fn set_all(&mut self, states: Vec<(u32, State)>) {
        let mut states = states.into_iter().peekable();
        while let Some((index, _)) = states.peek() {
            let number = *index as usize / PAGE;
            let page = Arc::make_mut(&mut self.0[number]);
            let mut marks: Vec<(u16, Option<Arc<Marks>>)> = Vec::new();
            while let Some((index, state)) = states.next_if(|(index, _)| *index as usize / PAGE == number) {
                let offset = index as usize % PAGE;
                page.days[offset] = state.days;
                page.money[offset] = thousands(state.money);
                page.versions[offset] = u32::try_from(state.version.0).unwrap_or(u32::MAX);
                marks.push((offset as u16, state.marks));
                page.forget(offset);
            }
            page.remark(marks);
        }
    }

    /// Sets what the parcel at `index` has beside its stages.
    pub fn mark(&mut self, index: u32, marks: Option<Arc<Marks>>) {
        let offset = (index as usize % PAGE) as u16;
        let page = Arc::make_mut(&mut self.0[index as usize / PAGE]);
        page.forget(usize::from(offset));
        let found = page.marks.binary_search_by_key(&offset, |(other, _)| *other);
        match (found, marks) {
            (Ok(at), Some(marks)) => page.marks[at].1 = marks,
            (Ok(at), None) => drop(page.marks.remove(at)),
            (Err(at), Some(marks)) => page.marks.insert(at, (offset, marks)),
            (Err(_), None) => {}
        }
        page.bound();
    }

    /// Bytes, roughly.
    pub fn bytes(&self) -> usize {
        let page = |page: &Arc<Page>| {
            let marks = |marks: &Marks| 240 + marks.blockers.len() * 12;
            page.days.len() * 26 + page.marks.iter().map(|(_, m)| marks(m)).sum::<usize>() + 160
        };
        self.0.iter().map(page).sum()
    }

    /// Bytes of what is known to press parcels.
    pub fn steady_bytes(&self) -> usize {
        self.0.iter().map(|page| page.steady.bytes()).sum()
    }
}

impl Spells {
    fn known(&mut self) -> impl Iterator<Item = &mut Vec<Steady>> {
        self.0.get_mut().into_iter().flatten().filter_map(OnceLock::get_mut)
    }

    fn bytes(&self) -> usize {
        let known = self.0.get().into_iter().flatten().filter_map(OnceLock::get);
        known.map(|steady| steady.len() * size_of::<Steady>()).sum()
    }
}

impl Page {
    /// What presses a parcel is not known any more.
    fn forget(&mut self, offset: usize) {
        self.steady
            .known()
            .filter_map(|steady| steady.get_mut(offset))
            .for_each(|one| *one = Steady::UNKNOWN);
    }

    /// Sets what parcels have beside their stages, by offset rising.
    fn remark(&mut self, marks: Vec<(u16, Option<Arc<Marks>>)>) {
        let mut old = std::mem::take(&mut self.marks).into_iter().peekable();
        for (offset, marks) in marks {
            self.marks.extend(std::iter::from_fn(|| old.next_if(|(other, _)| *other < offset)));
            drop(old.next_if(|(other, _)| *other == offset));
            self.marks.extend(marks.map(|marks| (offset, marks)));
        }
        self.marks.extend(old);
        self.bound();
    }

    fn bound(&mut self) {
        self.bounded = self.marks.iter().any(|(_, marks)| marks.began.is_some() || marks.ended.is_some());
    }
}

/// Thousands of đồng.
pub fn thousands(money: Vnd) -> u32 {
    u32::try_from((money.0 + 500) / 1000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_copies_one_page_and_leaves_the_old_one_alone() {
        let mut old = Pages::default();
        let (days, money) = (vec![StageDays::default(); 1500], vec![0; 1500]);
        old.extend(&days, &money, &money);
        old.extend(&days, &money, &money);
        assert_eq!(old.0.iter().map(|page| page.days.len()).collect::<Vec<_>>(), [1024, 1024, 952]);
        let mut new = old.clone();
        let day = Day::from_number(20_000).unwrap();
        let marks = Arc::new(Marks { ended: Some(day), ..Marks::default() });
        let (money, version) = (Vnd(1_500_400), LedgerPosition(9));
        new.set_all(vec![(2000, State { days: StageDays::default(), money, version, marks: Some(marks) })]);
        assert_eq!((new.money(2000), new.version(2000)), (Vnd(1_500_000), version));
        assert!(new.exists_on(2000, day.plus(-1)) && !new.exists_on(2000, day) && old.exists_on(2000, day));
        assert!(Arc::ptr_eq(&old.0[0], &new.0[0]) && !Arc::ptr_eq(&old.0[1], &new.0[1]));
        // All at once is the same as one by one.
        let state = |index: u32| State {
            days: StageDays::default(),
            money: Vnd(u64::from(index) * 1000),
            version: LedgerPosition(u64::from(index)),
            marks: index.is_multiple_of(3).then(|| Arc::new(Marks { ended: Some(day), ..Marks::default() })),
        };
        let (mut one, mut all) = (new.clone(), new.clone());
        let chosen: Vec<u32> = (0..3000).filter(|index| index % 7 < 4 || *index > 2500).collect();
        chosen.iter().for_each(|index| one.set_all(vec![(*index, state(*index))]));
        all.set_all(chosen.iter().map(|index| (*index, state(*index))).collect());
        for index in 0..3000 {
            let known = |pages: &Pages| {
                (
                    pages.money(index),
                    pages.version(index),
                    pages.marks(index).cloned(),
                    pages.exists_on(index, day),
                )
            };
            assert_eq!(known(&one), known(&all), "{index}");
        }
        new.mark(2000, None);
        assert!(new.exists_on(2000, day) && new.marks(2000).is_none());
    }

    #[test]
    fn what_presses_is_found_once_a_page_and_unknown_of_what_was_touched_or_came_since() {
        let found = std::cell::Cell::new(0);
        let known = Steady { since: Day::FIRST, until: Day::LAST, pressing: None };
        let find = |page: std::ops::Range<u32>| {
            found.set(found.get() + 1);
            vec![known; page.len()]
        };
        let moment = Moment { day: Day::FIRST, spell: 1, spells: 2 };
        let (days, zeros) = (vec![StageDays::default(); 1500], vec![0; 1500]);
        let mut old = Pages::default();
        old.extend(&days, &zeros, &zeros);
        for index in [0, 1023, 1024, 1499] {
            assert_eq!(old.steady(index, moment, find), known);
        }
        assert_eq!(found.get(), 2);
        let mut new = old.clone();
        new.set_all(vec![(7, State::default()), (1400, State::default())]);
        new.mark(8, None);
        new.extend(&days, &zeros, &zeros);
        let unknown: Vec<u32> =
            (0..3000).filter(|index| !new.steady(*index, moment, find).holds_on(Day::FIRST)).collect();
        let expected: Vec<u32> = [7, 8, 1400].into_iter().chain(1500..2048).collect();
        assert_eq!(unknown, expected, "the page behind them is new and found as a whole");
        assert_eq!((old.steady(7, moment, find), found.get()), (known, 3));
        // Other parcels take the places of those that an earlier state does not know.
        let mut earlier = old.first(1200);
        earlier.extend(&days, &zeros, &zeros);
        assert!(
            earlier.steady(1199, moment, find).holds_on(Day::FIRST)
                && !earlier.steady(1200, moment, find).holds_on(Day::FIRST)
        );
    }
}
