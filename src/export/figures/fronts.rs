//! Workable fronts of a project.

use serde_json::{Value, json};

use super::{about_project, metres, parcel, span};
use crate::{
    analysis::{
        ArealFronts, BestParcels, Front, LEAST_AREA_M2, LEAST_LENGTH_M, LinearFronts, View, areal_fronts,
        linear_fronts,
    },
    domain::SquareMetres,
};

/// From when on a clear stretch or patch is workable, and for how many parcels the best are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Least {
    /// Metres.
    pub length_m: f64,
    /// m².
    pub area_m2: f64,
    /// Parcels.
    pub most: usize,
}

impl Default for Least {
    fn default() -> Self {
        Self { length_m: LEAST_LENGTH_M, area_m2: LEAST_AREA_M2, most: 10 }
    }
}

impl Least {
    /// Parcels for which the best are looked for at most.
    pub const MOST: usize = 30;
}

/// The fronts of the project at `index` on the view's day.
pub fn fronts(view: &View, index: usize, least: Least) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let entry = &snapshot.projects()[index];
    let said = if let Some(fronts) = linear_fronts(snapshot, entry, day, least.length_m, least.most) {
        linear(view, &fronts, least.length_m)
    } else {
        areal(view, &areal_fronts(snapshot, entry, day, SquareMetres::new(least.area_m2)), least)
    };
    about_project(view, index, said)
}

fn linear(view: &View, fronts: &LinearFronts, least: f64) -> Value {
    let stretch = |front: &Front| {
        let mut value = span(front.span);
        value["state"] = json!(front.state);
        value["gain_m"] = json!(metres(front.gain));
        value["rank"] = json!(front.rank);
        value["parcels"] = front.parcels.iter().map(|index| parcel(view, *index)).collect();
        value
    };
    let best = |best: &BestParcels| {
        json!({
            "clear": best.parcels.len(),
            "gain_m": metres(best.gain),
            "workable_m": metres(fronts.workable + best.gain),
            "parcels": best.parcels.iter().map(|index| parcel(view, *index)).collect::<Vec<_>>(),
            "stretches": best.stretches.iter().map(|s| span(*s)).collect::<Vec<_>>(),
        })
    };
    json!({
        "kind": "linear",
        "least_length_m": least,
        "length_m": metres(fronts.length),
        "cleared_m": metres(fronts.cleared),
        "workable_m": metres(fronts.workable),
        "workable_share": f64::from(fronts.workable) / f64::from(fronts.length.max(1)),
        "longest": fronts.longest.map(span),
        "stretches": fronts.fronts.iter().map(stretch).collect::<Vec<_>>(),
        "best": fronts.best.iter().map(best).collect::<Vec<_>>(),
    })
}

/// Patches and clusters that are listed; the rest is in the totals.
const LISTED: usize = 20;

fn areal(view: &View, fronts: &ArealFronts, least: Least) -> Value {
    let parcels = |all: &[u32]| all.iter().map(|index| parcel(view, *index)).collect::<Vec<_>>();
    let patches = fronts.patches.iter().take(LISTED).map(
        |patch| json!({ "area": patch.area, "workable": patch.workable, "parcels": patch.parcels.len() }),
    );
    let clusters = fronts.clusters.iter().take(LISTED).map(
        |cluster| json!({ "area": cluster.area, "gain": cluster.gain, "parcels": parcels(&cluster.parcels) }),
    );
    let singles = fronts.singles.iter().take(least.most).map(
        |single| json!({ "gain": single.gain, "joins": single.joins, "parcel": parcel(view, single.parcel) }),
    );
    json!({
        "kind": "areal",
        "least_area": least.area_m2,
        "area": fronts.area,
        "cleared_area": fronts.cleared,
        "workable_area": fronts.workable,
        "workable_share": fronts.workable.share_of(fronts.area),
        "patches": patches.collect::<Vec<_>>(),
        "patches_in_all": fronts.patches.len(),
        "clusters": clusters.collect::<Vec<_>>(),
        "clusters_in_all": fronts.clusters.len(),
        "best": singles.collect::<Vec<_>>(),
    })
}
