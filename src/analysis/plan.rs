//! The planned line of any set of parcels.
//!
//! A parcel with a planned day of its own counts whole on that day; others
//! follow their project's curve. Parcels with neither are not in the plan.

use crate::{atlas::Snapshot, domain::Day};

/// Planned cleared area by day.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanLine {
    first: Day,
    /// m² by the end of each day from `first` on.
    cumulative: Vec<f64>,
}

impl PlanLine {
    /// The line of these parcels; none when no plan covers any.
    pub fn of(snapshot: &Snapshot, parcels: &[u32]) -> Option<Self> {
        let columns = snapshot.parcels();
        let mut steps: Vec<(Day, f64)> = Vec::new();
        let mut by_curve = vec![0.0; snapshot.projects().len()];
        for &parcel in parcels {
            let area = columns.recovered(parcel).get();
            match snapshot.own_planned_day(parcel) {
                Some(day) => steps.push((day, area)),
                None => by_curve[columns.project(parcel)] += area,
            }
        }
        let curves: Vec<_> =
            snapshot.projects().iter().zip(&by_curve).filter(|(_, area)| **area > 0.0).collect();
        let mut curves_days = Vec::new();
        for (entry, area) in &curves {
            match (entry.project.plan.points(), entry.project.required_day) {
                ([], Some(day)) => steps.push((day, **area)),
                ([], None) => {}
                (points, _) => curves_days.push((&entry.project.plan, points, **area)),
            }
        }
        let days =
            steps.iter().map(|step| step.0).chain(curves_days.iter().flat_map(|c| c.1.iter().map(|p| p.0)));
        let (first, last) = days.fold(None, |range, day| match range {
            None => Some((day, day)),
            Some((first, last)) => Some((day.min(first), day.max(last))),
        })?;
        let mut cumulative = vec![0.0; usize::try_from(last.since(first)).unwrap_or(0) + 1];
        for (day, area) in steps {
            cumulative[usize::try_from(day.since(first)).unwrap_or(0)] += area;
        }
        let mut sum = 0.0;
        for value in &mut cumulative {
            sum += *value;
            *value = sum;
        }
        for (plan, _, area) in curves_days {
            for (offset, value) in cumulative.iter_mut().enumerate() {
                *value += plan.share_on(first.plus(offset as i32)).unwrap_or(0.0) * area;
            }
        }
        Some(Self { first, cumulative })
    }

    /// Planned cleared area on `day`, m².
    pub fn area_on(&self, day: Day) -> f64 {
        match usize::try_from(day.since(self.first)) {
            Err(_) => 0.0,
            Ok(offset) => self.cumulative[offset.min(self.cumulative.len() - 1)],
        }
    }

    /// The first day on which the plan asks for `area` m², the last day of the plan if it never does.
    pub fn day_of(&self, area: f64) -> Day {
        let offset = self.cumulative.partition_point(|planned| *planned + 0.05 < area);
        self.first.plus(offset.min(self.cumulative.len() - 1) as i32)
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
        let offset = self.cumulative.partition_point(|planned| *planned <= area + 0.05);
        self.first.plus(offset as i32).since(day).min(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 m² on day 10, 200 m² more on day 20.
    fn line() -> PlanLine {
        let mut cumulative = vec![100.0; 10];
        cumulative.push(300.0);
        PlanLine { first: Day::from_number(10).unwrap(), cumulative }
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
