//! The section of what is to be decided, in words.

use super::{Block, Section, Subject, build::ReportData, map::act_name, words};
use crate::{
    analysis::{Decision, DecisionScope, Longest, Named, decisions},
    domain::chainage_label,
};

/// The section.
pub fn section(matter: &ReportData<'_>) -> Section {
    let about = match matter.subject {
        Subject::Province => DecisionScope::Many,
        Subject::Project(_) => DecisionScope::Project,
        Subject::Unit(_) => DecisionScope::Unit,
    };
    let list = decisions(matter.view, &matter.survey, &matter.chosen, about);
    let block = if list.is_empty() {
        Block::Text { text: matter.words.text("no_decision") }
    } else {
        Block::List { entries: list.iter().map(|decision| told(matter, decision)).collect() }
    };
    Section { heading: matter.words.text("section_decisions"), blocks: vec![block] }
}

fn told(matter: &ReportData<'_>, decision: &Decision) -> String {
    let (snapshot, words) = (&matter.view.snapshot, matter.words);
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
            let longest = longest.as_ref().map(|one| worst(matter, one));
            let values = [
                ("name", name(matter, *named)),
                ("n", &*words.count(late.parcels)),
                ("area", &*words.hectares(late.area.get())),
                ("overdue", &*words.count(*overdue)),
                ("longest", &*longest.unwrap_or_default()),
            ];
            words.say("decide_late", &values)
        }
        Decision::Blocker { kind, tally, named, there, since, .. } => {
            let label = matter.setting.vocabulary.blockers.get(kind.code());
            let values = [
                ("kind", &*label.map_or_else(|| kind.code().to_owned(), |label| words.label(label))),
                ("n", &*words.count(tally.parcels)),
                ("area", &*words.hectares(tally.area.get())),
                ("where", name(matter, *named)),
                ("there", &*words.count(*there)),
                ("since", &*words::day(*since)),
            ];
            words.say("decide_blocker", &values)
        }
    }
}

fn name<'a>(matter: &ReportData<'a>, named: Named) -> &'a str {
    match named {
        Named::Project(index) => &matter.view.snapshot.projects()[index].project.name,
        Named::Unit(index) => &matter.view.snapshot.units()[index].unit.name,
    }
}

fn worst(matter: &ReportData<'_>, longest: &Longest) -> String {
    let values = [
        ("days", &*matter.words.count(longest.days)),
        ("stage", &*act_name(matter.view, longest.act, matter.words)),
        ("article", longest.article.as_deref().unwrap_or("-")),
    ];
    matter.words.say("decide_late_longest", &values)
}
