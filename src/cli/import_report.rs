//! What an import tells a person on the terminal.

use std::collections::HashMap;

use super::output::say;
use crate::{
    ingest::{Axes, CrsReport, CrsSource, EncodingReport, IntersectRow, Remark, Report},
    store::{Head, Written},
};

/// Lines of each list that are printed; the JSON report has them all.
const SHOWN: usize = 20;
/// Features that are named of those that have one and the same fault.
const NAMED: usize = 3;

/// Prints the report for a person.
pub fn print(report: &Report, rows: &[IntersectRow], written: Option<&(Written, Head)>) {
    say!("{}: layer \"{}\" ({})", report.file, report.layer, report.driver);
    print_crs(&report.crs);
    print_text(&report.encoding);
    let columns: Vec<String> =
        report.mapping.iter().map(|(field, column)| format!("{field}={column}")).collect();
    say!("columns   {}", columns.join(", "));
    for level in &report.levels {
        let used = if level.used || level.lines == 0 { "" } else { ", lines left out" };
        say!("level     {}: {} lines, {} texts{used}", level.name, level.lines, level.texts);
    }
    for commune in &report.located {
        say!("commune   {} {}: {} parcels, by its boundary", commune.unit, commune.name, commune.parcels);
    }
    say!(
        "read {}, accepted {}, repaired {}, refused {}",
        report.read,
        report.accepted,
        report.repaired.len(),
        report.refused.len()
    );
    let remark = |remark: &Remark| (remark.feature.clone(), format!(": {}", remark.reason));
    list("repaired", &together(report.repaired.iter().map(remark)), Clone::clone);
    let refused = report.refused.iter().map(|refusal| {
        let field = refusal.field.as_ref().map_or(String::new(), |field| format!(", field {field}"));
        (refusal.feature.clone(), format!("{field}: {}", refusal.reason))
    });
    list("refused", &together(refused), Clone::clone);
    list("overlap", &report.overlaps, |o| format!("{} and {}: {:.1} m²", o.a, o.b, o.area_m2));
    list("area", &report.area_differences, |d| {
        let field = d.field.trim_end_matches("_area");
        format!(
            "{}: {field} {:.1} m², computed {:.1} m² ({:+.1} %)",
            d.feature, d.declared_m2, d.computed_m2, d.percent
        )
    });
    list("commune", &together(report.divided.iter().map(remark)), Clone::clone);
    list("warning", &report.warnings, Clone::clone);
    list("recovered", rows, |row| {
        let how = if row.whole { "whole" } else { "in part" };
        format!("{} {how}: {:.1} of {:.1} m²", row.key, row.recovered_area.get(), row.total_area.get())
    });
    if let Some((written, head)) = written {
        say!(
            "stored {} new, {} brought up to date; ledger position {}",
            written.inserted,
            written.updated,
            head.position
        );
    }
}

fn print_crs(crs: &CrsReport) {
    let source = match crs.source {
        CrsSource::File => "from the file",
        CrsSource::Option => "as told by --crs",
        CrsSource::Detected => "DETECTED from the coordinates",
        CrsSource::None => return say!("CRS       none, because there is no geometry"),
    };
    let axes = if crs.axes == Axes::Swapped { ", axes SWAPPED" } else { "" };
    say!("CRS       {} {} ({source}{axes})", crs.code.as_deref().unwrap_or("-"), crs.name);
}

fn print_text(encoding: &EncodingReport) {
    let source = if encoding.chosen { "as told by --encoding" } else { "found out" };
    say!("text      {} ({source})", encoding.used);
    if encoding.sample.is_empty() {
        say!("          no Vietnamese letters outside personal columns");
    }
    for sample in &encoding.sample {
        if sample.before == sample.after {
            say!("          {}", sample.after);
        } else {
            say!("          {} -> {}", sample.before, sample.after);
        }
    }
}

/// Each fault once, with the features that have it, the most frequent first.
fn together(all: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut features: HashMap<String, Vec<String>> = HashMap::new();
    let mut order = Vec::new();
    for (feature, fault) in all {
        let same = features.entry(fault).or_insert_with_key(|fault| {
            order.push(fault.clone());
            Vec::new()
        });
        same.push(feature);
    }
    let mut faults: Vec<(String, Vec<String>)> =
        order.into_iter().filter_map(|fault| features.remove_entry(&fault)).collect();
    faults.sort_by_key(|(_, features)| std::cmp::Reverse(features.len()));
    let line = |(fault, features): (String, Vec<String>)| {
        let named = features.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        match features.len() {
            1 => format!("{named}{fault}"),
            many if many <= NAMED => format!("{many} features{fault}: {named}"),
            many => format!("{many} features{fault}: {named} and {} more", many - NAMED),
        }
    };
    faults.into_iter().map(line).collect()
}

fn list<T>(name: &str, all: &[T], line: impl Fn(&T) -> String) {
    for entry in all.iter().take(SHOWN) {
        say!("  {name:9} {}", line(entry));
    }
    if all.len() > SHOWN {
        say!("  {name:9} … and {} more; --report FILE.json has them all", all.len() - SHOWN);
    }
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn equal_faults_are_told_once_with_their_number() {
        let mut all: Vec<(String, String)> =
            (0..725_650).map(|n| (n.to_string(), ", field project: no project".to_owned())).collect();
        all.insert(0, ("a".to_owned(), ": has no area".to_owned()));
        all.push(("b".to_owned(), ": repeats 1".to_owned()));
        all.push(("c".to_owned(), ": repeats 1".to_owned()));
        assert_eq!(
            together(all.into_iter()),
            [
                "725650 features, field project: no project: 0, 1, 2 and 725647 more",
                "2 features: repeats 1: b, c",
                "a: has no area",
            ]
        );
    }
}
