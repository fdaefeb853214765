//! What holds of every filter that is taken: nobody passes both it and its negation, and it reads in words.

use matbang::{
    export::People,
    query::{BoundFilter, Collection, Column, Filter, Language, Rows},
};

use super::support;

fn parse(text: &str, language: Language) -> Option<Filter> {
    static COLUMNS: std::sync::OnceLock<Vec<&'static Column>> = std::sync::OnceLock::new();
    let columns =
        COLUMNS.get_or_init(|| Collection::Parcels.columns().iter().filter(|one| !one.personal).collect());
    Filter::parse(text, language, columns, &Some).ok()
}

fn passing(filter: &Filter) -> Vec<bool> {
    let view = support::view();
    let (bound, rows, scratch) =
        (filter.bind(Collection::Parcels, view, view.today), Rows::of(view), BoundFilter::scratch());
    (0..view.snapshot.parcels().len() as u32).map(|index| bound.holds(&rows, index, &scratch)).collect()
}

/// Holds a text against its negation in the same language.
pub fn check(text: &str, negated: &str, language: Language) {
    let Some(filter) = parse(text, language) else { return };
    let view = support::view();
    let passes = passing(&filter);
    let vocabulary = matbang::domain::vocabulary().expect("the program's own words");
    let of = (view, Collection::Parcels);
    drop(People::new(matbang::domain::Language::Vi, vocabulary, of, &filter, false));
    let Some(other) = parse(negated, language) else { return };
    let both = passes.iter().zip(passing(&other)).any(|(one, other)| *one && other);
    assert!(!both, "a parcel passes {text} and {negated}");
}
