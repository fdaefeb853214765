//! The snapshot: one state of the ledger, readable from any thread.

use std::sync::Arc;

use super::{
    arena::Shape,
    pages::{PAGE, Pages},
    parcels::Parcels,
    project::{ProjectEntry, UnitEntry},
    tables::Tables,
    world::Extent,
};
use crate::domain::{
    Blocker, BranchStay, Day, LedgerPosition, Level, Marks, Stage, StageDays, Standing, Vnd,
    law::{CaseFile, Law, Moment, Pressing, RunningClock},
};

/// Everything known at one ledger position.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) position: LedgerPosition,
    pub(super) head: [u8; 32],
    pub(super) tables: Arc<Tables>,
    pub(super) parcels: Parcels,
    pub(super) pages: Pages,
}

impl Snapshot {
    pub(super) fn new(
        position: LedgerPosition,
        head: [u8; 32],
        tables: Tables,
        parcels: Parcels,
        pages: Pages,
    ) -> Self {
        Self { position, head, tables: Arc::new(tables), parcels, pages }
    }

    /// Position of the last event that it knows.
    pub fn position(&self) -> LedgerPosition {
        self.position
    }

    /// Hash of that event.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// The law.
    pub fn law(&self) -> &Arc<Law> {
        &self.tables.law
    }

    /// Units, in the order of their numbers.
    pub fn units(&self) -> &[Arc<UnitEntry>] {
        &self.tables.units
    }

    /// Projects, in the order of their numbers.
    pub fn projects(&self) -> &[Arc<ProjectEntry>] {
        &self.tables.projects
    }

    /// Names of projects, each with its code.
    pub fn project_names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.projects().iter().map(|entry| (entry.project.name.as_str(), entry.project.code.as_str()))
    }

    /// Names of units, each with its code, and whether it is a commune that exists on `day`.
    pub fn unit_names(&self, day: Day) -> impl Iterator<Item = (&str, &str, bool)> {
        self.units().iter().map(move |entry| {
            let unit = &entry.unit;
            (unit.name.as_str(), unit.code.as_str(), unit.level == Level::Commune && unit.exists_on(day))
        })
    }

    /// Boundary of the project at `index`; without rings when it has none.
    pub fn project_shape(&self, index: usize) -> Shape<'_> {
        self.tables.project_places.shapes.shape(index)
    }

    /// Boundary of the unit at `index`; without rings when it has none.
    pub fn unit_shape(&self, index: usize) -> Shape<'_> {
        self.tables.unit_places.shapes.shape(index)
    }

    /// Index of the project with this code.
    pub fn project_by_code(&self, code: &str) -> Option<usize> {
        self.projects().iter().position(|entry| entry.project.code.as_str() == code)
    }

    /// Index of the unit with this code on `day`, or of the last one that had it.
    pub fn unit_by_code(&self, code: &str, day: Day) -> Option<usize> {
        let named = || self.units().iter().enumerate().filter(|(_, entry)| entry.unit.code.as_str() == code);
        let found = named().find(|(_, entry)| entry.unit.exists_on(day));
        found.or_else(|| named().max_by_key(|(_, entry)| entry.unit.valid_from)).map(|(index, _)| index)
    }

    /// What imports wrote about the parcels.
    pub fn parcels(&self) -> &Parcels {
        &self.parcels
    }

    /// Place of the law under which a parcel's project began.
    pub fn law_index(&self, parcel: u32) -> usize {
        self.tables.project_laws[self.parcels.project(parcel)]
    }

    /// A parcel's file as the law sees it.
    pub fn file(&self, parcel: u32) -> CaseFile<'_> {
        self.file_of(parcel, self.days(parcel), self.marks(parcel))
    }

    /// As [`Snapshot::file`], of what was looked up already.
    pub fn file_of<'a>(&'a self, parcel: u32, days: StageDays, marks: Option<&'a Marks>) -> CaseFile<'a> {
        let law = self.law();
        CaseFile {
            days,
            facts: marks.map_or(&[], |marks| &marks.facts),
            land: law.land_group(self.parcels.land_use(parcel)),
            early: marks.is_some_and(|marks| marks.early),
            resettles: marks.is_some_and(Marks::resettles),
            choice: law.choice(|| self.projects()[self.parcels.project(parcel)].project.code.as_str()),
        }
    }

    /// The days on which a parcel reached its stages.
    pub fn days(&self, parcel: u32) -> StageDays {
        self.pages.days(parcel)
    }

    /// Money approved for a parcel, rounded to thousands of đồng.
    pub fn money(&self, parcel: u32) -> Vnd {
        self.pages.money(parcel)
    }

    /// A parcel's blockers, past ones too.
    pub fn blockers(&self, parcel: u32) -> &[Blocker] {
        self.pages.marks(parcel).map_or(&[], |marks| &marks.blockers)
    }

    /// A parcel's side branches, past ones too.
    pub fn branches(&self, parcel: u32) -> &[BranchStay] {
        self.pages.marks(parcel).map_or(&[], |marks| &marks.branches)
    }

    /// What a parcel has beside its stages, if anything.
    pub fn marks(&self, parcel: u32) -> Option<&Marks> {
        self.pages.marks(parcel)
    }

    /// Last position of the ledger that touched a parcel; 0 = only its listing did.
    pub fn version(&self, parcel: u32) -> LedgerPosition {
        self.pages.version(parcel)
    }

    /// Whether a parcel counts on `day`: not yet withdrawn, split or merged, and formed already.
    pub fn exists_on(&self, parcel: u32, day: Day) -> bool {
        self.pages.exists_on(parcel, day)
    }

    /// Đồng paid for a parcel up to `day`: its payments, or all of it once the stage says so.
    pub fn paid_on(&self, parcel: u32, day: Day) -> u64 {
        let payments = self.marks(parcel).map_or(&[][..], |marks| &marks.payments);
        if payments.is_empty() {
            return if self.days(parcel).reached(Stage::Paid, day) { self.money(parcel).0 } else { 0 };
        }
        payments.iter().filter(|(on, _)| *on <= day).map(|(_, amount)| amount.0).sum()
    }

    /// Whether something stood in a parcel's way on `day`.
    pub fn blocked_on(&self, parcel: u32, day: Day) -> bool {
        self.exists_on(parcel, day) && self.blockers(parcel).iter().any(|blocker| blocker.stands_on(day))
    }

    /// Where a parcel stood on `day`; none before it was listed and when it does not count.
    pub fn stage_on(&self, parcel: u32, day: Day) -> Option<Standing> {
        self.days(parcel).standing(day).filter(|_| self.exists_on(parcel, day))
    }

    /// As [`Snapshot::clock`], in short: looked up where it was worked out for another day on which nothing was
    /// different.
    pub fn pressing(&self, parcel: u32, moment: Moment) -> Option<Pressing> {
        if !self.exists_on(parcel, moment.day) {
            return None;
        }
        self.pressing_of(parcel, moment, |law| {
            law.pressing(&self.file(parcel), moment.day).map(Pressing::from)
        })
    }

    /// What presses a parcel that counts; `find` finds it where it is not known.
    pub fn pressing_of(
        &self,
        parcel: u32,
        moment: Moment,
        find: impl FnOnce(&Law) -> Option<Pressing>,
    ) -> Option<Pressing> {
        let law = self.law();
        let steady = |parcel: u32| law.steady(&self.file(parcel), moment.day);
        let known = self.pages.steady(parcel, moment, |page| page.map(steady).collect());
        if known.holds_on(moment.day) { known.pressing } else { find(law) }
    }

    /// Finds what pressed all parcels around a day, so that nobody waits for it. O(parcels).
    pub fn find_pressing(&self, day: Day) {
        let moment = self.law().moment(day);
        // One parcel of a page finds it for all of them.
        for parcel in (0..self.parcels.len() as u32).step_by(PAGE) {
            self.pressing_of(parcel, moment, |_| None);
        }
    }

    /// The most pressing legal deadline that ran for a parcel on `day`.
    pub fn clock(&self, parcel: u32, day: Day) -> Option<RunningClock> {
        self.law().pressing(&self.file(parcel), day).filter(|_| self.exists_on(parcel, day))
    }

    /// The day by which a parcel is planned to be handed over: as last changed, else its own, else its project's.
    pub fn planned_day(&self, parcel: u32) -> Option<Day> {
        let own = self.own_planned_day(parcel);
        own.or_else(|| self.projects()[self.parcels.project(parcel)].project.required_day)
    }

    /// The day by which a parcel itself is planned to be handed over.
    pub fn own_planned_day(&self, parcel: u32) -> Option<Day> {
        self.marks(parcel).and_then(|marks| marks.planned).or_else(|| self.parcels.planned_day(parcel))
    }

    /// Whether a parcel was past its planned day and not handed over on `day`.
    pub fn late_on(&self, parcel: u32, day: Day) -> bool {
        self.planned_day(parcel).is_some_and(|planned| planned < day)
            && !self.days(parcel).reached(Stage::HandedOver, day)
            && self.exists_on(parcel, day)
    }

    /// Whether a legal deadline had passed without its stage on `day`.
    pub fn overdue_on(&self, parcel: u32, day: Day) -> bool {
        self.pressing(parcel, self.law().moment(day)).is_some_and(|term| term.due < day)
    }

    /// Parcels whose extent touches `extent`, indexes rising.
    pub fn parcels_in(&self, extent: Extent) -> Vec<u32> {
        let found: Vec<u32> = self.parcels.touching(extent).map(|(index, _)| index).collect();
        if found.len() < self.parcels.len() / 64 {
            return sorted(found);
        }
        // Many are put in order by a bit for each parcel: no comparing.
        let mut bits = vec![0u64; self.parcels.len().div_ceil(64)];
        found.iter().for_each(|index| bits[*index as usize / 64] |= 1 << (index % 64));
        let mut rising = Vec::with_capacity(found.len());
        for (word, mut rest) in (0u32..).zip(bits) {
            while rest != 0 {
                rising.push(word * 64 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        rising
    }

    /// As [`Snapshot::parcels_in`]; none as soon as there are more than `most`.
    pub fn few_parcels_in(&self, extent: Extent, most: usize) -> Option<Vec<u32>> {
        let all = self.parcels.touching(extent);
        let found: Vec<u32> = all.map(|(index, _)| index).take(most + 1).collect();
        (found.len() <= most).then(|| sorted(found))
    }

    /// Projects whose extent touches `extent`, indexes rising.
    pub fn projects_in(&self, extent: Extent) -> Vec<u32> {
        sorted(self.tables.project_places.index.touching(extent).map(|(index, _)| index).collect())
    }

    /// Units whose extent touches `extent`, indexes rising.
    pub fn units_in(&self, extent: Extent) -> Vec<u32> {
        sorted(self.tables.unit_places.index.touching(extent).map(|(index, _)| index).collect())
    }

    /// Bytes in memory, roughly, by what they are of.
    pub fn memory(&self) -> [(&'static str, usize); 7] {
        let [shapes, columns, texts, index] = self.parcels.memory();
        let projects = self.projects().iter().map(|entry| entry.parcels.capacity() * 4);
        let units = self.units().iter().map(|entry| entry.parcels.capacity() * 4);
        [
            ("shapes", shapes),
            ("columns", columns),
            ("texts", texts),
            ("index", index),
            ("stages", self.pages.bytes()),
            ("deadlines", self.pages.steady_bytes()),
            ("lists", projects.chain(units).sum()),
        ]
    }

    /// Bytes in memory, roughly.
    pub fn bytes(&self) -> usize {
        self.memory().iter().map(|(_, bytes)| bytes).sum()
    }
}

fn sorted(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers
}
