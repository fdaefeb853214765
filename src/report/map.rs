//! The drawn map: projects by progress, or parcels by stage.

use super::{
    Picture, ReportError, Subject, Words,
    picture::{Anchor, Canvas, Colour, Paint, Palette, Trace, line},
};
use crate::{
    analysis::View,
    atlas::{Extent, Shape, WorldPoint},
    domain::{Standing, law::Act},
};

/// Size of the drawing, and of the field beside it for the legend.
const WIDTH: f64 = 1000.0;
const TALLEST: f64 = 900.0;
const LEGEND: f64 = 260.0;

/// From world units to the sheet.
struct Sheet {
    extent: Extent,
    scale: f64,
    height: f64,
}

impl Sheet {
    fn around(extent: Extent) -> Self {
        let span = |min: u32, max: u32| f64::from(max.saturating_sub(min)).max(1.0);
        let (width, height) = (span(extent.min_x, extent.max_x), span(extent.min_y, extent.max_y));
        let field = WIDTH - LEGEND - 30.0;
        let scale = (field / width).min((TALLEST - 60.0) / height);
        Self { extent, scale, height: (height * scale + 60.0).max(420.0) }
    }

    fn point(&self, point: WorldPoint) -> [f64; 2] {
        let along = |at: u32, from: u32| (f64::from(at) - f64::from(from)) * self.scale;
        [15.0 + along(point.x, self.extent.min_x), 30.0 + along(point.y, self.extent.min_y)]
    }

    /// Adds the rings of a shape; vertices nearer than a third of a unit are left out.
    fn shape(&self, shape: Shape<'_>, traces: &mut Vec<Trace>) {
        for (_, ring) in shape.rings() {
            let mut points: Vec<[f32; 2]> = Vec::new();
            for point in ring {
                let at = self.point(*point).map(|n| n as f32);
                if points.last().is_none_or(|last| (last[0] - at[0]).hypot(last[1] - at[1]) >= 0.3) {
                    points.push(at);
                }
            }
            traces.push(Trace { points, closed: true });
        }
    }
}

/// The map of a report; `chosen` are the parcels that it is about.
pub fn map(
    view: &View,
    subject: Subject,
    chosen: &[u32],
    words: &Words,
) -> Result<Option<Picture>, ReportError> {
    let palette = Palette::load()?;
    let snapshot = &view.snapshot;
    let arena = snapshot.parcels().arena();
    let extent = match subject {
        Subject::Project(index) => snapshot.projects()[index].extent,
        Subject::Unit(index) => {
            // Where the work is, with some ground around it; the whole unit when there is none.
            let shapes = chosen.iter().map(|parcel| arena.shape(*parcel as usize).extent());
            let work = shapes.fold(Extent::EMPTY, Extent::join);
            if work.is_empty() {
                snapshot.unit_shape(index).extent()
            } else {
                let side = (work.max_x - work.min_x).max(work.max_y - work.min_y);
                work.grown(side / 8)
            }
        }
        Subject::Province => {
            let standing = snapshot.units().iter().filter(|entry| entry.unit.exists_on(view.today));
            let units = standing.map(|entry| entry.extent);
            let projects = snapshot.projects().iter().map(|entry| entry.extent);
            units.chain(projects).fold(Extent::EMPTY, Extent::join)
        }
    };
    if extent.is_empty() {
        return Ok(None);
    }
    let sheet = Sheet::around(extent);
    let mut canvas = Canvas::new(WIDTH, sheet.height);
    canvas.clip([5.0, 5.0, WIDTH - LEGEND - 15.0, sheet.height - 10.0]);
    ground(view, subject, &sheet, &palette, &mut canvas);
    let caption = if subject == Subject::Province {
        projects(view, &sheet, &palette, &mut canvas);
        "caption_map_province"
    } else {
        parcels(view, chosen, &sheet, &palette, &mut canvas);
        "caption_map_parcels"
    };
    canvas.unclip();
    legend(explained(view, subject, chosen, &palette, words), &palette, &mut canvas);
    scale_bar(&sheet, &palette, words, &mut canvas);
    Ok(Some(Picture { caption: words.text(caption), drawing: canvas }))
}

/// Boundaries of units, and of the projects that a report is about.
fn ground(view: &View, subject: Subject, sheet: &Sheet, palette: &Palette, canvas: &mut Canvas) {
    let snapshot = &view.snapshot;
    let mut units = Vec::new();
    for (index, entry) in snapshot.units().iter().enumerate() {
        let drawn = match subject {
            Subject::Unit(own) => own == index,
            Subject::Province => {
                entry.unit.exists_on(view.today) && entry.unit.level == crate::domain::Level::Commune
            }
            Subject::Project(_) => false,
        };
        if drawn {
            sheet.shape(snapshot.unit_shape(index), &mut units);
        }
    }
    let ground = Paint::filled(palette.light.land);
    canvas.path(units, ground.edged(palette.light.boundary, 1.0));
    if let Subject::Project(index) = subject {
        let mut edge = Vec::new();
        sheet.shape(snapshot.project_shape(index), &mut edge);
        canvas.path(edge, ground.edged(palette.light.project_edge, 0.8));
    }
}

fn projects(view: &View, sheet: &Sheet, palette: &Palette, canvas: &mut Canvas) {
    let snapshot = &view.snapshot;
    let step = |share: f64| ((share * 5.0) as usize).min(4);
    for (index, entry) in snapshot.projects().iter().enumerate() {
        let colour = palette.progress[step(view.projects[index].progress.share)];
        let edge = palette.light.project_edge;
        if entry.alignment.is_empty() {
            let mut path = Vec::new();
            sheet.shape(snapshot.project_shape(index), &mut path);
            canvas.path(path, Paint::filled(colour).edged(edge, 1.2));
            continue;
        }
        // A corridor is too narrow to be seen at this scale: it is drawn as a road is.
        let way = line(entry.alignment.iter().map(|point| sheet.point(*point)));
        canvas.path(vec![way.clone()], Paint::line(edge, 9.0));
        canvas.path(vec![way], Paint::line(colour, 6.0));
    }
    for (index, entry) in snapshot.projects().iter().enumerate() {
        let shape = snapshot.project_shape(index).extent();
        let around = if shape.is_empty() { entry.extent } else { shape };
        let (x, y) = (around.min_x.midpoint(around.max_x), around.min_y.midpoint(around.max_y));
        let [x, y] = sheet.point(entry.point.unwrap_or(WorldPoint { x, y }));
        canvas.text([x, y - 9.0], 17.0, Anchor::Middle, palette.light.ink, entry.project.code.as_str());
    }
}

/// How much wider than it is a corridor is drawn, in units of the sheet.
const CORRIDOR: f32 = 5.0;

fn parcels(view: &View, chosen: &[u32], sheet: &Sheet, palette: &Palette, canvas: &mut Canvas) {
    let snapshot = &view.snapshot;
    let columns = snapshot.parcels();
    let mut paths = vec![[Vec::new(), Vec::new()]; Standing::COUNT];
    for parcel in chosen {
        if let Some(stage) = snapshot.stage_on(*parcel, view.today) {
            let linear = !snapshot.parcel(*parcel).project().alignment.is_empty();
            let path = &mut paths[stage.number()][usize::from(linear)];
            sheet.shape(columns.arena().shape(*parcel as usize), path);
        }
    }
    // What is pending lies above what is done: it is what one looks for.
    for ([site, corridor], colour) in paths.into_iter().zip(palette.stages).rev() {
        canvas.path(site, Paint::filled(colour).edged(palette.light.line, 0.2));
        canvas.path(corridor, Paint::filled(colour).edged(colour, CORRIDOR));
    }
}

/// Colours and what they stand for.
fn explained(
    view: &View,
    subject: Subject,
    chosen: &[u32],
    palette: &Palette,
    words: &Words,
) -> Vec<(Colour, String)> {
    if subject == Subject::Province {
        let rows = palette.progress.iter().enumerate().map(|(step, colour)| {
            let bounds = [step * 20, step * 20 + 20].map(|bound| bound.to_string());
            (*colour, words.say("legend_share", &[("from", &bounds[0]), ("to", &bounds[1])]))
        });
        return rows.collect();
    }
    let mut there = [false; Standing::COUNT];
    for stage in chosen.iter().filter_map(|parcel| view.snapshot.stage_on(*parcel, view.today)) {
        there[stage.number()] = true;
    }
    let rows = Standing::ALL.into_iter().zip(&palette.stages).filter(|(one, _)| there[one.number()]);
    rows.map(|(one, colour)| (*colour, standing_name(view, one, words))).collect()
}

/// The words for where a parcel stands.
pub fn standing_name(view: &View, one: Standing, words: &Words) -> String {
    view.snapshot.law().standing(one).map_or_else(|| one.code().to_owned(), |label| words.label(label))
}

/// An act's name.
pub fn act_name(view: &View, act: Act, words: &Words) -> String {
    let named = view.snapshot.law().words(act);
    named.map_or_else(|| act.code().to_owned(), |named| words.label(&named.name))
}

fn legend(rows: Vec<(Colour, String)>, palette: &Palette, canvas: &mut Canvas) {
    let x = WIDTH - LEGEND;
    let mut y = 40.0;
    for (colour, text) in rows {
        let swatch = Paint::filled(colour).edged(palette.light.project_edge, 0.8);
        canvas.rect([x, y - 14.0, 28.0, 18.0], swatch);
        for part in wrapped(&text, 26) {
            canvas.text([x + 38.0, y], 18.0, Anchor::Start, palette.light.ink, &part);
            y += 22.0;
        }
        y += 8.0;
    }
}

/// The text in lines of about this many letters.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A bar of a round number of metres, about a fifth of the field wide.
fn scale_bar(sheet: &Sheet, palette: &Palette, words: &Words, canvas: &mut Canvas) {
    let middle = WorldPoint {
        x: sheet.extent.min_x.midpoint(sheet.extent.max_x),
        y: sheet.extent.min_y.midpoint(sheet.extent.max_y),
    };
    let metres_a_unit = middle.metres() / sheet.scale;
    let most = metres_a_unit * 200.0;
    let power = 10f64.powf(most.log10().floor());
    let round = [5.0, 2.0, 1.0].into_iter().map(|n| n * power).find(|n| *n <= most).unwrap_or(power);
    let (x, y, width) = (WIDTH - LEGEND, sheet.height - 30.0, round / metres_a_unit);
    canvas.rect([x, y, width, 5.0], Paint::filled(palette.light.ink));
    let label = if round >= 1000.0 {
        words.say("scale_km", &[("n", &words.decimal(round / 1000.0, 0))])
    } else {
        words.say("scale_m", &[("n", &words.decimal(round, 0))])
    };
    canvas.text([x, y - 8.0], 17.0, Anchor::Start, palette.light.ink, &label);
    // North is up: the map is in Mercator.
    let arrow = [[x + 225.0, y + 5.0], [x + 235.0, y - 30.0], [x + 245.0, y + 5.0], [x + 235.0, y - 4.0]];
    canvas.path(vec![Trace { closed: true, ..line(arrow) }], Paint::filled(palette.light.ink));
}
