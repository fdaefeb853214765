//! Accounts: who may do what, and where.
//!
//! The one place that decides. A role allows actions; a grant gives a role
//! everywhere or within a unit. Units come and go: a grant follows them, to
//! what lies below, to what came after and to what was before.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{AdminUnit, UnitId};

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks at the map and its figures.
    Viewer,
    /// Records what happened in communes.
    Officer,
    /// Answers for units: records, and changes plans.
    Manager,
    /// Takes data away.
    Analyst,
    /// Is briefed.
    Leader,
    /// Keeps the accounts and everything else.
    Administrator,
}

/// What someone wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Look at the map, parcels and figures, without personal data.
    Read,
    /// Record events about parcels of a unit.
    WriteEvents,
    /// Change a project's plan, and bring in files.
    Manage,
    /// See who holds a parcel of a unit.
    SeeHolders,
    /// Keep accounts, see the log of looks at personal data.
    Administer,
}

impl Role {
    /// All roles, in the order of lists.
    pub const ALL: [Self; 6] =
        [Self::Viewer, Self::Officer, Self::Manager, Self::Analyst, Self::Leader, Self::Administrator];

    /// The role's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Officer => "officer",
            Self::Manager => "manager",
            Self::Analyst => "analyst",
            Self::Leader => "leader",
            Self::Administrator => "administrator",
        }
    }

    /// The role with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role allows an action, where it is granted.
    ///
    /// ```
    /// use matbang::domain::{Action, Role};
    ///
    /// assert!(Role::Officer.allows(Action::WriteEvents));
    /// assert!(!Role::Officer.allows(Action::Manage));
    /// ```
    pub fn allows(self, action: Action) -> bool {
        match action {
            Action::Read => true,
            Action::WriteEvents | Action::SeeHolders => {
                matches!(self, Self::Officer | Self::Manager | Self::Administrator)
            }
            Action::Manage => matches!(self, Self::Manager | Self::Administrator),
            Action::Administer => self == Self::Administrator,
        }
    }
}

/// A role, everywhere or within a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Role.
    pub role: Role,
    /// Unit; none = everywhere.
    pub unit: Option<UnitId>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Number.
    pub id: u32,
    /// Name to sign in with.
    pub name: String,
    /// Name of the person.
    pub full_name: String,
    /// It may not sign in.
    pub disabled: bool,
    /// What it may do, and where.
    pub grants: Vec<Grant>,
}

impl Account {
    /// Whether the account may do this at least somewhere.
    pub fn may_somewhere(&self, action: Action) -> bool {
        !self.disabled && self.grants.iter().any(|grant| grant.role.allows(action))
    }

    /// Where the account may do this.
    pub fn where_may(&self, action: Action, units: &[(UnitId, &AdminUnit)]) -> Scope {
        let mut within = HashSet::new();
        for grant in self.grants.iter().filter(|grant| grant.role.allows(action) && !self.disabled) {
            match grant.unit {
                None => return Scope::Everywhere,
                Some(unit) => within.extend(covered(unit, units)),
            }
        }
        Scope::Within(within)
    }
}

/// Where something is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Everywhere,
    /// In these units.
    Within(HashSet<UnitId>),
}

impl Scope {
    /// Whether all of these units are inside; of none only what is everywhere can say so.
    pub fn holds_all(&self, units: &[UnitId]) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Within(within) => !units.is_empty() && units.iter().all(|unit| within.contains(unit)),
        }
    }

    /// Whether a unit is inside.
    pub fn holds(&self, unit: UnitId) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Within(units) => units.contains(&unit),
        }
    }
}

/// The units that a grant on `unit` reaches: itself, those below it, and, for all of
/// these, those that came after and were before, in whole or in part. What a parcel was
/// recorded under stays as it is after a reform, so both sides must reach it.
pub fn covered(unit: UnitId, units: &[(UnitId, &AdminUnit)]) -> HashSet<UnitId> {
    let mut reached = HashSet::from([unit]);
    below(&mut reached, units);
    let start = reached.clone();
    // Forward and back apart: back and forward again would reach the neighbours.
    for related in [follows as fn(&AdminUnit, &AdminUnit) -> bool, |a, b| follows(b, a)] {
        let mut side = start.clone();
        loop {
            let inside: Vec<&AdminUnit> =
                units.iter().filter(|(id, _)| side.contains(id)).map(|(_, u)| *u).collect();
            let new = |(id, other): &&(UnitId, &AdminUnit)| {
                !side.contains(id) && inside.iter().any(|unit| related(unit, other))
            };
            let found: Vec<UnitId> = units.iter().filter(new).map(|(id, _)| *id).collect();
            if found.is_empty() {
                break;
            }
            side.extend(found);
        }
        reached.extend(side);
    }
    reached
}

/// Whether `later` took over from `unit`.
fn follows(unit: &AdminUnit, later: &AdminUnit) -> bool {
    let day_after = unit.valid_to.map(|day| day.plus(1));
    unit.level == later.level
        && day_after.is_some()
        && day_after == later.valid_from
        && (unit.successors.iter().any(|link| link.code == later.code)
            || later.predecessors.iter().any(|link| link.code == unit.code))
}

fn below(reached: &mut HashSet<UnitId>, units: &[(UnitId, &AdminUnit)]) {
    // Three levels: two rounds reach the lowest.
    for _ in 0..2 {
        let above: Vec<&AdminUnit> =
            units.iter().filter(|(id, _)| reached.contains(id)).map(|(_, u)| *u).collect();
        let child = |(_, unit): &&(UnitId, &AdminUnit)| {
            above.iter().any(|parent| {
                unit.parent.as_ref() == Some(&parent.code)
                    && parent.level < unit.level
                    && parent.valid_from == unit.valid_from
            })
        };
        let found: Vec<UnitId> = units.iter().filter(child).map(|(id, _)| *id).collect();
        reached.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Code, Day, Level, Succession};

    fn unit(code: &str, level: Level, parent: Option<&str>, to: Option<&str>, successors: &str) -> AdminUnit {
        let from = to.is_none().then(|| Day::parse("2025-07-01").unwrap());
        AdminUnit {
            code: Code::new(code).unwrap(),
            name: code.to_owned(),
            level,
            parent: parent.map(|code| Code::new(code).unwrap()),
            valid_from: from,
            valid_to: to.map(|day| Day::parse(day).unwrap()),
            predecessors: Vec::new(),
            successors: Succession::parse_list(successors).unwrap(),
            boundary: None,
        }
    }

    #[test]
    fn a_grant_follows_its_unit_through_the_reform_but_not_to_the_neighbours() {
        let end = Some("2025-06-30");
        let list = [
            unit("347", Level::District, None, end, ""),
            unit("1", Level::Commune, Some("347"), end, "10:full"),
            unit("2", Level::Commune, Some("347"), end, "10:partial;11:partial"),
            unit("3", Level::Commune, Some("348"), end, "11:full"),
            unit("10", Level::Commune, None, None, ""),
            unit("11", Level::Commune, None, None, ""),
        ];
        let units: Vec<(UnitId, &AdminUnit)> = (1..).map(UnitId).zip(&list).collect();
        let reach = |id: u32| {
            let mut all: Vec<u32> = covered(UnitId(id), &units).into_iter().map(|id| id.0).collect();
            all.sort_unstable();
            all
        };
        assert_eq!(reach(2), [2, 5]);
        assert_eq!(reach(5), [2, 3, 5]);
        assert_eq!(reach(1), [1, 2, 3, 5, 6]);
        assert_eq!(reach(6), [3, 4, 6]);
    }

    #[test]
    fn only_those_who_work_with_holders_see_them() {
        let may: Vec<&str> =
            Role::ALL.into_iter().filter(|r| r.allows(Action::SeeHolders)).map(Role::code).collect();
        assert_eq!(may, ["officer", "manager", "administrator"]);
    }
}
