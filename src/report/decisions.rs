//! The section of what is to be decided, in words.

use super::{Block, Section, Subject, data::ReportData, map::act_name, words};
use crate::{
    analysis::{Decision, DecisionScope, Longest, Named, decisions},
    domain::chainage_label,
};

/// The section.
pub fn section(data: &ReportData<'_>) -> Section {
    let about = match data.subject {
        Subject::Province => DecisionScope::Many,
        Subject::Project(_) => DecisionScope::Project,
        Subject::Unit(_) => DecisionScope::Unit,
    };
    let list = decisions(data.view, &data.survey, &data.chosen, about);
    let block = if list.is_empty() {
        Block::Text { text: data.words.text("no_decision") }
    } else {
        Block::List { entries: list.iter().map(|decision| sentence(data, decision)).collect() }
    };
    Section { heading: data.words.text("section_decisions"), blocks: vec![block] }
}

fn sentence(data: &ReportData<'_>, decision: &Decision) -> String {
    let (snapshot, words) = (&data.view.snapshot, data.words);
    let project = |index: usize| &snapshot.projects()[index].project;
    let body = |index: usize| project(index).body.clone().unwrap_or_else(|| words.text("body_unknown"));
    match decision {
        Decision::Gap { project: index, front, .. } => {
            let [from, to] = front.span.metres().map(chainage_label);
            let values = [
                ("n", &*words.count(front.parcels.len() as u64)),
                ("from", &*from),
                ("to", &*to),
                ("project", &*project(*index).name),
                ("code", project(*index).code.as_str()),
                ("gain", &*words.decimal(f64::from(front.gain) / 10.0, 0)),
                ("body", &*body(*index)),
            ];
            words.say("decide_gap", &values)
        }
        Decision::Cluster { project: index, tally, gain, .. } => {
            let values = [
                ("n", &*words.count(tally.parcels)),
                ("area", &*words.hectares(tally.area.get())),
                ("project", &*project(*index).name),
                ("code", project(*index).code.as_str()),
                ("gain", &*words.hectares(gain.get())),
                ("body", &*body(*index)),
            ];
            words.say("decide_cluster", &values)
        }
        Decision::Late { named, late, overdue, longest, .. } => {
            let longest = longest.as_ref().map(|one| worst(data, one));
            let values = [
                ("name", name(data, *named)),
                ("n", &*words.count(late.parcels)),
                ("area", &*words.hectares(late.area.get())),
                ("overdue", &*words.count(*overdue)),
                ("longest", &*longest.unwrap_or_default()),
            ];
            words.say("decide_late", &values)
        }
        Decision::Blocker { kind, tally, named, there, since, .. } => {
            let label = data.setting.vocabulary.blockers.get(kind.code());
            let values = [
                ("kind", &*label.map_or_else(|| kind.code().to_owned(), |label| words.label(label))),
                ("n", &*words.count(tally.parcels)),
                ("area", &*words.hectares(tally.area.get())),
                ("where", name(data, *named)),
                ("there", &*words.count(*there)),
                ("since", &*words::day(*since)),
            ];
            words.say("decide_blocker", &values)
        }
    }
}

fn name<'a>(data: &ReportData<'a>, named: Named) -> &'a str {
    match named {
        Named::Project(index) => &data.view.snapshot.projects()[index].project.name,
        Named::Unit(index) => &data.view.snapshot.units()[index].unit.name,
    }
}

fn worst(data: &ReportData<'_>, longest: &Longest) -> String {
    let values = [
        ("days", &*data.words.count(longest.days)),
        ("stage", &*act_name(data.view, longest.act, data.words)),
        ("article", longest.article.as_deref().unwrap_or("-")),
    ];
    data.words.say("decide_late_longest", &values)
}
