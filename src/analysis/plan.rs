//! The planned line of any set of parcels.
//!
//! A parcel with a planned day of its own counts whole on that day; others
//! follow their project's curve. Parcels with neither are not in the plan.

use crate::{
    atlas::Snapshot,
    domain::{Day, PlanCurve},
};

/// Tenths of m² by day, for days that lie near each other.
#[derive(Debug, Clone, Default)]
struct ByDay {
    first: u16,
    sums: Vec<u64>,
}

impl ByDay {
    fn add(&mut self, day: Day, tenths: u64) {
        let number = day.number();
        if self.sums.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let more = usize::from(self.first - number);
            self.sums.splice(0..0, std::iter::repeat_n(0, more));
            self.first = number;
        }
        let offset = usize::from(number - self.first);
        if offset >= self.sums.len() {
            self.sums.resize(offset + 1, 0);
        }
        self.sums[offset] += tenths;
    }

    fn days(&self) -> impl Iterator<Item = (Day, u64)> + '_ {
        let days = (self.first..).filter_map(Day::from_cell).zip(&self.sums);
        days.filter(|(_, tenths)| **tenths > 0).map(|(day, tenths)| (day, *tenths))
    }
}

/// What the plans of parcels add up to, in tenths of m².
#[derive(Debug, Clone, Default)]
pub struct PlanSums {
    own: ByDay,
    /// By project, the area of parcels without a day of their own.
    by_curve: Vec<(usize, u64)>,
}

impl PlanSums {
    /// Adds a parcel of a project: its own planned day if it has one, and its area.
    pub fn add(&mut self, project: usize, own: Option<Day>, tenths: u64) {
        match (own, self.by_curve.last_mut()) {
            (Some(day), _) => self.own.add(day, tenths),
            (None, Some(last)) if last.0 == project => last.1 += tenths,
            (None, _) => self.by_curve.push((project, tenths)),
        }
    }

    /// Adds those of other parcels.
    pub fn merge(&mut self, other: &Self) {
        other.own.days().for_each(|(day, tenths)| self.own.add(day, tenths));
        other.by_curve.iter().for_each(|(project, tenths)| self.add(*project, None, *tenths));
    }

    /// The line; none when no plan covers any of the parcels.
    pub fn line<'a>(&self, snapshot: &'a Snapshot) -> Option<PlanLine<'a>> {
        let mut steps: Vec<(Day, u64)> = self.own.days().collect();
        let mut by_curve = self.by_curve.clone();
        by_curve.sort_unstable();
        let mut curves: Vec<(&'a PlanCurve, f64)> = Vec::new();
        for same in by_curve.chunk_by(|a, b| a.0 == b.0) {
            let project = &snapshot.projects()[same[0].0].project;
            let tenths: u64 = same.iter().map(|(_, tenths)| tenths).sum();
            match (project.plan.points(), project.required_day) {
                ([], Some(day)) => steps.push((day, tenths)),
                ([], None) => {}
                _ => curves.push((&project.plan, tenths as f64 / 10.0)),
            }
        }
        steps.sort_unstable();
        let points = curves.iter().flat_map(|curve| curve.0.points()).map(|point| point.0);
        let days = steps.iter().map(|step| step.0).chain(points);
        let (first, last) = days.fold(None, |range, day| match range {
            None => Some((day, day)),
            Some((first, last)) => Some((day.min(first), day.max(last))),
        })?;
        let mut sum = 0;
        for step in &mut steps {
            sum += step.1;
            step.1 = sum;
        }
        Some(PlanLine { first, last, steps, curves })
    }
}

/// Planned cleared area by day.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanLine<'a> {
    first: Day,
    last: Day,
    /// Tenths of m² in all by the end of the day.
    steps: Vec<(Day, u64)>,
    curves: Vec<(&'a PlanCurve, f64)>,
}

impl<'a> PlanLine<'a> {
    /// The line of these parcels; none when no plan covers any.
    pub fn of(snapshot: &'a Snapshot, parcels: &[u32]) -> Option<Self> {
        let columns = snapshot.parcels();
        let mut sums = PlanSums::default();
        for &parcel in parcels {
            let own = snapshot.own_planned_day(parcel);
            sums.add(columns.project(parcel), own, columns.recovered(parcel).tenths());
        }
        sums.line(snapshot)
    }

    /// Planned cleared area on `day`, m².
    pub fn area_on(&self, day: Day) -> f64 {
        if day < self.first {
            return 0.0;
        }
        let day = day.min(self.last);
        let stepped = self.steps.partition_point(|step| step.0 <= day);
        let own = stepped.checked_sub(1).map_or(0, |last| self.steps[last].1) as f64 / 10.0;
        let by_curve = self.curves.iter();
        by_curve.fold(own, |sum, (plan, area)| sum + plan.share_on(day).unwrap_or(0.0) * area)
    }

    /// The first day on which the plan asks for `area` m², the last day of the plan if it never does.
    pub fn day_of(&self, area: f64) -> Day {
        self.first_day(|planned| planned + 0.05 >= area).min(self.last)
    }

    /// The first day on which what is planned is `enough`, the day after the last one if it never is.
    /// The line never falls, so halving finds it.
    fn first_day(&self, enough: impl Fn(f64) -> bool) -> Day {
        let (mut from, mut before) = (0, self.last.since(self.first) + 1);
        while from < before {
            let middle = i32::midpoint(from, before);
            if enough(self.area_on(self.first.plus(middle))) {
                before = middle;
            } else {
                from = middle + 1;
            }
        }
        self.first.plus(from)
    }

    /// Days by which `area` m² on `day` is ahead of the plan; negative when behind.
    ///
    /// The day on which the plan asks for what has been done, against today.
    /// `finished` is the day on which the last parcel was cleared, if all are.
    pub fn days_ahead(&self, area: f64, day: Day, finished: Option<Day>) -> i32 {
        if let Some(finished) = finished {
            return self.day_of(f64::INFINITY).since(finished);
        }
        let planned = self.area_on(day);
        if area < 0.05 && planned < 0.05 {
            return 0;
        }
        if area >= planned {
            // Between two steps of the plan it asks for nothing more: not ahead, on time.
            let next = self.day_of(area.max(0.1));
            return next.since(day).max(0);
        }
        self.first_day(|planned| planned > area + 0.05).since(day).min(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 m² on day 10, 200 m² more on day 20.
    fn line() -> PlanLine<'static> {
        let steps = vec![(day(10), 1000), (day(20), 3000)];
        PlanLine { first: day(10), last: day(20), steps, curves: Vec::new() }
    }

    fn day(number: i64) -> Day {
        Day::from_number(number).unwrap()
    }

    #[test]
    fn the_line_tells_planned_area_and_days() {
        assert!((line().area_on(day(9)) - 0.0).abs() < 1e-9);
        assert!((line().area_on(day(15)) - 100.0).abs() < 1e-9);
        assert!((line().area_on(day(99)) - 300.0).abs() < 1e-9);
        assert_eq!(line().day_of(250.0), day(20));
    }

    #[test]
    fn behind_counts_from_the_day_on_which_more_was_due() {
        // 100 m² done on day 26; the rest was due on day 20.
        assert_eq!(line().days_ahead(100.0, day(26), None), -6);
        // Nothing done on day 13; the first 100 were due on day 10.
        assert_eq!(line().days_ahead(0.0, day(13), None), -3);
        // Nothing done and nothing asked for yet on day 4: neither ahead nor behind.
        assert_eq!(line().days_ahead(0.0, day(4), None), 0);
        // 150 done on day 12, due on day 20.
        assert_eq!(line().days_ahead(150.0, day(12), None), 8);
        // All done on day 18, due on day 20, asked on day 40.
        assert_eq!(line().days_ahead(300.0, day(40), Some(day(18))), 2);
    }
}
