//! Features of a collection, page by page, and single ones.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value as Json, json};

use super::{
    GEOJSON, HTML, JSON,
    ask::{Ask, Form, form, parameters, position, when},
    download, guard_page, link, named, pages, personal, wants_html,
};
use crate::{
    analysis::View,
    export::{self, Crs, ExportError, Format, Job, Options, Picked},
    query::{Collection, Personal, Rows, select},
    server::{
        app::{App, Current},
        auth::Identity,
        background::blocking,
        params::Query,
        problem::Problem,
        sending,
        tiles::base,
    },
};

/// Features of a collection: a page, or a file.
pub async fn items(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(name): Path<String>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let query = parameters(collection, &identity, text.as_deref())?;
    let (form, when) = (form(&query, &headers)?, when(&query)?);
    if let Form::File(format) = form {
        return download::download(app, identity, collection, query, format).await;
    }
    let crs = query.read("crs", Crs::parse)?.unwrap_or_default();
    let address = base(&headers);
    let kind = if form == Form::Html { "text/html; charset=utf-8" } else { GEOJSON };
    let mut response = if collection == Collection::Events {
        // What personal columns show depends on who asks: it is kept for nobody.
        let current = app.view(when).await?;
        let shared = Arc::clone(&app);
        let _permit = app.answers.making.permit().await?;
        let work = blocking(move || {
            let page = Page::read(&current.view, collection, query, &identity, (form, address))?;
            page.write(&shared, &current.view)
        });
        let bytes = work.await??;
        let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")];
        (headers, sending::body(bytes.into())?).into_response()
    } else {
        let key = format!("/ogc/{name}/items {} {address} {form:?}", text.unwrap_or_default());
        let answer = app.answer(&headers, key, when, kind, move |app, view| {
            Page::read(view, collection, query, &identity, (form, address))?.write(app, view)
        });
        answer.await?.respond(&headers)
    };
    if form == Form::Html {
        guard_page(&mut response);
    } else {
        download::state_crs(&mut response, crs);
    }
    Ok(response)
}

struct Page {
    ask: Ask,
    query: Query,
    form: Form,
    address: String,
    personal: Personal,
}

/// The features of a page.
struct Found {
    /// Features by index; empty for events.
    indexes: Vec<u32>,
    /// All that match, where it is known.
    matched: Option<usize>,
    /// Whether more follow.
    more: bool,
}

impl Page {
    fn read(
        view: &View,
        collection: Collection,
        query: Query,
        identity: &Identity,
        (form, address): (Form, String),
    ) -> Result<Self, Problem> {
        let ask = Ask::read(collection, &query, identity, form)?;
        Ok(Self { ask, query, form, address, personal: personal(identity, view) })
    }

    fn write(&self, app: &App, view: &View) -> Result<Vec<u8>, Problem> {
        if self.ask.collection == Collection::Events {
            return self.write_events(app, view);
        }
        let found = self.find(view)?;
        let next = match (found.more, found.indexes.last()) {
            (true, Some(last)) => {
                let cursor = self.ask.sort.cursor(self.ask.collection, &Rows::of(view), *last);
                Some(self.next(view, cursor)?)
            }
            _ => None,
        };
        self.render(app, view, next.as_deref(), &found, Picked::Indexes(&found.indexes))
    }

    fn find(&self, view: &View) -> Result<Found, Problem> {
        let Ask { collection, filter, sort, after, .. } = &self.ask;
        let (rows, most) = (Rows::of(view), self.ask.limit.unwrap_or(usize::MAX));
        let mut indexes =
            select(view, *collection, filter).map_err(|why| Problem::parameter("filter", why))?;
        let matched = indexes.len();
        match after {
            Some((_, id)) if sort.0.is_empty() => {
                let start = indexes.partition_point(|index| collection.id(&rows, *index) <= *id);
                indexes.drain(..start);
            }
            Some(cursor) => sort.keep_after(*collection, &rows, &mut indexes, cursor),
            None => {}
        }
        let more = indexes.len() > most;
        sort.head(&rows, &mut indexes, most);
        Ok(Found { indexes, matched: Some(matched), more })
    }

    /// Events come from the ledger: one more than the page has tells whether more follow.
    fn write_events(&self, app: &App, view: &View) -> Result<Vec<u8>, Problem> {
        let most = self.ask.limit.unwrap_or(usize::MAX);
        let mut last = LastId::default();
        let mut ledger = |after| app.ledger_after(after).map_err(ExportError::Ledger);
        let picked = Picked::Events {
            ledger: &mut ledger,
            after: position(self.ask.after.as_ref()),
            filter: &self.ask.filter,
            most: most.saturating_add(1),
        };
        let job = self.job(view, Options::default());
        job.rows(picked, &mut last).map_err(|e| Problem::internal(&e))?;
        let more = last.ids.len() > most;
        last.ids.truncate(most);
        let found = Found { indexes: Vec::new(), matched: None, more };
        let next = match (more, last.ids.last()) {
            (true, Some(id)) => Some(self.next(view, (Vec::new(), *id))?),
            _ => None,
        };
        let mut ledger = |after| app.ledger_after(after).map_err(ExportError::Ledger);
        let picked = Picked::Events {
            ledger: &mut ledger,
            after: position(self.ask.after.as_ref()),
            filter: &self.ask.filter,
            most: last.ids.len(),
        };
        self.render(
            app,
            view,
            next.as_deref(),
            &Found { indexes: last.ids.iter().map(|_| 0).collect(), ..found },
            picked,
        )
    }

    fn job<'a>(&'a self, view: &'a View, options: Options) -> Job<'a> {
        let Ask { collection, columns, crs, .. } = &self.ask;
        Job {
            view,
            collection: *collection,
            columns: columns.clone(),
            crs: *crs,
            personal: &self.personal,
            options,
        }
    }

    /// The address of the page after `cursor`. Where features are in an order that events change, it asks
    /// for the state of things that this page shows.
    fn next(
        &self,
        view: &View,
        (values, id): (Vec<crate::query::Value<'static>>, u64),
    ) -> Result<String, Problem> {
        let mut query = self.query.clone();
        if self.ask.sort.0.is_empty() {
            query.set("after", id.to_string());
        } else {
            let mut cursor: Vec<Json> = Vec::new();
            for value in &values {
                cursor.push(serde_json::to_value(value).map_err(|e| Problem::internal(&e))?);
            }
            cursor.push(json!(id));
            query.set("after", Json::from(cursor).to_string());
            query.set("at", view.snapshot.position().0.to_string());
            query.set("as_of", view.today.to_string());
        }
        query.set("limit", self.ask.limit.unwrap_or_default().to_string());
        Ok(format!("{}?{}", self.path(), query.write()))
    }

    fn path(&self) -> String {
        format!("/ogc/collections/{}/items", self.ask.collection.name())
    }

    fn render(
        &self,
        app: &App,
        view: &View,
        next: Option<&str>,
        found: &Found,
        picked: Picked<'_>,
    ) -> Result<Vec<u8>, Problem> {
        let own = self.query.write();
        let own = if own.is_empty() { self.path() } else { format!("{}?{own}", self.path()) };
        let kind = if self.form == Form::Html { HTML } else { GEOJSON };
        let mut other = self.query.clone();
        other.set("f", if self.form == Form::Html { "json" } else { "html" }.to_owned());
        let other_kind = if self.form == Form::Html { GEOJSON } else { HTML };
        let mut links = vec![
            link(&self.address, &own, "self", kind, ""),
            link(&self.address, &format!("{}?{}", self.path(), other.write()), "alternate", other_kind, ""),
            link(&self.address, &self.path().replace("/items", ""), "collection", JSON, ""),
        ];
        if let Some(next) = next {
            links.push(link(&self.address, next, "next", kind, ""));
        }
        let returned = found.indexes.len();
        if self.form == Form::Html {
            let job = self.job(view, Options::default());
            // A file holds what the page was asked for, all of it.
            let mut chosen = self.query.clone();
            ["f", "limit", "after"].iter().for_each(|name| chosen.set(name, String::new()));
            let chosen = Some(chosen.write()).filter(|text| !text.is_empty()).map(|text| format!("&{text}"));
            let chosen = chosen.unwrap_or_default();
            return pages::features(app, &job, picked, &links, (found.matched, returned), &chosen);
        }
        let mut members = vec![("links", json!(links))];
        members.extend(found.matched.map(|matched| ("numberMatched", json!(matched))));
        members.extend([
            ("numberReturned", json!(returned)),
            ("timeStamp", json!(jiff::Timestamp::now().to_string())),
            ("at", json!(view.snapshot.position())),
        ]);
        let job = self.job(view, Options { members, ..Options::default() });
        let mut bytes = Vec::with_capacity(returned * 900);
        job.write(Format::GeoJson, picked, &mut bytes).map_err(|e| Problem::internal(&e))?;
        Ok(bytes)
    }
}

/// Gathers ids.
#[derive(Default)]
struct LastId {
    ids: Vec<u64>,
}

impl export::RowWriter for LastId {
    fn row(&mut self, row: &export::Row<'_, '_>) -> Result<(), ExportError> {
        self.ids.push(row.id);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}

/// One feature.
pub async fn item(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path((name, id)): Path<(String, String)>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::strict(text.as_deref(), &["f", "crs", "as_of", "at"])?;
    let (when, html) = (query.when()?, wants_html(&query, &headers)?);
    let crs = query.read("crs", Crs::parse)?.unwrap_or_default();
    let (collection, address) = (named(&name)?, base(&headers));
    let missing = format!("{name} has no feature with the id \"{id}\"");
    let id: u64 = id.parse().map_err(|_| Problem::not_found(missing.clone()))?;
    let current = app.view(when).await?;
    let shared = Arc::clone(&app);
    let work = blocking(move || one(&shared, &current, (collection, id, crs), &identity, (html, &address)));
    let bytes = work.await??.ok_or_else(|| Problem::not_found(missing))?;
    let kind = if html { "text/html; charset=utf-8" } else { GEOJSON };
    let control = if collection == Collection::Events { "no-store" } else { "no-cache" };
    let mut response =
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, control)], bytes).into_response();
    if html {
        guard_page(&mut response);
    } else {
        download::state_crs(&mut response, crs);
    }
    Ok(response)
}

fn one(
    app: &Arc<App>,
    current: &Current,
    (collection, id, crs): (Collection, u64, Crs),
    identity: &Identity,
    (html, address): (bool, &str),
) -> Result<Option<Vec<u8>>, Problem> {
    let (view, personal) = (&current.view, personal(identity, &current.view));
    let columns =
        super::columns(collection, identity).into_iter().filter(|column| !column.on_request).collect();
    let job = Job { view, collection, columns, crs, personal: &personal, options: Options::default() };
    let path = format!("/ogc/collections/{}", collection.name());
    let own = format!("{path}/items/{id}");
    let links = vec![
        link(address, &own, "self", GEOJSON, ""),
        link(address, &format!("{own}?f=html"), "alternate", HTML, ""),
        link(address, &path, "collection", JSON, ""),
    ];
    let found = match collection {
        Collection::Events => None,
        _ => match collection.find(view, id) {
            Some(index) => Some([index]),
            None => return Ok(None),
        },
    };
    let all = crate::query::Filter::all();
    let mut ledger = |after: crate::domain::LedgerPosition| {
        let mut events = app.ledger_after(after).map_err(ExportError::Ledger)?;
        events.retain(|event| event.position.0 == id);
        Ok(events)
    };
    let picked = match &found {
        Some(index) => Picked::Indexes(index),
        None => Picked::Events {
            ledger: &mut ledger,
            after: crate::domain::LedgerPosition(id.saturating_sub(1)),
            filter: &all,
            most: 1,
        },
    };
    if html {
        return pages::features(app, &job, picked, &links, (Some(1), 1), "").map(Some);
    }
    let members = [("links", json!(links)), ("at", json!(view.snapshot.position()))];
    export::feature(&job, picked, &members).map_err(|e| Problem::internal(&e))
}
