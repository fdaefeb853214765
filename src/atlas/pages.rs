//! Pages: what events change, in blocks of 1 024 parcels, so that a new
//! snapshot copies just the blocks that an event touches.

use std::sync::Arc;

use crate::domain::{BlockerKind, Day, StageDays, Vnd};

/// Parcels a page.
pub const PAGE: usize = 1024;

/// Something that stands, or stood, in the way of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocker {
    /// What it is.
    pub kind: BlockerKind,
    /// First day.
    pub opened: Day,
    /// Day on which it was settled.
    pub closed: Option<Day>,
}

impl Blocker {
    /// Whether it stood in the way on `day`.
    pub fn stands_on(&self, day: Day) -> bool {
        self.opened <= day && self.closed.is_none_or(|closed| day < closed)
    }
}

/// 1 024 parcels' changing columns.
#[derive(Debug, Clone, Default)]
pub struct Page {
    days: Vec<StageDays>,
    /// Thousands of đồng: steps of compensation tables, and half the memory.
    money: Vec<u32>,
    blockers: Vec<(u16, Blocker)>,
}

/// All pages.
#[derive(Debug, Clone, Default)]
pub struct Pages(Vec<Arc<Page>>);

impl Pages {
    /// Adds parcels with these days and money (thousands of đồng) behind the last.
    pub fn extend(&mut self, mut days: &[StageDays], mut money: &[u32]) {
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
            (days, money) = (&days[part..], &money[part..]);
        }
    }

    /// The days of the parcel at `index`.
    pub fn days(&self, index: u32) -> StageDays {
        self.0[index as usize / PAGE].days[index as usize % PAGE]
    }

    /// The money approved for the parcel at `index`.
    pub fn money(&self, index: u32) -> Vnd {
        Vnd(u64::from(self.0[index as usize / PAGE].money[index as usize % PAGE]) * 1000)
    }

    /// The blockers of the parcel at `index`, in the order in which they were opened.
    pub fn blockers(&self, index: u32) -> impl Iterator<Item = &Blocker> {
        let (page, offset) = (&self.0[index as usize / PAGE], (index as usize % PAGE) as u16);
        let start = page.blockers.partition_point(|(other, _)| *other < offset);
        page.blockers[start..].iter().take_while(move |(other, _)| *other == offset).map(|(_, b)| b)
    }

    fn page_mut(&mut self, index: u32) -> (&mut Page, usize) {
        (Arc::make_mut(&mut self.0[index as usize / PAGE]), index as usize % PAGE)
    }

    /// Changes the days of the parcel at `index`.
    pub fn days_mut(&mut self, index: u32) -> &mut StageDays {
        let (page, offset) = self.page_mut(index);
        &mut page.days[offset]
    }

    /// Sets the money approved for the parcel at `index`, rounded to thousands.
    pub fn set_money(&mut self, index: u32, money: Vnd) {
        let (page, offset) = self.page_mut(index);
        page.money[offset] = u32::try_from((money.0 + 500) / 1000).unwrap_or(u32::MAX);
    }

    /// Adds a blocker.
    pub fn open_blocker(&mut self, index: u32, blocker: Blocker) {
        let (page, offset) = self.page_mut(index);
        let offset = offset as u16;
        let at = page.blockers.partition_point(|(other, _)| *other <= offset);
        page.blockers.insert(at, (offset, blocker));
    }

    /// Closes the last open blocker of this kind, if there is one.
    pub fn close_blocker(&mut self, index: u32, kind: BlockerKind, day: Day) {
        let (page, offset) = self.page_mut(index);
        let offset = offset as u16;
        let open =
            |(other, b): &&mut (u16, Blocker)| *other == offset && b.kind == kind && b.closed.is_none();
        if let Some((_, blocker)) = page.blockers.iter_mut().rev().find(open) {
            blocker.closed = Some(day);
        }
    }

    /// Bytes, roughly.
    pub fn bytes(&self) -> usize {
        let page =
            |page: &Arc<Page>| page.days.len() * 18 + page.money.len() * 4 + page.blockers.len() * 12 + 96;
        self.0.iter().map(page).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_copies_one_page_and_leaves_the_old_one_alone() {
        let mut old = Pages::default();
        let (days, money) = (vec![StageDays::default(); 1500], vec![0; 1500]);
        old.extend(&days, &money);
        old.extend(&days, &money);
        assert_eq!(old.0.iter().map(|page| page.days.len()).collect::<Vec<_>>(), [1024, 1024, 952]);
        let mut new = old.clone();
        let day = Day::from_number(20_000).unwrap();
        new.open_blocker(2000, Blocker { kind: BlockerKind::Price, opened: day, closed: None });
        new.set_money(2000, Vnd(1_500_400));
        assert_eq!(new.money(2000), Vnd(1_500_000));
        assert_eq!(new.blockers(2000).count(), 1);
        assert_eq!(old.blockers(2000).count(), 0);
        assert!(Arc::ptr_eq(&old.0[0], &new.0[0]) && !Arc::ptr_eq(&old.0[1], &new.0[1]));
        new.close_blocker(2000, BlockerKind::Price, day.plus(3));
        let blocker = *new.blockers(2000).next().unwrap();
        assert!(blocker.stands_on(day) && !blocker.stands_on(day.plus(3)));
    }
}
