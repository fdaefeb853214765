//! A condition on parcels made ready for figures: what it says of projects,
//! units, stages and land uses becomes tables, so that one pass over all
//! parcels counts them; what is left is found parcel by parcel beforehand.

use std::sync::Arc;

use super::{
    Filter, FilterError,
    node::Node,
    scalar::{Comparison, Scalar},
};
use crate::{
    analysis::{self, Mask, Units},
    domain::Standing,
    query::{
        collection::Collection,
        column::{Column, Entries},
        rows::Rows,
        select::select_on,
        value::Value,
    },
};

impl Filter {
    /// The parcels that it means, on the day of `rows`.
    ///
    /// # Errors
    /// [`FilterError`] when comparing with the filter's geometry would cost too much.
    pub fn plan(&self, rows: &Rows<'_>) -> Result<analysis::Filter, FilterError> {
        let mut plan = analysis::Filter::default();
        let mut left = false;
        for node in self.0.conditions() {
            left |= !put(&mut plan, node, rows);
        }
        if left {
            plan.among = Some(select_on(rows, Collection::Parcels, self)?);
        }
        Ok(plan)
    }
}

/// Puts a condition into the plan; false where it has no place there.
fn put(plan: &mut analysis::Filter, node: &Node, rows: &Rows<'_>) -> bool {
    match node {
        Node::Constant(Some(true)) => return true,
        Node::Flag(Scalar::Column(column))
        | Node::Compare(Comparison::Equal, Scalar::Column(column), Scalar::Constant(Value::Boolean(true)))
            if column.dictionary.is_none() =>
        {
            return flag(plan, column);
        }
        _ => {}
    }
    match node.bind(rows.view, rows.today) {
        Node::Territory(meant, lies_in) => return lying(plan, &meant, &lies_in),
        Node::Entry(dictionary, table) => {
            // The last entry is that of parcels which have none; each has a project, a unit and a use.
            let meant: Mask = table.iter().map(|holds| *holds == Some(true)).collect();
            let (missing, meant) =
                meant.split_last().map_or((false, &[][..]), |(last, meant)| (*last, meant));
            match dictionary.of {
                Entries::Projects => narrow(&mut plan.projects, meant),
                Entries::Units => return lying(plan, meant, &rows.view.snapshot.units_on(rows.today)),
                Entries::Uses => narrow(&mut plan.land_uses, meant),
                Entries::Stages if !missing => {
                    let before = plan.stages.unwrap_or([true; Standing::COUNT]);
                    plan.stages = Some(std::array::from_fn(|stage| before[stage] && meant[stage]));
                }
                Entries::Stages | Entries::Laws => return false,
            }
        }
        _ => return false,
    }
    true
}

/// Asks for what a column says yes to; false where that is no part of a plan.
fn flag(plan: &mut analysis::Filter, column: &Column) -> bool {
    match column.name {
        "blocked" => plan.blocked = true,
        "overdue" => plan.overdue = true,
        "late" => plan.late = true,
        _ => return false,
    }
    true
}

/// Asks for units; false where another day's are asked for already.
fn lying(plan: &mut analysis::Filter, meant: &[bool], lies_in: &Arc<[u16]>) -> bool {
    match &mut plan.units {
        None => {
            plan.units = Some(Units { meant: meant.to_vec(), lies_in: Arc::clone(lies_in) });
            true
        }
        Some(units) if Arc::ptr_eq(&units.lies_in, lies_in) => {
            units.meant.iter_mut().zip(meant).for_each(|(is, too)| *is &= *too);
            true
        }
        Some(_) => false,
    }
}

fn narrow(mask: &mut Option<Mask>, meant: &[bool]) {
    match mask {
        Some(mask) => mask.iter_mut().zip(meant).for_each(|(is, too)| *is &= *too),
        None => *mask = Some(meant.to_vec()),
    }
}
