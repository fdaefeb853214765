//! The decisions that leaders are asked for, by rule: which few parcels open the most land, who is
//! the latest, which obstacle holds the most up.

use std::cmp::Reverse;

use super::{Front, LEAST_AREA_M2, ParcelClock, Sums, Survey, Tally, View, areal_fronts, blockers, clocks};
use crate::{
    atlas::Snapshot,
    domain::{BlockerKind, Day, SquareMetres, law::Act},
};

/// Whose parcels are asked about, which says of whom the answers speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionScope {
    /// Those of many projects and units.
    Many,
    /// Those of one project.
    Project,
    /// Those of one unit.
    Unit,
}

/// Who or what a decision names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Project, by index.
    Project(usize),
    /// Unit, by index.
    Unit(usize),
}

/// The legal deadline that passed the longest ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Longest {
    /// Days since its last day.
    pub days: u64,
    /// The act that was due.
    pub act: Act,
    /// Where the law sets it.
    pub article: Option<String>,
}

/// Something to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Clear the parcels over a gap of an alignment: of all gaps, it opens the most for each parcel.
    Gap {
        /// Project, by index.
        project: usize,
        /// The gap.
        front: Front,
        /// The parcel in the middle of it, by index.
        middle: Option<u32>,
    },
    /// Clear a cluster of parcels: of the site with the most pending land, it opens the most.
    Cluster {
        /// Project, by index.
        project: usize,
        /// Parcels and their recovered area.
        tally: Tally,
        /// Continuous land that it opens.
        gain: SquareMetres,
        /// The parcel in the middle of it, by index.
        middle: Option<u32>,
    },
    /// Who has the most land past its planned day is to say why.
    Late {
        /// Who.
        named: Named,
        /// What is past its planned day.
        late: Tally,
        /// Parcels past a legal deadline.
        overdue: u64,
        /// The worst of them.
        longest: Option<Longest>,
        /// The parcel in the middle of what is past its planned day, by index.
        middle: Option<u32>,
    },
    /// Settle the obstacle that holds the most land up.
    Blocker {
        /// Its kind.
        kind: BlockerKind,
        /// What it holds up.
        tally: Tally,
        /// Where most of it is.
        named: Named,
        /// Parcels there.
        there: u64,
        /// Since when the oldest stands.
        since: Day,
        /// The parcel in the middle of those there, by index.
        middle: Option<u32>,
    },
}

/// What the rules look at.
struct RuleInput<'a> {
    view: &'a View,
    survey: &'a Survey,
    chosen: &'a [u32],
    about: DecisionScope,
}

/// What is to be decided about the parcels of `survey`, of which `chosen` are the indexes: at most three things.
pub fn decisions(view: &View, survey: &Survey, chosen: &[u32], about: DecisionScope) -> Vec<Decision> {
    let input = RuleInput { view, survey, chosen, about };
    [input.gap().or_else(|| input.cluster()), input.late(), input.blocker()].into_iter().flatten().collect()
}

impl RuleInput<'_> {
    fn gap(&self) -> Option<Decision> {
        let fronts = self.view.fronts.iter().enumerate();
        let fronts = fronts.flat_map(|(project, fronts)| fronts.iter().map(move |front| (project, front)));
        let own = fronts.filter(|(_, front)| {
            front.rank.is_some() && front.parcels.iter().any(|parcel| self.survey.holds(*parcel))
        });
        let worth = |front: &Front| f64::from(front.gain) / front.parcels.len().max(1) as f64;
        let best = own.max_by(|a, b| worth(a.1).total_cmp(&worth(b.1)).then(b.0.cmp(&a.0)));
        best.map(|(project, front)| {
            let middle = middle(&self.view.snapshot, front.parcels.iter().copied());
            Decision::Gap { project, front: front.clone(), middle }
        })
    }

    fn cluster(&self) -> Option<Decision> {
        let snapshot = &self.view.snapshot;
        let by_project = self.survey.rows(snapshot.projects().len(), |project, _| project);
        let pending = |sums: &Sums| sums.all.area - sums.cleared.area;
        let site = |index: &usize| snapshot.projects()[*index].length_m.is_none();
        let project = (0..by_project.len()).filter(site).max_by_key(|index| pending(&by_project[*index]))?;
        let entry = &snapshot.projects()[project];
        let least = SquareMetres::new(LEAST_AREA_M2);
        let fronts = areal_fronts(snapshot, entry, self.view.today, least);
        let own = |parcels: &[u32]| parcels.iter().any(|parcel| self.survey.holds(*parcel));
        let mut clusters = fronts.clusters.iter();
        let best = clusters.find(|one| one.gain > SquareMetres::ZERO && own(&one.parcels))?;
        let tally = Tally { parcels: best.parcels.len() as u64, area: best.area };
        let middle = middle(snapshot, best.parcels.iter().copied());
        Some(Decision::Cluster { project, tally, gain: best.gain, middle })
    }

    /// The unit, or in a unit the project, with the most land past its planned day.
    fn late(&self) -> Option<Decision> {
        let (snapshot, day) = (&self.view.snapshot, self.view.today);
        let by_project = self.about == DecisionScope::Unit;
        let count = if by_project { snapshot.projects().len() } else { snapshot.units().len() };
        let rows = self.survey.rows(count, |project, unit| if by_project { project } else { unit });
        let most = (0..count).max_by_key(|row| (rows[*row].late.area, Reverse(*row)))?;
        let sums = rows.get(most).filter(|sums| sums.late.parcels > 0)?;
        let group = |parcel: u32| self.group(parcel, by_project);
        let there: Vec<u32> = self.chosen.iter().copied().filter(|parcel| group(*parcel) == most).collect();
        let running = clocks(snapshot, &there, day, 1);
        let past = |one: &&ParcelClock| one.days_left < 0;
        let longest = running.first().filter(past).map(|one| Longest {
            days: u64::from(one.days_left.unsigned_abs()),
            act: one.term.act,
            article: Some(snapshot.law().clocks()[usize::from(one.term.clock)].article.clone()),
        });
        let named = if by_project { Named::Project(most) } else { Named::Unit(most) };
        let middle = middle(snapshot, there.into_iter().filter(|parcel| snapshot.late_on(*parcel, day)));
        Some(Decision::Late { named, late: sums.late, overdue: sums.overdue.parcels, longest, middle })
    }

    /// The kind of blocker that holds the most land up, and in which project, or of a project in which unit,
    /// most of it is.
    fn blocker(&self) -> Option<Decision> {
        let (snapshot, day) = (&self.view.snapshot, self.view.today);
        let all = blockers(snapshot, self.chosen, day);
        let most = all.into_iter().max_by_key(|blocker| (blocker.tally.area, blocker.tally.parcels))?;
        let by_project = self.about != DecisionScope::Project;
        let mut counts = vec![0u64; snapshot.projects().len().max(snapshot.units().len())];
        let mut since: Option<Day> = None;
        for parcel in self.chosen {
            let standing = snapshot.blockers(*parcel).iter();
            let standing = standing.filter(|blocker| blocker.kind == most.kind && blocker.stands_on(day));
            if let Some(first) = standing.map(|blocker| blocker.opened).min() {
                counts[self.group(*parcel, by_project)] += 1;
                since = Some(since.map_or(first, |day| day.min(first)));
            }
        }
        let group = (0..counts.len()).max_by_key(|at| (counts[*at], Reverse(*at)))?;
        let named = if by_project { Named::Project(group) } else { Named::Unit(group) };
        let stands = |parcel: u32| {
            let mut all = snapshot.blockers(parcel).iter();
            all.any(|blocker| blocker.kind == most.kind && blocker.stands_on(day))
        };
        let there = self.chosen.iter().copied();
        let middle = middle(
            snapshot,
            there.filter(|parcel| stands(*parcel) && self.group(*parcel, by_project) == group),
        );
        Some(Decision::Blocker {
            kind: most.kind,
            tally: most.tally,
            named,
            there: counts[group],
            since: since?,
            middle,
        })
    }

    fn group(&self, parcel: u32, by_project: bool) -> usize {
        let columns = self.view.snapshot.parcels();
        if by_project { columns.project(parcel) } else { self.view.unit_of(parcel) }
    }
}

/// The parcel whose middle is the nearest to that of all of them.
fn middle(snapshot: &Snapshot, parcels: impl Iterator<Item = u32>) -> Option<u32> {
    let group = |parcel: u32| {
        let [west, south, east, north] =
            snapshot.parcels().arena().shape(parcel as usize).extent().to_degrees();
        (parcel, [f64::midpoint(west, east), f64::midpoint(south, north)])
    };
    let all: Vec<(u32, [f64; 2])> = parcels.map(group).collect();
    let mean = |axis: usize| all.iter().map(|(_, at)| at[axis]).sum::<f64>() / all.len() as f64;
    let (x, y) = (mean(0), mean(1));
    let away = |at: [f64; 2]| (at[0] - x).hypot(at[1] - y);
    all.iter().min_by(|a, b| away(a.1).total_cmp(&away(b.1))).map(|(parcel, _)| *parcel)
}
