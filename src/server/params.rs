//! Query parameters: each one known by name, checked, and refused with a reason.

use super::problem::Problem;
use crate::{
    analysis::{Filter, View},
    domain::{Day, LedgerPosition},
    export::{Crs, Reprojector},
    query::{self, CONDITION_NAMES, CONDITIONS, Collection, Column, Language, Rows},
};

/// Which state of things is meant: what was known `at` a position, on the day `as_of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct When {
    /// Position of the ledger; the end if none.
    pub at: Option<LedgerPosition>,
    /// Day; today if none.
    pub as_of: Option<Day>,
}

impl From<Option<LedgerPosition>> for When {
    fn from(at: Option<LedgerPosition>) -> Self {
        Self { at, as_of: None }
    }
}

/// The query of a request.
#[derive(Debug, Clone)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=2`. Parameters that are not in `known`, or come twice, are refused.
    ///
    /// # Errors
    /// 400 naming the first unknown parameter, with those that are known.
    pub fn parse(text: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(text.unwrap_or_default().as_bytes()) {
            let (name, value) = (name.into_owned(), value.into_owned());
            if !known.contains(&name.as_str()) {
                let names = known.join(", ");
                return Err(Problem::parameter(&name, format!("is not known here; these are: {names}")));
            }
            if pairs.iter().any(|(other, _)| *other == name) {
                return Err(Problem::parameter(&name, "comes twice"));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// As [`Query::parse`], and empty parameters are refused too.
    ///
    /// # Errors
    /// 400 naming the first parameter that is unknown or empty.
    pub fn strict(text: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let query = Self::parse(text, known)?;
        match query.0.iter().find(|(_, value)| value.is_empty()) {
            Some((name, _)) => Err(Problem::parameter(name, "is empty; leave it out or give it a value")),
            None => Ok(query),
        }
    }

    /// The value of a parameter; an empty one counts as left out.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }

    /// All parameters that are not left empty.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(_, value)| !value.is_empty())
    }

    /// Gives a parameter a value in place of the one it has.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), value));
    }

    /// As `a=1&b=2`.
    pub fn write(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    /// The value of a parameter, read with `read`.
    ///
    /// # Errors
    /// 400 with the parameter's name and the text that `read` gives.
    pub fn read<T, E: std::fmt::Display>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        self.get(name).map(read).transpose().map_err(|why| Problem::parameter(name, why))
    }

    /// `true` or `false`; false when left out.
    ///
    /// # Errors
    /// 400 when the value is neither `true` nor `false`.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        let read = |text: &str| text.parse::<bool>().map_err(|_| "must be true or false");
        Ok(self.read(name, read)?.unwrap_or(false))
    }

    /// The day that figures are asked for: `as_of`, else today.
    ///
    /// # Errors
    /// Not a date.
    pub fn as_of(&self, today: Day) -> Result<Day, Problem> {
        Ok(self.read("as_of", Day::parse)?.unwrap_or(today))
    }

    /// The position of the ledger that is asked for: `at`.
    ///
    /// # Errors
    /// Not a whole number.
    pub fn at(&self) -> Result<Option<LedgerPosition>, Problem> {
        self.read("at", |text| text.parse().map(LedgerPosition).map_err(|_| "must be a whole number"))
    }

    /// The day that is asked for, if one is: `as_of`.
    ///
    /// # Errors
    /// Not a date.
    pub fn day(&self) -> Result<Option<Day>, Problem> {
        self.read("as_of", Day::parse)
    }

    /// The state of things that is asked for: `at` and `as_of`.
    ///
    /// # Errors
    /// Not a whole number, not a date.
    pub fn when(&self) -> Result<When, Problem> {
        Ok(When { at: self.at()?, as_of: self.day()? })
    }

    /// The conditions on parcels on `day`: those with a parameter of their own, and the CQL2 of `filter`.
    ///
    /// # Errors
    /// A code that names nothing, or a filter that can't be used.
    pub fn filter(&self, view: &View, day: Day) -> Result<Filter, Problem> {
        let mut all = query::Filter::all();
        for condition in CONDITIONS {
            if let Some(one) = self.read(condition.name, |text| condition.read(view, day, text))? {
                all = all.and(one);
            }
        }
        let columns: Vec<_> = Collection::Parcels.columns().iter().collect();
        if let Some(cql) = self.cql(&columns)? {
            all = all.and(cql);
        }
        let units = view.snapshot.units_on(day);
        let rows = Rows { today: day, units: &units, ..Rows::of(view) };
        all.plan(&rows).map_err(|why| Problem::parameter("filter", why))
    }

    /// The condition of `filter`, `filter-lang` and `filter-crs`.
    ///
    /// # Errors
    /// 400 when the filter is no CQL2, names an unknown property or goes beyond a limit.
    pub fn cql(&self, known: &[&'static Column]) -> Result<Option<query::Filter>, Problem> {
        let language = self.read("filter-lang", |text| match text {
            // GDAL up to 3.7 says it by the draft's name.
            "cql2-text" | "cql-text" => Ok(Language::Text),
            "cql2-json" => Ok(Language::Json),
            other => Err(format!("\"{other}\" is not offered; use cql2-text or cql2-json")),
        })?;
        let crs = self.read("filter-crs", Crs::parse)?.unwrap_or_default();
        let Some(text) = self.get("filter") else { return Ok(None) };
        // Left out, the language shows.
        let language = language.unwrap_or(if text.trim_start().starts_with('{') {
            Language::Json
        } else {
            Language::Text
        });
        let mover = Reprojector::new(crs).map_err(|e| Problem::internal(&e))?;
        let to_wgs84 = |c: [f64; 2]| mover.back(c);
        query::Filter::parse(text, language, known, &to_wgs84)
            .map(Some)
            .map_err(|why| Problem::parameter("filter", why))
    }
}

/// Parameters of [`Query::filter`] that say something in CQL2.
const CQL: [&str; 3] = ["filter", "filter-lang", "filter-crs"];

/// Names of the parameters that [`Query::filter`] reads.
pub fn filter_names() -> impl Iterator<Item = &'static str> {
    CONDITION_NAMES.into_iter().chain(CQL)
}

/// The filter's parameters and `more`.
pub fn with_filter(more: &[&'static str]) -> Vec<&'static str> {
    filter_names().chain(more.iter().copied()).collect()
}

/// Reads west,south,east,north.
///
/// # Errors
/// Text for a person: no four numbers, or edges outside the world or crossed.
pub fn bbox(text: &str) -> Result<[f64; 4], String> {
    bbox_of(text)
}

/// Reads four or six numbers: the smallest along both axes, then the largest, in any CRS.
///
/// # Errors
/// Text for a person: no four numbers, or edges outside the world or crossed.
pub fn bbox_of(text: &str) -> Result<[f64; 4], String> {
    let edges = edges_of(text)?;
    if edges[0] > edges[2] {
        return Err("west must not exceed east, nor south north".to_owned());
    }
    Ok(edges)
}

/// As [`bbox_of`]; in degrees a west that exceeds the east is a rectangle across the antimeridian (RFC 7946, 5.2).
///
/// # Errors
/// Text for a person: no four numbers, or edges outside the world or crossed.
pub fn edges_of(text: &str) -> Result<[f64; 4], String> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse().ok().filter(|n: &f64| n.is_finite()))
        .collect::<Option<_>>()
        .ok_or("must be numbers: west,south,east,north")?;
    let edges = match numbers[..] {
        [west, south, east, north] | [west, south, _, east, north, _] => [west, south, east, north],
        _ => return Err("must be four numbers: west,south,east,north".to_owned()),
    };
    if edges[1] > edges[3] {
        return Err("west must not exceed east, nor south north".to_owned());
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_unknown_ones_refused() {
        let query = Query::parse(Some("q=Ph%E1%BB%A7+L%C3%BD&limit="), &["q", "limit"]).unwrap();
        assert_eq!(query.get("q"), Some("Phủ Lý"));
        assert_eq!(query.get("limit"), None);
        assert!(Query::parse(Some("w=1"), &["q"]).is_err());
        assert!(Query::parse(Some("q=1&q=2"), &["q"]).is_err());
    }

    #[test]
    fn a_bbox_has_four_numbers_or_six() {
        assert_eq!(bbox("1,2,3,4"), Ok([1., 2., 3., 4.]));
        assert_eq!(bbox("1,2,0,3,4,9"), Ok([1., 2., 3., 4.]));
        assert!(bbox("1,2,3").is_err() && bbox("3,2,1,4").is_err() && bbox("a,2,3,4").is_err());
    }
}
