//! What all parts of a report look at.

use super::{Setting, Subject, Words};
use crate::analysis::{Figures, Filter, Survey, View, length};

/// What all parts of a report look at.
pub struct ReportData<'a> {
    pub view: &'a View,
    pub subject: Subject,
    pub words: &'a Words,
    pub setting: Setting<'a>,
    /// The parcels that it is about, by index.
    pub chosen: Vec<u32>,
    pub survey: Survey,
    pub figures: Figures,
}

impl<'a> ReportData<'a> {
    /// Its parcels and figures on the view's day.
    pub fn of(view: &'a View, subject: Subject, words: &'a Words, setting: Setting<'a>) -> Self {
        let (snapshot, day) = (&view.snapshot, view.today);
        let filter = match subject {
            Subject::Project(project) => Filter::of_project(snapshot, project),
            Subject::Unit(unit) => Filter::in_unit(snapshot, unit, day),
            Subject::Province => Filter::default(),
        };
        let earlier = [Some(day.plus(-7)), Some(day.plus(-30)), None];
        let survey = Survey::of(snapshot, &filter, day, earlier);
        let chosen: Vec<u32> =
            (0..snapshot.parcels().len() as u32).filter(|parcel| survey.holds(*parcel)).collect();
        let projects: Vec<usize> = match subject {
            Subject::Project(project) => vec![project],
            Subject::Unit(_) => Vec::new(),
            Subject::Province => (0..snapshot.projects().len()).collect(),
        };
        let holders = survey.holders(snapshot, 1, |_| 0)[0];
        let mut figures = survey.total().figures(snapshot, day, holders, length(snapshot, &projects, day));
        figures.progress = figures.progress.disclosed(setting.discretion);
        Self { view, subject, words, setting, chosen, survey, figures }
    }
}
