//! HTML of the same documents: plain pages that load nothing, words from `data/columns.toml`.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::words;
use crate::{
    analysis::View,
    domain::Label,
    export::{ExportError, Format, Job, Picked, Row, RowWriter, escaped},
    server::{app::App, problem::Problem},
};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:80rem;padding:1rem;color:CanvasText;\
background:Canvas;color-scheme:light dark}table{border-collapse:collapse;display:block;overflow-x:auto}\
td,th{border:1px solid GrayText;padding:.25rem .5rem;text-align:left;white-space:nowrap}\
small{color:GrayText}ul{padding-left:1.2rem}";

/// A text of the pages in both languages.
fn word(app: &App, name: &str) -> String {
    words(app).pages.get(name).map(both).unwrap_or_default()
}

fn both(label: &Label) -> String {
    format!("{} <small lang=\"en\">{}</small>", escaped(&label.vi), escaped(&label.en))
}

fn open(title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{0}</title><style>{STYLE}</style></head><body><main><h1>{0}</h1>",
        escaped(title)
    )
}

fn close(app: &App, view: &View, page: &mut String) {
    let note = if app.words.about().illustration {
        format!(" · {}", word(app, "illustration"))
    } else {
        String::new()
    };
    let _ = write!(
        page,
        "<footer><p>{} {} · {} {}{note} · <a href=\"/ogc?f=html\">{}</a></p></footer></main></body></html>",
        word(app, "as_of"),
        view.today,
        word(app, "position"),
        view.snapshot.position(),
        word(app, "landing"),
    );
}

/// Any document: its title, description, what it lists, its links.
pub fn document(app: &App, view: &View, value: &Json) -> Vec<u8> {
    let text = |name: &str| value[name].as_str().unwrap_or_default();
    let title = value["info"]["title"].as_str().unwrap_or(text("title"));
    let mut page = open(title);
    if !text("description").is_empty() {
        let _ = write!(page, "<p>{}</p>", escaped(text("description")));
    }
    for entry in value["collections"].as_array().into_iter().flatten() {
        let id = escaped(entry["id"].as_str().unwrap_or_default());
        let title = escaped(entry["title"].as_str().unwrap_or_default());
        let about = escaped(entry["description"].as_str().unwrap_or_default());
        let _ = write!(page, "<p><a href=\"/ogc/collections/{id}?f=html\">{title}</a> ({id})<br>{about}</p>");
    }
    if let Some(classes) = value["conformsTo"].as_array() {
        let items =
            classes.iter().filter_map(Json::as_str).map(|class| format!("<li>{}</li>", escaped(class)));
        let _ = write!(page, "<ul>{}</ul>", items.collect::<String>());
    }
    if let Some(properties) = value["properties"].as_object() {
        table_of_columns(app, properties, &mut page);
    }
    if let Some(paths) = value["paths"].as_object() {
        for (path, operations) in paths {
            let about = escaped(operations["get"]["summary"].as_str().unwrap_or_default());
            let _ = write!(page, "<p><code>GET {}</code><br>{about}</p>", escaped(path));
        }
    }
    for tileset in value["tilesets"].as_array().into_iter().flatten() {
        links(&tileset["links"], &mut page);
    }
    links(&value["links"], &mut page);
    close(app, view, &mut page);
    page.into_bytes()
}

fn table_of_columns(app: &App, properties: &serde_json::Map<String, Json>, page: &mut String) {
    let _ = write!(
        page,
        "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>",
        word(app, "column"),
        word(app, "meaning"),
        word(app, "kind")
    );
    for (name, about) in properties {
        let text = |field: &str| escaped(about[field].as_str().unwrap_or_default());
        let codes: Vec<_> = about["enum"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let _ = write!(
            page,
            "<tr><td><code>{}</code></td><td>{} <small lang=\"en\">{}</small></td><td>{} {} {} {}</td></tr>",
            escaped(name),
            text("title"),
            text("description"),
            text("type"),
            text("format"),
            text("x-ogc-unit"),
            escaped(&codes.join(", "))
        );
    }
    page.push_str("</tbody></table>");
}

fn links(all: &Json, page: &mut String) {
    page.push_str("<ul>");
    for link in all.as_array().into_iter().flatten().filter(|link| link["templated"] != true) {
        let text = |name: &str| link[name].as_str().unwrap_or_default();
        let name = if text("title").is_empty() { text("rel") } else { text("title") };
        let mut href = text("href").to_owned();
        // Whoever reads pages goes on reading pages.
        if text("type").contains("json") && !href.contains("f=") && text("rel") != "self" {
            href.push_str(if href.contains('?') { "&f=html" } else { "?f=html" });
        }
        let _ = write!(
            page,
            "<li><a href=\"{}\" rel=\"{}\">{}</a> <small>{}</small></li>",
            escaped(&href),
            escaped(text("rel")),
            escaped(name),
            escaped(text("type"))
        );
    }
    page.push_str("</ul>");
}

/// Features as a table.
pub fn features(
    app: &App,
    job: &Job<'_>,
    picked: Picked<'_>,
    own_links: &[Json],
    (matched, returned): (Option<usize>, usize),
    chosen: &str,
) -> Result<Vec<u8>, Problem> {
    let name = job.collection.name();
    let label = words(app).collections.get(name);
    let mut page = open(label.map_or(name, |label| label.vi.as_str()));
    let of = matched.map(|matched| format!(" / {matched}")).unwrap_or_default();
    let _ = write!(page, "<p>{}: {returned}{of}</p>", word(app, "matched"));
    let titles = words(app).columns.get(name);
    page.push_str("<table><thead><tr><th>id</th>");
    for column in &job.columns {
        let title = titles.and_then(|titles| titles.get(column.name)).map(both).unwrap_or_default();
        let _ = write!(page, "<th><code>{}</code><br>{title}</th>", column.name);
    }
    page.push_str("</tr></thead><tbody>");
    let mut table = Table { page, path: format!("/ogc/collections/{name}/items") };
    job.rows(picked, &mut table).map_err(|e| Problem::internal(&e))?;
    let mut page = table.page;
    page.push_str("</tbody></table>");
    links(&Json::from(own_links.to_vec()), &mut page);
    let _ = write!(page, "<h2>{}</h2><p>", word(app, "downloads"));
    for format in Format::ALL {
        let _ = write!(
            page,
            "<a href=\"/ogc/collections/{name}/items?f={}{}\">{}</a> ",
            format.name(),
            escaped(chosen),
            format.title()
        );
    }
    page.push_str("</p>");
    close(app, job.view, &mut page);
    Ok(page.into_bytes())
}

struct Table {
    page: String,
    path: String,
}

impl RowWriter for Table {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        let _ = write!(self.page, "<tr><td><a href=\"{0}/{1}?f=html\">{1}</a></td>", self.path, row.id);
        for value in row.values() {
            let _ = write!(self.page, "<td>{}</td>", escaped(&value.to_string()));
        }
        self.page.push_str("</tr>");
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}
