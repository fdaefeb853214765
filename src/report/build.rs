//! From a view to a document.

use super::{
    Block, Document, ReportError, Section, Setting, Subject, Words, curve, data::ReportData, decisions,
    duties, map, tables, words,
};
use crate::{
    analysis::{Authority, Forecast, Simulated, View, authority, forecast, linear_fronts},
    domain::{Day, Language, hex},
};

/// The report.
pub fn document(
    view: &View,
    subject: Subject,
    words: &Words,
    setting: Setting<'_>,
) -> Result<Document, ReportError> {
    let data = ReportData::of(view, subject, words, setting);
    let (required, expected) = match subject {
        Subject::Project(index) => {
            let required = view.snapshot.projects()[index].project.required_day;
            (required, Some(forecast(&view.snapshot, view.history(), index, view.today)))
        }
        _ => (None, None),
    };
    let simulated = match &expected {
        Some(Forecast::Expected(simulated)) => Some(simulated),
        _ => None,
    };
    let mut sections = vec![overview(&data), decisions::section(&data)];
    if let Some(picture) = map::map(view, subject, &data.chosen, words)? {
        sections.push(section(words, "section_map", vec![Block::Picture(picture)]));
    }
    if let Some(picture) = curve::curve(view, &data.chosen, required, simulated, words)? {
        sections.push(section(words, "section_curve", vec![Block::Picture(picture)]));
    }
    sections.push(section(words, "section_groups", tables::groups(&data)));
    sections.push(section(words, "section_trouble", tables::trouble(&data)));
    sections.push(duties::section(&data));
    if let Subject::Project(index) = subject {
        let fronts = fronts(&data, index);
        if !fronts.is_empty() {
            sections.push(section(words, "section_fronts", fronts));
        }
        if let Some(expected) = &expected {
            sections.push(section(words, "section_forecast", expectation(&data, expected, required)));
        }
    }
    let title = Title { kind: words.text("kind"), name: title(&data), illustration: setting.illustration };
    Ok(framed(view, words, setting, title, sections))
}

fn section(words: &Words, heading: &str, blocks: Vec<Block>) -> Section {
    Section { heading: words.text(heading), blocks }
}

/// The area's name, where the province of the day has another: it is a former province, now part of that one.
fn former<'a>(view: &View, setting: Setting<'a>) -> Option<&'a str> {
    let authority = authority(&view.snapshot, view.today)?;
    setting.province.filter(|area| *area != authority.short())
}

fn title(data: &ReportData<'_>) -> String {
    let (words, view, setting) = (data.words, data.view, data.setting);
    match data.subject {
        Subject::Province => match former(view, setting) {
            Some(area) => words.say("title_area", &[("area", area)]),
            None => words.text("title_province"),
        },
        Subject::Unit(index) => words.say("title_unit", &[("name", &view.snapshot.units()[index].unit.name)]),
        Subject::Project(index) => {
            words.say("title_project", &[("name", &view.snapshot.projects()[index].project.name)])
        }
    }
}

/// What a document is called.
pub struct Title {
    pub kind: String,
    pub name: String,
    /// It is made up.
    pub illustration: bool,
}

/// Head and foot after Decree 30/2020/NĐ-CP.
pub fn framed(
    view: &View,
    words: &Words,
    setting: Setting<'_>,
    title: Title,
    sections: Vec<Section>,
) -> Document {
    let date = view.today.date();
    let (d, m, y) = (format!("{:02}", date.day()), format!("{:02}", date.month()), date.year().to_string());
    // Who issues it is the province of the day, whatever the area was called before.
    let authority = authority(&view.snapshot, view.today);
    let province = authority.map(Authority::short).or(setting.province);
    let place = province.map_or_else(|| words.text("place_unknown"), str::to_owned);
    let date = words::day(view.today);
    let unit = match (authority, setting.province) {
        (Some(authority), _) if words.language() == Language::Vi => Some(authority.name.to_owned()),
        (None, Some(province)) if words.language() == Language::Vi => Some(format!("Tỉnh {province}")),
        _ => province.map(str::to_owned),
    };
    let above = match unit {
        Some(unit) => words.say("above", &[("unit", &unit.to_uppercase())]),
        None => words.text("above_unknown"),
    };
    let (at, head) = (view.snapshot.position().to_string(), hex(&view.snapshot.head()));
    Document {
        language: words.language(),
        above,
        issuer: words.text("issuer"),
        motto: [words.text("motto"), words.text("motto_below")],
        number: words.text("number"),
        place: words.say("place", &[("place", &place), ("d", &d), ("m", &m), ("y", &y)]),
        title: [title.kind, title.name, words.say("as_of", &[("date", &date)])],
        illustration: title.illustration.then(|| words.text("illustration")),
        footer: words.say("footer", &[("at", &at), ("head", &head), ("date", &date)]),
        sections,
        recipients: ["recipients", "recipient_1", "recipient_2", "recipient_3"]
            .map(|key| words.text(key))
            .to_vec(),
        signature: words.text("signature"),
    }
}

fn text(text: String) -> Block {
    Block::Text { text }
}

fn overview(data: &ReportData<'_>) -> Section {
    let ReportData { view, words, figures, survey, .. } = data;
    let area = figures.progress.measures.area;
    let subject = match data.subject {
        Subject::Province => match former(view, data.setting) {
            Some(area) => words.say("subject_area", &[("area", area)]),
            None => words.text("subject_province"),
        },
        Subject::Unit(index) => {
            words.say("subject_unit", &[("name", &view.snapshot.units()[index].unit.name)])
        }
        Subject::Project(_) => words.text("subject_project"),
    };
    let mut sentence = words.say(
        "headline",
        &[
            ("date", &words::day(view.today)),
            ("subject", &subject),
            ("done", &words.hectares(area.done.get())),
            ("total", &words.hectares(area.total.get())),
            ("share", &words.percent(figures.progress.share)),
        ],
    );
    if let Some((planned, days)) = figures.progress.planned_share.zip(figures.progress.days_ahead) {
        let key = match days {
            0 => "pace_on_time",
            1.. => "pace_ahead",
            _ => "pace_behind",
        };
        let pace = words.say(key, &[("days", &words.count(u64::from(days.unsigned_abs())))]);
        sentence.push(' ');
        sentence
            .push_str(&words.say("headline_plan", &[("planned", &words.percent(planned)), ("pace", &pace)]));
    }
    let earlier = survey.total().earlier;
    let since = |index: usize| words.hectares((area.done - earlier[index]).get());
    let trouble = words.say(
        "trouble",
        &[
            ("blocked", &words.count(figures.blocked.parcels)),
            ("blocked_area", &words.hectares(figures.blocked.area.get())),
            ("overdue", &words.count(figures.overdue.parcels)),
            ("late", &words.count(figures.late.parcels)),
            ("late_area", &words.hectares(figures.late.area.get())),
        ],
    );
    let mut blocks = facts(data);
    blocks.extend([
        text(sentence),
        text(words.say("change", &[("week", &since(0)), ("month", &since(1))])),
        text(trouble),
        tables::measures(data),
    ]);
    section(words, "section_overview", blocks)
}

/// What a project is.
fn facts(data: &ReportData<'_>) -> Vec<Block> {
    let (words, setting) = (data.words, data.setting);
    let Subject::Project(index) = data.subject else { return Vec::new() };
    let project = &data.view.snapshot.projects()[index].project;
    let kind = setting.vocabulary.kinds.get(project.kind.code()).map(|label| words.label(label));
    let facts = [
        ("fact_kind", kind),
        ("fact_investor", project.investor.clone()),
        ("fact_body", project.body.clone()),
        ("fact_required", project.required_day.map(words::day)),
    ];
    let sentence = facts.into_iter().filter_map(|(key, value)| Some(words.say(key, &[("value", &value?)])));
    let sentence: Vec<String> = sentence.collect();
    vec![text(sentence.join(" "))]
}

fn fronts(data: &ReportData<'_>, index: usize) -> Vec<Block> {
    let (view, words) = (data.view, data.words);
    let entry = &view.snapshot.projects()[index];
    let least = crate::analysis::LEAST_LENGTH_M;
    let Some(fronts) = linear_fronts(&view.snapshot, entry, view.today, least, 1) else { return Vec::new() };
    let km = |decimetres: u32| words.decimal(f64::from(decimetres) / 10_000.0, 2);
    let sentence = words.say(
        "fronts_linear",
        &[
            ("length", &km(fronts.length)),
            ("cleared", &km(fronts.cleared)),
            ("least", &words.decimal(least, 0)),
            ("workable", &km(fronts.workable)),
            ("share", &words.percent(f64::from(fronts.workable) / f64::from(fronts.length.max(1)))),
            (
                "longest",
                &words.decimal(fronts.longest.map_or(0.0, |span| f64::from(span.length()) / 10.0), 0),
            ),
        ],
    );
    let mut blocks = vec![text(sentence)];
    blocks.extend(tables::gaps(data, &fronts.fronts));
    blocks
}

fn expectation(data: &ReportData<'_>, expected: &Forecast, required: Option<Day>) -> Vec<Block> {
    let words = data.words;
    match expected {
        Forecast::Done(on) => {
            let date = on.map_or_else(|| "-".to_owned(), words::day);
            vec![text(words.say("forecast_done", &[("date", &date)]))]
        }
        Forecast::NotEnoughHistory(_) => vec![text(words.text("forecast_unknown"))],
        Forecast::Expected(simulated) => outcomes(words, simulated, required),
    }
}

fn outcomes(words: &Words, simulated: &Simulated, required: Option<Day>) -> Vec<Block> {
    let day = |day: Option<Day>| day.map_or_else(|| words.text("forecast_beyond"), words::day);
    let (all, most) = (simulated.completion, simulated.mostly);
    let sentence = words.say(
        "forecast_band",
        &[
            ("p10", &day(all.p10)),
            ("p50", &day(all.p50)),
            ("p90", &day(all.p90)),
            ("m10", &day(most.p10)),
            ("m50", &day(most.p50)),
            ("m90", &day(most.p90)),
        ],
    );
    let mut blocks = vec![text(sentence)];
    if let Some((required, chance)) = required.zip(simulated.on_time) {
        let values = [("required", &*words::day(required)), ("chance", &*words.percent(chance))];
        blocks.push(text(words.say("forecast_on_time", &values)));
    }
    blocks
}
