//! The notice on which a recovery may rest, and how long.

use super::{Act, Basis, CaseFile, ClockKind, Holding, Law};
use crate::domain::Day;

/// The notice on which a recovery may rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeInForce {
    /// Day of its issue.
    pub issued: Day,
    /// Day on which the last person was reached, or of its issue where that was not said.
    pub sent: Day,
    /// Whether that was said.
    pub is_sent_stated: bool,
    /// It was issued again.
    pub reissued: bool,
    /// Last day on which a decision may rest on it (LL 85.5); none under the law of 2013.
    pub valid_until: Option<Day>,
}

impl Law {
    /// The notice on which a recovery of `day` may rest: the last one by then.
    pub fn notice(&self, file: &CaseFile<'_>, day: Day) -> Option<NoticeInForce> {
        let (first, again) = (file.last(Act::Notice, day), file.last(Act::NoticeReissued, day));
        let reissued = again > first || (again.is_some() && again == first);
        let act = if reissued { Act::NoticeReissued } else { Act::Notice };
        let issued = if reissued { again? } else { first? };
        let (sent, is_sent_stated) = file.basis((act, Basis::Sent), day)?;
        let lapsed =
            if reissued { None } else { self.lapses(file, issued, day).map(|row| row.change.plus(-1)) };
        let term = self.expiry_of_notice(issued);
        Some(NoticeInForce {
            issued,
            sent,
            is_sent_stated,
            reissued,
            valid_until: lapsed.into_iter().chain(term).min(),
        })
    }

    fn expiry_of_notice(&self, issued: Day) -> Option<Day> {
        let regime = self.regime_on(issued);
        let own = |at: &&usize| {
            let clock = &self.clocks[**at];
            clock.kind == ClockKind::Expiry && !clock.warns && clock.regimes.holds(regime)
        };
        let at = self.clocks_of[Act::RecoveryDecided.number()].iter().find(own)?;
        Some(self.clocks[*at].span.after(issued, &self.calendar))
    }

    /// The regime under which a case would go on with its recovery, on `day`.
    pub fn recovery_regime(&self, file: &CaseFile<'_>, day: Day) -> Holding {
        self.holding(
            file,
            Act::RecoveryDecided,
            file.first(Act::RecoveryDecided).filter(|on| *on <= day).unwrap_or(day),
        )
    }
}
