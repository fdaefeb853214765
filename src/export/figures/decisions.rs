//! What is to be decided.

use geo::InteriorPoint;
use serde_json::{Value, json};

use super::{metres, span};
use crate::analysis::{Decision, DecisionScope, Filter, Named, Survey, View, decisions as decide};

/// What is to be decided about the parcels that `filter` lets through, said of `scope`.
pub fn decisions(view: &View, filter: &Filter, scope: DecisionScope) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let survey = Survey::of(snapshot, filter, day, [None, None, None]);
    let chosen: Vec<u32> =
        (0..snapshot.parcels().len() as u32).filter(|parcel| survey.holds(*parcel)).collect();
    let all = decide(view, &survey, &chosen, scope);
    json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "decisions": all.iter().map(|one| placed(view, one)).collect::<Vec<_>>(),
    })
}

/// With a point, WGS 84 degrees, at which a map may pin it.
fn placed(view: &View, decision: &Decision) -> Value {
    let (Decision::Gap { middle, .. }
    | Decision::Cluster { middle, .. }
    | Decision::Late { middle, .. }
    | Decision::Blocker { middle, .. }) = decision;
    let shape = middle.map(|parcel| view.snapshot.parcels().arena().shape(parcel as usize).to_geo());
    let point = shape.and_then(|shape| shape.interior_point());
    let mut value = told(view, decision);
    value["point"] = json!(point.map(|point| [point.x(), point.y()]));
    value
}

fn told(view: &View, decision: &Decision) -> Value {
    let project = |index: usize| &view.snapshot.projects()[index].project;
    match decision {
        Decision::Gap { project: index, front, .. } => {
            let mut value = span(front.span);
            value["kind"] = json!("gap");
            value["project"] = json!(project(*index).code.as_str());
            value["body"] = json!(project(*index).body);
            value["parcels"] = json!(front.parcels.len());
            value["gain_m"] = json!(metres(front.gain));
            value
        }
        Decision::Cluster { project: index, tally, gain, .. } => json!({
            "kind": "cluster",
            "project": project(*index).code.as_str(),
            "body": project(*index).body,
            "parcels": tally.parcels,
            "area": tally.area,
            "gain": gain,
        }),
        Decision::Late { named, late, overdue, longest, .. } => {
            let longest = longest
                .as_ref()
                .map(|one| json!({ "days": one.days, "stage": one.act.code(), "article": one.article }));
            about(
                view,
                *named,
                json!({
                    "kind": "late",
                    "parcels": late.parcels,
                    "area": late.area,
                    "overdue": overdue,
                    "longest": longest,
                }),
            )
        }
        Decision::Blocker { kind, tally, named, there, since, .. } => about(
            view,
            *named,
            json!({
                "kind": "blocker",
                "blocker": kind.code(),
                "parcels": tally.parcels,
                "area": tally.area,
                "there": there,
                "since": since.to_string(),
            }),
        ),
    }
}

/// With the project or the unit that it names.
fn about(view: &View, named: Named, mut value: Value) -> Value {
    let snapshot = &view.snapshot;
    let (key, code) = match named {
        Named::Project(index) => ("project", snapshot.projects()[index].project.code.as_str()),
        Named::Unit(index) => ("unit", snapshot.units()[index].unit.code.as_str()),
    };
    value[key] = json!(code);
    value
}
