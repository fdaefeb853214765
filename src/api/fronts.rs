//! Workable fronts of a project.

use schemars::JsonSchema;
use serde::Serialize;

use super::{AboutProject, ParcelBrief, Stretch, parts::metres, schema::words};
use crate::{
    analysis::{self, FrontState, LEAST_AREA_M2, LEAST_LENGTH_M, View, areal_fronts, linear_fronts},
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

words! {
    Linear = "linear";
    Areal = "areal";
}

/// A piece of an alignment, and what stands on it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct FrontStretch {
    /// Where it lies.
    #[serde(flatten)]
    pub span: Stretch,
    /// Whether one can build there.
    pub state: FrontState,
    /// Metres that become workable once it is clear.
    pub gain_m: f64,
    /// Its place among those that open the most; null where it opens nothing.
    pub rank: Option<usize>,
    /// Pending parcels over it.
    pub parcels: Vec<ParcelBrief>,
}

/// So many parcels whose clearance opens the most.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BestParcels {
    /// How many are cleared.
    pub clear: usize,
    /// Metres that become workable.
    pub gain_m: f64,
    /// Metres that are workable then.
    pub workable_m: f64,
    /// Which parcels.
    pub parcels: Vec<ParcelBrief>,
    /// What can be built on then.
    pub stretches: Vec<Stretch>,
}

/// Metres along an alignment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinearFronts {
    /// Which project.
    #[serde(flatten)]
    pub about: AboutProject,
    /// Of which kind it is.
    pub kind: Linear,
    /// From which length on a stretch is workable.
    pub least_length_m: f64,
    /// Of the alignment.
    pub length_m: f64,
    /// Clear over the whole cross-section.
    pub cleared_m: f64,
    /// In workable stretches.
    pub workable_m: f64,
    /// That as a share of the alignment.
    pub workable_share: f64,
    /// The longest clear stretch; null where there is none.
    pub longest: Option<Stretch>,
    /// The whole alignment, piece by piece.
    pub stretches: Vec<FrontStretch>,
    /// For one parcel, two and so on: those that open the most.
    pub best: Vec<BestParcels>,
}

/// Cleared land that hangs together.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct FrontPatch {
    /// m².
    pub area: SquareMetres,
    /// Whether it is large enough.
    pub workable: bool,
    /// Parcels in it.
    pub parcels: usize,
}

/// Pending parcels that hang together.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct FrontCluster {
    /// m².
    pub area: SquareMetres,
    /// m² that become workable once all of it is clear.
    pub gain: SquareMetres,
    /// Its parcels.
    pub parcels: Vec<ParcelBrief>,
}

/// A pending parcel, and what it alone opens.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct FrontSingle {
    /// m² that become workable.
    pub gain: SquareMetres,
    /// Cleared patches that it joins.
    pub joins: usize,
    /// The parcel.
    pub parcel: ParcelBrief,
}

/// m² of continuous land.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ArealFronts {
    /// Which project.
    #[serde(flatten)]
    pub about: AboutProject,
    /// Of which kind it is.
    pub kind: Areal,
    /// From which area on a patch is workable.
    pub least_area: f64,
    /// To recover.
    pub area: SquareMetres,
    /// Handed over.
    pub cleared_area: SquareMetres,
    /// In workable patches.
    pub workable_area: SquareMetres,
    /// That as a share of the area.
    pub workable_share: f64,
    /// The largest patches.
    pub patches: Vec<FrontPatch>,
    /// How many there are.
    pub patches_in_all: usize,
    /// The clusters that open the most.
    pub clusters: Vec<FrontCluster>,
    /// How many there are.
    pub clusters_in_all: usize,
    /// The single parcels that open the most.
    pub best: Vec<FrontSingle>,
}

/// Where one can build, and what opens the most.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Fronts {
    /// Along an alignment.
    Linear(Box<LinearFronts>),
    /// Of an area.
    Areal(Box<ArealFronts>),
}

/// The fronts of the project at `index` on the view's day.
pub fn fronts(view: &View, index: usize, least: Least) -> Fronts {
    let (snapshot, day) = (&view.snapshot, view.today);
    let entry = &snapshot.projects()[index];
    let about = AboutProject::of(view, index);
    if let Some(fronts) = linear_fronts(snapshot, entry, day, least.length_m, least.most) {
        Fronts::Linear(Box::new(linear(view, about, &fronts, least.length_m)))
    } else {
        let fronts = areal_fronts(snapshot, entry, day, SquareMetres::new(least.area_m2));
        Fronts::Areal(Box::new(areal(view, about, &fronts, least)))
    }
}

fn linear(view: &View, about: AboutProject, fronts: &analysis::LinearFronts, least: f64) -> LinearFronts {
    let stretch = |front: &analysis::Front| FrontStretch {
        span: front.span.into(),
        state: front.state,
        gain_m: metres(front.gain),
        rank: front.rank,
        parcels: ParcelBrief::all(view, &front.parcels),
    };
    let best = |best: &analysis::BestParcels| BestParcels {
        clear: best.parcels.len(),
        gain_m: metres(best.gain),
        workable_m: metres(fronts.workable + best.gain),
        parcels: ParcelBrief::all(view, &best.parcels),
        stretches: best.stretches.iter().map(|span| (*span).into()).collect(),
    };
    LinearFronts {
        about,
        kind: Linear::Form,
        least_length_m: least,
        length_m: metres(fronts.length),
        cleared_m: metres(fronts.cleared),
        workable_m: metres(fronts.workable),
        workable_share: f64::from(fronts.workable) / f64::from(fronts.length.max(1)),
        longest: fronts.longest.map(Into::into),
        stretches: fronts.fronts.iter().map(stretch).collect(),
        best: fronts.best.iter().map(best).collect(),
    }
}

/// Patches and clusters that are listed; the rest is in the totals.
const LISTED: usize = 20;

fn areal(view: &View, about: AboutProject, fronts: &analysis::ArealFronts, least: Least) -> ArealFronts {
    let patches = fronts.patches.iter().take(LISTED).map(|patch| FrontPatch {
        area: patch.area,
        workable: patch.workable,
        parcels: patch.parcels.len(),
    });
    let clusters = fronts.clusters.iter().take(LISTED).map(|cluster| FrontCluster {
        area: cluster.area,
        gain: cluster.gain,
        parcels: ParcelBrief::all(view, &cluster.parcels),
    });
    let singles = fronts.singles.iter().take(least.most).map(|single| FrontSingle {
        gain: single.gain,
        joins: single.joins,
        parcel: ParcelBrief::of(view, single.parcel),
    });
    ArealFronts {
        about,
        kind: Areal::Form,
        least_area: least.area_m2,
        area: fronts.area,
        cleared_area: fronts.cleared,
        workable_area: fronts.workable,
        workable_share: fronts.workable.share_of(fronts.area),
        patches: patches.collect(),
        patches_in_all: fronts.patches.len(),
        clusters: clusters.collect(),
        clusters_in_all: fronts.clusters.len(),
        best: singles.collect(),
    }
}
