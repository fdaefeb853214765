//! How long something takes, from cases that ended and cases that still go on.

/// Counts by duration in days, from which a survival curve is estimated.
#[derive(Debug, Clone, Default)]
pub struct Durations {
    ended: Vec<u32>,
    going_on: Vec<u32>,
}

impl Durations {
    /// Adds a case that took `days`, or that has gone on for `days` so far.
    pub fn add(&mut self, days: u16, ended: bool) {
        let counts = if ended { &mut self.ended } else { &mut self.going_on };
        let index = usize::from(days);
        if counts.len() <= index {
            counts.resize(index + 1, 0);
        }
        counts[index] += 1;
    }
}

/// The probability that a case takes longer than so many days: the product-limit estimate of Kaplan
/// and Meier (1958), which counts cases that still go on for as long as they were seen. Behind the
/// longest time seen it falls by a constant daily hazard.
#[derive(Debug, Clone)]
pub struct Survival {
    /// By days; falls.
    curve: Vec<f64>,
    /// Cumulative hazard by days (Nelson and Aalen).
    hazard: Vec<f64>,
    /// Daily hazard behind the end of the curve.
    tail: f64,
}

/// The last of the ends, as a share, make the hazard of the tail: what is stuck is stuck for longer than most.
const TAIL_SHARE: f64 = 0.05;

impl Survival {
    /// The curve of these cases; none when none of them ended.
    pub fn estimate(cases: &Durations) -> Option<Self> {
        let count = |counts: &[u32], day: usize| f64::from(counts.get(day).copied().unwrap_or(0));
        let days = cases.ended.len().max(cases.going_on.len());
        let all: f64 = (0..days).map(|day| count(&cases.ended, day) + count(&cases.going_on, day)).sum();
        let ends: f64 = (0..days).map(|day| count(&cases.ended, day)).sum();
        if ends == 0.0 {
            return None;
        }
        let (mut at_risk, mut share, mut sum) = (all, 1.0, 0.0);
        let (mut curve, mut hazard) = (Vec::with_capacity(days), Vec::with_capacity(days));
        let (mut late_ends, mut late_days, mut seen) = (0.0, 0.0, 0.0);
        for day in 0..days {
            let ended = count(&cases.ended, day);
            if at_risk > 0.0 {
                share *= 1.0 - ended / at_risk;
                sum += ended / at_risk;
            }
            if seen >= ends * (1.0 - TAIL_SHARE) {
                late_ends += ended;
                late_days += at_risk;
            }
            seen += ended;
            at_risk -= ended + count(&cases.going_on, day);
            curve.push(share);
            hazard.push(sum);
        }
        let tail = if late_days > 0.0 { late_ends / late_days } else { 0.0 };
        Some(Self { curve, hazard, tail: tail.max(1e-4) })
    }

    /// Probability that a case takes longer than `days`.
    pub fn after(&self, days: f64) -> f64 {
        let last = self.curve.len() - 1;
        if days < 0.0 {
            return 1.0;
        }
        let index = (days as usize).min(last);
        let beyond = (days - last as f64).max(0.0);
        self.curve[index] * (-self.tail * beyond).exp()
    }

    /// Cumulative hazard up to `days`: how often a case is expected to end by then if it could again and again.
    pub fn hazard(&self, days: f64) -> f64 {
        let last = self.hazard.len() - 1;
        self.hazard[(days as usize).min(last)] + self.tail * (days - last as f64).max(0.0)
    }

    /// The days after which `share` of the cases still go on, where that was seen.
    pub fn seen_at(&self, share: f64) -> Option<usize> {
        let index = self.curve.partition_point(|value| *value > share);
        (index < self.curve.len()).then_some(index)
    }

    /// The days after which `share` of the cases still go on: the inverse of [`Survival::after`].
    pub fn days_at(&self, share: f64) -> f64 {
        let index = self.curve.partition_point(|value| *value > share);
        if index < self.curve.len() {
            return index as f64;
        }
        let last = self.curve[self.curve.len() - 1];
        if last <= 0.0 {
            return self.curve.len() as f64;
        }
        (self.curve.len() - 1) as f64 + (last / share.max(1e-12)).ln().max(0.0) / self.tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four cases: ended after 2 and 5 days, seen going on for 3 and 6 days.
    /// After 2 days 3 of 4 go on: 0.75. After 5 days one of the two left ends: 0.375.
    #[test]
    fn cases_that_go_on_count_as_long_as_they_were_seen() {
        let mut cases = Durations::default();
        [(2, true), (5, true), (3, false), (6, false)].into_iter().for_each(|(d, ended)| cases.add(d, ended));
        let curve = Survival::estimate(&cases).unwrap();
        for (days, share) in [(1.0, 1.0), (2.0, 0.75), (4.0, 0.75), (5.0, 0.375), (6.0, 0.375)] {
            assert!((curve.after(days) - share).abs() < 1e-9, "{days}");
        }
        assert!((curve.days_at(0.5) - 5.0).abs() < 1e-9 && (curve.days_at(0.8) - 2.0).abs() < 1e-9);
        assert!(curve.days_at(0.1) > 6.0 && curve.after(30.0) < 0.375);
    }

    #[test]
    fn nothing_ended_tells_nothing() {
        let mut cases = Durations::default();
        cases.add(10, false);
        assert!(Survival::estimate(&cases).is_none());
    }
}
