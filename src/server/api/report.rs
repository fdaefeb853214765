//! `/api/v1/report`: the briefing document.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::figures::discretion;
use crate::{
    analysis::{Discretion, View},
    report::{Format, Language, Setting, Subject, document, write},
    server::{app::App, auth::Identity, params::Query, problem::Problem, wording::StoreFacts},
};

/// What is asked for, before the view is known.
#[derive(Debug, Clone)]
enum Asked {
    Project(String),
    Unit(String),
    Province,
}

fn asked(query: &Query) -> Result<Asked, Problem> {
    let (project, unit) = (query.get("project"), query.get("unit"));
    match (project, unit, query.flag("province")?) {
        (Some(code), None, false) => Ok(Asked::Project(code.to_owned())),
        (None, Some(code), false) => Ok(Asked::Unit(code.to_owned())),
        (None, None, true) => Ok(Asked::Province),
        _ => Err(Problem::parameter("project", "name one of project=CODE, unit=CODE, province=true")),
    }
}

fn subject(view: &View, asked: &Asked) -> Result<Subject, Problem> {
    let unknown = |name: &str, code: &str| Problem::parameter(name, format!("\"{code}\" names nothing here"));
    match asked {
        Asked::Province => Ok(Subject::Province),
        Asked::Project(code) => {
            let found = view.snapshot.project_by_code(code);
            found.map(Subject::Project).ok_or_else(|| unknown("project", code))
        }
        Asked::Unit(code) => {
            let found = view.snapshot.unit_by_code(code, view.today);
            found.map(Subject::Unit).ok_or_else(|| unknown("unit", code))
        }
    }
}

/// The report.
pub async fn report(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = ["project", "unit", "province", "format", "lang", "as_of", "at"];
    let query = Query::parse(text.as_deref(), &known)?;
    let asked = asked(&query)?;
    let (format, language) = paper(&query)?;
    let discretion = discretion(&app, &identity, &query).await?;
    let key = format!("/api/v1/report {discretion:?} {}", text.unwrap_or_default());
    let make = move |app: &App, view: &View| {
        let about = app.words.about();
        let setting = setting(app, &about, discretion);
        let words = app.words.report(language);
        let document = document(view, subject(view, &asked)?, words, setting);
        document.and_then(|document| write(&document, format)).map_err(|error| Problem::internal(&error))
    };
    let answer = app.answer(&headers, key, query.when()?, format.media_type(), make).await?;
    Ok(attached(answer.respond(&headers), "bao-cao", format))
}

/// Format and language of a document; PDF and Vietnamese if they are left out.
pub fn paper(query: &Query) -> Result<(Format, Language), Problem> {
    let format = query.read("format", |code| Format::from_code(code).ok_or("must be pdf, docx or xlsx"))?;
    let language = query.read("lang", |code| Language::from_code(code).ok_or("must be vi or en"))?;
    Ok((format.unwrap_or(Format::Pdf), language.unwrap_or(Language::Vi)))
}

/// What a document needs besides the view.
pub fn setting<'a>(app: &'a App, about: &'a StoreFacts, discretion: Discretion) -> Setting<'a> {
    Setting {
        vocabulary: &app.words.codes,
        province: about.province.as_deref(),
        illustration: about.illustration,
        discretion,
    }
}

/// A document that is kept under this name.
pub fn attached(mut response: Response, name: &str, format: Format) -> Response {
    let name = format!("attachment; filename=\"{name}.{}\"", format.code());
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
