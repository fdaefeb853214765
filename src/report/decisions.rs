//! The three decisions that a report asks for, by rule: which few parcels open the most land, who is
//! the latest, which obstacle holds the most up.

use super::{Block, Section, Subject, build::Matter, map::stage_name, tables::oldest, words};
use crate::{
    analysis::{LEAST_AREA_M2, Sums, areal_fronts, blockers, clocks},
    domain::{SquareMetres, chainage_label},
};

const MOST: usize = 3;

/// The section.
pub fn section(matter: &Matter<'_>) -> Section {
    let mut entries: Vec<String> =
        [opens(matter), late(matter), obstacle(matter)].into_iter().flatten().collect();
    entries.truncate(MOST);
    let block = if entries.is_empty() {
        Block::Text { text: matter.words.text("no_decision") }
    } else {
        Block::List { entries }
    };
    Section { heading: matter.words.text("section_decisions"), blocks: vec![block] }
}

/// The gap of an alignment that opens the most for each of its parcels, else the cluster of a site.
fn opens(matter: &Matter<'_>) -> Option<String> {
    let (view, words) = (matter.view, matter.words);
    let snapshot = &view.snapshot;
    let fronts = view
        .fronts
        .iter()
        .enumerate()
        .flat_map(|(project, fronts)| fronts.iter().map(move |front| (project, front)));
    let own = fronts.filter(|(_, front)| {
        front.rank.is_some() && front.parcels.iter().any(|parcel| matter.survey.holds(*parcel))
    });
    let worth = |front: &crate::analysis::Front| f64::from(front.gain) / front.parcels.len().max(1) as f64;
    let best = own.max_by(|a, b| worth(a.1).total_cmp(&worth(b.1)).then(b.0.cmp(&a.0)));
    let Some((project, front)) = best else { return cluster(matter) };
    let project = &snapshot.projects()[project].project;
    let [from, to] = front.span.metres().map(chainage_label);
    let values = [
        ("n", &*words.count(front.parcels.len() as u64)),
        ("from", &*from),
        ("to", &*to),
        ("project", &*project.name),
        ("code", project.code.as_str()),
        ("gain", &*words.decimal(f64::from(front.gain) / 10.0, 0)),
        ("body", &*project.body.clone().unwrap_or_else(|| words.text("body_unknown"))),
    ];
    Some(words.say("decide_gap", &values))
}

/// The cluster of pending parcels that opens the most in the site with the most land past its day.
fn cluster(matter: &Matter<'_>) -> Option<String> {
    let (view, words) = (matter.view, matter.words);
    let snapshot = &view.snapshot;
    let by_project = matter.survey.rows(snapshot.projects().len(), |project, _| project);
    let pending = |sums: &Sums| sums.all.area - sums.cleared.area;
    let site = |index: &usize| snapshot.projects()[*index].length_m.is_none();
    let most = (0..by_project.len()).filter(site).max_by_key(|index| pending(&by_project[*index]))?;
    let entry = &snapshot.projects()[most];
    let fronts = areal_fronts(snapshot, entry, view.today, SquareMetres::new(LEAST_AREA_M2));
    let cluster = fronts.clusters.iter().find(|cluster| {
        cluster.gain > SquareMetres::ZERO && cluster.parcels.iter().any(|parcel| matter.survey.holds(*parcel))
    })?;
    let project = &entry.project;
    let values = [
        ("n", &*words.count(cluster.parcels.len() as u64)),
        ("area", &*words.hectares(cluster.area.get())),
        ("project", &*project.name),
        ("code", project.code.as_str()),
        ("gain", &*words.hectares(cluster.gain.get())),
        ("body", &*project.body.clone().unwrap_or_else(|| words.text("body_unknown"))),
    ];
    Some(words.say("decide_cluster", &values))
}

/// The unit, or for a report about a unit the project, with the most land past its planned day.
fn late(matter: &Matter<'_>) -> Option<String> {
    let (view, words) = (matter.view, matter.words);
    let snapshot = &view.snapshot;
    let by_project = matches!(matter.subject, Subject::Unit(_));
    let count = if by_project { snapshot.projects().len() } else { snapshot.units().len() };
    let rows = matter.survey.rows(count, |project, unit| if by_project { project } else { unit });
    let most = (0..count).max_by_key(|row| (rows[*row].late.area, std::cmp::Reverse(*row)))?;
    let sums = rows.get(most).filter(|sums| sums.late.parcels > 0)?;
    let columns = snapshot.parcels();
    let within =
        |parcel: &&u32| most == if by_project { columns.project(**parcel) } else { columns.unit(**parcel) };
    let parcels: Vec<u32> = matter.chosen.iter().filter(within).copied().collect();
    let running = clocks(snapshot, &parcels, view.today);
    let longest = running.first().filter(|one| one.days_left < 0).map(|one| {
        let values = [
            ("days", &*words.count(u64::from(one.days_left.unsigned_abs()))),
            ("stage", &*stage_name(view, one.clock.rule.stage, words)),
            ("article", one.clock.rule.article.as_deref().unwrap_or("-")),
        ];
        words.say("decide_late_longest", &values)
    });
    let name =
        if by_project { &snapshot.projects()[most].project.name } else { &snapshot.units()[most].unit.name };
    let values = [
        ("name", &**name),
        ("n", &*words.count(sums.late.parcels)),
        ("area", &*words.hectares(sums.late.area.get())),
        ("overdue", &*words.count(sums.overdue.parcels)),
        ("longest", &*longest.unwrap_or_default()),
    ];
    Some(words.say("decide_late", &values))
}

/// The kind of blocker that holds the most land up, and where most of it is.
fn obstacle(matter: &Matter<'_>) -> Option<String> {
    let (view, words) = (matter.view, matter.words);
    let snapshot = &view.snapshot;
    let all = blockers(snapshot, &matter.chosen, view.today);
    let most = all.iter().max_by_key(|blocker| (blocker.tally.area, blocker.tally.parcels))?;
    let by_unit = matches!(matter.subject, Subject::Project(_));
    let mut counts = vec![0u64; snapshot.projects().len().max(snapshot.units().len())];
    for parcel in &matter.chosen {
        let holds =
            |blocker: &crate::domain::Blocker| blocker.kind == most.kind && blocker.stands_on(view.today);
        if snapshot.blockers(*parcel).iter().any(holds) {
            let columns = snapshot.parcels();
            counts[if by_unit { columns.unit(*parcel) } else { columns.project(*parcel) }] += 1;
        }
    }
    let place = (0..counts.len()).max_by_key(|at| (counts[*at], std::cmp::Reverse(*at)))?;
    let name = if by_unit {
        snapshot.units()[place].unit.name.clone()
    } else {
        snapshot.projects()[place].project.name.clone()
    };
    let kind = matter.setting.vocabulary.blockers.get(most.kind.code());
    let values = [
        ("kind", &*kind.map_or_else(|| most.kind.code().to_owned(), |label| words.label(label))),
        ("n", &*words.count(most.tally.parcels)),
        ("area", &*words.hectares(most.tally.area.get())),
        ("where", &*name),
        ("there", &*words.count(counts[place])),
        ("since", &*oldest(matter, most.kind).map(words::day).unwrap_or_default()),
    ];
    Some(words.say("decide_blocker", &values))
}
