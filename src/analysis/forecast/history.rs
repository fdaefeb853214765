//! What the ledger says about the time that stages take.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;

use super::survival::{Durations, Survival};
use crate::{
    atlas::Snapshot,
    domain::{Day, Stage},
};

/// Tables that are looked into for each parcel and each run: keys are our own, so that nobody can make them collide.
pub type HashMap<K, V> = std::collections::HashMap<K, V, FixedState>;
type HashSet<T> = std::collections::HashSet<T, FixedState>;

/// Decisions (a stage reached by a project on a day) from which a curve of its own is drawn.
const OWN_CURVE: usize = 40;

/// Decisions without which the time in a stage is not known.
pub const FEWEST_DECISIONS: usize = 5;

/// Decisions that weigh as much as all other projects together on how slow a project is.
const PRIOR_DECISIONS: f64 = 6.0;

/// How much a project's slowness may change from its past to its future: the standard deviation of its
/// logarithm. `matbang backtest` shows whether the bands hold.
const DRIFT: f64 = 0.06;

/// How much the time of one stage differs from project to project beside their slowness: the standard
/// deviation of its logarithm. What few projects have gone through is known by as few examples.
const STAGE_SPREAD: f64 = 0.6;

/// Spread of projects' slowness where too few are known to measure it: as a standard deviation of the logarithm.
const UNKNOWN_SPREAD: f64 = 0.3;

/// Rounds in which curves and slowness are measured by each other.
const ROUNDS: usize = 3;

/// Parcels that are looked at; in a larger province every second, third … one.
const MOST_PARCELS: usize = 150_000;

/// A parcel's wait in a stage: from the stage where it stands, by law, in a kind of land and unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Wait {
    procedure: usize,
    stage: Stage,
    /// Only waits during which something stood in the way; else all of them: nobody knows beforehand
    /// which wait will be hindered.
    hindered: bool,
    /// Symbol of the land use.
    land_use: Option<u32>,
    unit: Option<usize>,
}

/// A parcel's wait as it was seen.
struct Spell {
    project: usize,
    sheet: u32,
    wait: Wait,
    hindered: bool,
    days: u16,
    /// Day of the next stage; none while it goes on.
    left: Option<Day>,
}

#[derive(Debug, Default)]
struct Cases {
    durations: Durations,
    decisions: HashSet<(usize, Day)>,
}

/// How slow a project is beside the province: its times are the province's times this factor.
#[derive(Debug, Clone, Copy)]
pub struct Slowness {
    /// Logarithm of the factor.
    pub log: f64,
    /// Standard deviation of the logarithm.
    pub spread: f64,
}

/// The times that stages took in the whole province, known on a day.
#[derive(Debug)]
pub struct History {
    /// In days of a project that is neither fast nor slow.
    curves: HashMap<Wait, Survival>,
    /// By procedure and stage: the stages that came next, with how often.
    next: HashMap<(usize, Stage), Vec<(Stage, u32)>>,
    /// By procedure and stage: the chance that a parcel moves together with the others of its sheet.
    together: HashMap<(usize, Stage), f64>,
    slowness: Vec<Slowness>,
    /// By procedure and stage: projects that left it.
    examples: HashMap<(usize, Stage), usize>,
}

/// The stages of a parcel reached by `day`, in the order of their days.
pub fn reached(snapshot: &Snapshot, parcel: u32, day: Day) -> Vec<(Stage, Day)> {
    let days = snapshot.days(parcel);
    let on = |stage: Stage| Some((stage, days.get(stage).filter(|on| *on <= day)?));
    let mut all: Vec<_> = Stage::ALL.into_iter().filter_map(on).collect();
    // Stable: stages of one day stay in the order of their numbers.
    all.sort_by_key(|(_, on)| *on);
    // Nothing comes behind the handover, whatever papers follow.
    if let Some(end) = all.iter().position(|(stage, _)| *stage == Stage::HandedOver) {
        all.truncate(end + 1);
    }
    all
}

/// Whether something stood in a parcel's way between two days.
fn hindered(snapshot: &Snapshot, parcel: u32, from: Day, to: Day) -> bool {
    snapshot.blockers(parcel).iter().any(|b| b.opened <= to && b.closed.is_none_or(|closed| closed > from))
}

impl History {
    /// What was known on `day` about all parcels. O(parcels).
    pub fn of(snapshot: &Snapshot, day: Day) -> Self {
        let (spells, next) = spells(snapshot, day);
        let slowness = vec![Slowness { log: 0.0, spread: UNKNOWN_SPREAD }; snapshot.projects().len()];
        let mut history = Self {
            curves: HashMap::default(),
            next,
            together: HashMap::default(),
            slowness,
            examples: examples(&spells),
        };
        for _ in 0..ROUNDS {
            history.measure_curves(&spells);
            history.measure_slowness(&spells);
        }
        history.measure_curves(&spells);
        history.measure_together(&spells);
        history
    }

    /// A spell's days in a project that is neither fast nor slow.
    fn plain_days(&self, spell: &Spell) -> f64 {
        f64::from(spell.days) / self.slowness[spell.project].log.exp()
    }

    fn measure_curves(&mut self, spells: &[Spell]) {
        let mut cases: HashMap<Wait, Cases> = HashMap::default();
        for spell in spells {
            let days = self.plain_days(spell).round().min(f64::from(u16::MAX)) as u16;
            let hindered = spell.hindered.then_some(Wait { hindered: true, ..spell.wait });
            for wait in [Some(spell.wait), hindered].into_iter().flatten().flat_map(coarser) {
                let cases = cases.entry(wait).or_default();
                cases.durations.add(days, spell.left.is_some());
                if let Some(on) = spell.left {
                    cases.decisions.insert((spell.project, on));
                }
            }
        }
        let enough = |(wait, cases): (&Wait, &Cases)| {
            let least = if wait.land_use.is_some() { OWN_CURVE } else { FEWEST_DECISIONS };
            if cases.decisions.len() < least {
                return None;
            }
            Some((*wait, Survival::estimate(&cases.durations)?))
        };
        self.curves = cases.iter().filter_map(enough).collect();
    }

    /// The factor at which each project would have been expected to leave as many stages as it did. Parcels
    /// that move by one decision count once, so that thousands of them do not feign certainty.
    fn measure_slowness(&mut self, spells: &[Spell]) {
        let mut decisions: HashSet<(usize, Stage, Day)> = HashSet::default();
        let mut by_project: Vec<Vec<&Spell>> = vec![Vec::new(); self.slowness.len()];
        let mut counts = vec![0.0; self.slowness.len()];
        for spell in spells {
            by_project[spell.project].push(spell);
            let new = |on: Day| decisions.insert((spell.project, spell.wait.stage, on));
            counts[spell.project] += f64::from(u8::from(spell.left.is_some_and(new)));
        }
        let factor = |spells: &Vec<&Spell>| self.factor(spells).ln();
        let logs: Vec<f64> = by_project.iter().map(factor).collect();
        let known: Vec<f64> =
            logs.iter().zip(&counts).filter(|(_, count)| **count >= 20.0).map(|(log, _)| *log).collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let variance = known.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / known.len().max(1) as f64;
        let spread = if known.len() < 3 { UNKNOWN_SPREAD } else { variance.sqrt().clamp(0.05, 0.8) };
        for ((slowness, log), count) in self.slowness.iter_mut().zip(logs).zip(counts) {
            let own = count / (count + PRIOR_DECISIONS);
            slowness.log = (log - mean) * own;
            slowness.spread = (spread * spread * (1.0 - own) + DRIFT * DRIFT).sqrt();
        }
    }

    /// By bisection: the more time a project takes the fewer stages it is expected to leave.
    fn factor(&self, spells: &[&Spell]) -> f64 {
        let left = spells.iter().filter(|spell| spell.left.is_some()).count() as f64;
        if left == 0.0 {
            return 1.0;
        }
        let curves: Vec<_> =
            spells.iter().filter_map(|s| Some((f64::from(s.days), self.curve(s.wait)?))).collect();
        let (mut low, mut high) = (0.2f64, 5.0f64);
        for _ in 0..16 {
            let middle = (low * high).sqrt();
            let expected: f64 = curves.iter().map(|(days, curve)| curve.hazard(days / middle)).sum();
            if expected > left { low = middle } else { high = middle }
        }
        (low * high).sqrt()
    }

    /// How alike the waits of one sheet's parcels are: the intraclass correlation, by analysis of variance, of
    /// the shares of the province's waits that were shorter.
    fn measure_together(&mut self, spells: &[Spell]) {
        let mut groups: HashMap<(usize, Stage), Sheets> = HashMap::default();
        for spell in spells.iter().filter(|spell| spell.left.is_some()) {
            let Some(curve) = self.curve(spell.wait) else { continue };
            let sheets = groups.entry((spell.wait.procedure, spell.wait.stage)).or_default();
            let shorter = 1.0 - curve.after(self.plain_days(spell));
            sheets.entry((spell.project, spell.sheet)).or_default().push(shorter);
        }
        // Each parcel follows its sheet's draw with this chance: two of them with its square.
        let share = |sheets: Sheets| {
            let groups: Vec<Vec<f64>> = sheets.into_values().collect();
            alike(&groups).unwrap_or(UNKNOWN_ALIKE).clamp(0.0, 1.0).sqrt()
        };
        self.together = groups.into_iter().map(|(key, sheets)| (key, share(sheets))).collect();
    }

    /// The chance that a parcel leaves a stage together with the others of its sheet.
    pub fn together(&self, procedure: usize, stage: Stage) -> f64 {
        self.together.get(&(procedure, stage)).copied().unwrap_or(UNKNOWN_ALIKE.sqrt())
    }

    fn curve(&self, wait: Wait) -> Option<&Survival> {
        coarser(wait).into_iter().find_map(|wait| self.curves.get(&wait))
    }

    /// How long `parcel` stays in `stage`, or in one where something is in its way: by its kind of land
    /// and unit where enough is known, else in the province. None where nearly nothing is.
    pub fn time_in(
        &self,
        snapshot: &Snapshot,
        parcel: u32,
        stage: Stage,
        hindered: bool,
    ) -> Option<&Survival> {
        let wait = Wait {
            procedure: snapshot.law_index(parcel),
            stage,
            hindered,
            land_use: Some(snapshot.parcels().land_use_symbol(parcel)),
            unit: Some(snapshot.parcels().unit(parcel)),
        };
        self.curve(wait).or_else(|| self.curve(Wait { hindered: false, ..wait }))
    }

    /// The same for every stage, by number, where nothing is in the way yet.
    pub fn times(&self, snapshot: &Snapshot, parcel: u32) -> [Option<&Survival>; 9] {
        Stage::ALL.map(|stage| self.time_in(snapshot, parcel, stage, false))
    }

    /// The stages that came after `stage` under a procedure, with how often.
    pub fn next(&self, procedure: usize, stage: Stage) -> &[(Stage, u32)] {
        self.next.get(&(procedure, stage)).map_or(&[], Vec::as_slice)
    }

    /// How uncertain the time of a stage is: the standard deviation of its logarithm.
    pub fn uncertainty(&self, procedure: usize, stage: Stage) -> f64 {
        let examples = self.examples.get(&(procedure, stage)).copied().unwrap_or(1);
        STAGE_SPREAD / (examples as f64).sqrt()
    }

    /// How slow a project is.
    pub fn slowness(&self, project: usize) -> Slowness {
        self.slowness[project]
    }
}

/// By project and sheet, shares of the province's waits that were shorter.
/// In order, so that sums over them are the same each time.
type Sheets = BTreeMap<(usize, u32), Vec<f64>>;

/// By procedure and stage, how many projects left it.
fn examples(spells: &[Spell]) -> HashMap<(usize, Stage), usize> {
    let left = spells.iter().filter(|spell| spell.left.is_some());
    let seen: HashSet<_> =
        left.map(|spell| (spell.wait.procedure, spell.wait.stage, spell.project)).collect();
    let mut counts = HashMap::default();
    seen.into_iter().for_each(|(procedure, stage, _)| *counts.entry((procedure, stage)).or_default() += 1);
    counts
}

type Next = HashMap<(usize, Stage), Vec<(Stage, u32)>>;

/// All waits seen by `day`, and what came after each stage.
fn spells(snapshot: &Snapshot, day: Day) -> (Vec<Spell>, Next) {
    let mut next: HashMap<(usize, Stage), HashMap<Stage, u32>> = HashMap::default();
    let mut spells: Vec<Spell> = Vec::new();
    let every = snapshot.parcels().len().div_ceil(MOST_PARCELS).max(1);
    for parcel in (0..snapshot.parcels().len() as u32).step_by(every) {
        if !snapshot.exists_on(parcel, day) {
            continue;
        }
        let stages = reached(snapshot, parcel, day);
        let procedure = snapshot.law_index(parcel);
        for (index, (stage, on)) in stages.iter().enumerate() {
            if *stage == Stage::HandedOver {
                break;
            }
            let after = stages.get(index + 1);
            let end = after.map_or(day, |(_, on)| *on);
            if let Some((after, _)) = after {
                *next.entry((procedure, *stage)).or_default().entry(*after).or_default() += 1;
            }
            let columns = snapshot.parcels();
            spells.push(Spell {
                project: columns.project(parcel),
                sheet: columns.sheet_symbol(parcel),
                wait: Wait {
                    procedure,
                    stage: *stage,
                    hindered: false,
                    land_use: Some(columns.land_use_symbol(parcel)),
                    unit: Some(columns.unit(parcel)),
                },
                hindered: hindered(snapshot, parcel, *on, end),
                days: u16::try_from(end.since(*on).max(0)).unwrap_or(u16::MAX),
                left: after.map(|(_, on)| *on),
            });
        }
    }
    let sorted = |(key, counts): ((usize, Stage), HashMap<Stage, u32>)| {
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable_by_key(|(stage, _)| stage.number());
        (key, counts)
    };
    (spells, next.into_iter().map(sorted).collect())
}

/// How alike waits of one sheet are taken to be where too few are known.
const UNKNOWN_ALIKE: f64 = 0.5;

/// Intraclass correlation of groups by analysis of variance; none for fewer than five groups.
fn alike(groups: &[Vec<f64>]) -> Option<f64> {
    let (count, all) = (groups.len() as f64, groups.iter().map(Vec::len).sum::<usize>() as f64);
    if groups.len() < 5 || all <= count {
        return None;
    }
    let mean = groups.iter().flatten().sum::<f64>() / all;
    let (mut between, mut within, mut squares) = (0.0, 0.0, 0.0);
    for group in groups {
        let size = group.len() as f64;
        let own = group.iter().sum::<f64>() / size;
        between += size * (own - mean).powi(2);
        within += group.iter().map(|value| (value - own).powi(2)).sum::<f64>();
        squares += size * size;
    }
    let (between, within) = (between / (count - 1.0), within / (all - count));
    let size = (all - squares / all) / (count - 1.0);
    let sum = between + (size - 1.0) * within;
    (sum > 0.0).then(|| (between - within) / sum)
}

/// The wait itself, then with less and less told apart.
fn coarser(wait: Wait) -> Vec<Wait> {
    let land = Wait { unit: None, ..wait };
    let plain = Wait { land_use: None, ..land };
    vec![wait, land, plain]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_move_as_one_are_alike() {
        let same: Vec<Vec<f64>> = (0..6).map(|n| vec![f64::from(n); 4]).collect();
        assert!((alike(&same).unwrap() - 1.0).abs() < 1e-9);
        let mixed: Vec<Vec<f64>> = (0..6).map(|_| vec![0.0, 1.0, 2.0, 3.0]).collect();
        assert!(alike(&mixed).unwrap() < 0.0);
        assert!(alike(&same[..3]).is_none());
    }
}
