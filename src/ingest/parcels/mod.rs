//! Parcels from a cadastral file: read, made and checked run by run, so that no file is held whole.

mod areas;
mod making;
mod passes;

use std::path::Path;

use geo::MultiPolygon;

use crate::domain::{Code, Parcel, ParcelKey, SquareMetres};

use super::area::area_of_polygon;
use super::columns::{Binding, Field};
use super::error::IngestError;
use super::flow::{Gathered, Halt, ParcelFlow};
use super::load::{CellFault, Fields, Request};
use super::locate::{CommuneShare, Communes};
use super::options::{Commune, Options, Target};
use super::parallel;
use super::progress::ReadProgress;
use super::report::{AreaDifference, Batch, Located, Remark, Report};
use super::source::SourceRow;
use super::values;
use areas::AreaColumns;

const SHEET: usize = 0;
const NUMBER: usize = 1;
const LAND_USE: usize = 2;
const DECLARED_AREA: usize = 3;
const TOTAL_AREA: usize = 4;
const RECOVERED_AREA: usize = 5;
const UNIT: usize = 6;
const PROJECT: usize = 7;
const HOLDER: usize = 8;
const PLANNED_DAY: usize = 9;

pub(super) static FIELDS: [Field; 10] = [
    Field::required(
        "sheet",
        &[
            "so_to",
            "so_to_ban_do",
            "so_hieu_to",
            "so_to_bd",
            "shbando",
            "sh_ban_do",
            "to_bd",
            "to_ban_do",
            "sheet",
        ],
    ),
    Field::required(
        "number",
        &[
            "so_thua",
            "so_thua_dat",
            "so_hieu_thua",
            "shthua",
            "sh_thua",
            "thua",
            "thua_dat",
            "parcel",
            "number",
        ],
    ),
    Field::optional(
        "land_use",
        &[
            "loai_dat",
            "mdsd",
            "muc_dich",
            "muc_dich_sd",
            "muc_dich_su_dung",
            "mdsd2003",
            "kh2003",
            "ma_ld",
            "land_use",
            "use",
        ],
    ),
    Field::optional(
        "declared_area",
        &["dien_tich", "dt_phap_ly", "dtpl", "dien_tich_pl", "dien_tich_phap_ly", "declared_area", "area"],
    ),
    Field::optional("total_area", &["dt_thua", "dien_tich_thua", "tong_dien_tich", "tong_dt", "total_area"]),
    Field::optional(
        "recovered_area",
        &["dt_thu_hoi", "dien_tich_thu_hoi", "dt_th", "dtth", "recovered_area"],
    ),
    Field::required("unit", &["ma_xa", "ma_dvhc", "xa", "ma_phuong", "unit", "commune"]),
    Field::required("project", &["du_an", "ma_da", "ma_du_an", "project"]),
    Field {
        name: "holder",
        required: false,
        personal: true,
        names: &[
            "chu_su_dung",
            "chu_su_dung_dat",
            "ten_chu_su_dung",
            "ten_chu",
            "chu_sd",
            "chusd",
            "chu_ho",
            "ho_ten",
            "ho_va_ten",
            "holder",
        ],
    },
    Field::optional(
        "planned_day",
        &["ngay_bg", "ngay_ban_giao", "ke_hoach", "ngay_ke_hoach", "ngay_kh", "planned_day"],
    ),
];

/// Said of a parcel that no commune holds.
const NOWHERE: &str = "is not given, and no commune that has a boundary and is in force holds most of the parcel; import the communes' boundaries with `matbang import units`, or give the commune with --map unit=#CODE";

/// What parcels ask of a file.
fn request(options: &Options) -> Request {
    Request {
        target: Target::Parcels,
        fields: &FIELDS,
        given: if options.project.is_some() { &["project"] } else { &[] },
        defaulted: if options.unit.is_some() || !options.communes.is_empty() { &["unit"] } else { &[] },
    }
}

/// Reads parcels; duplicates are refused, overlaps and area differences reported.
///
/// # Errors
/// See [`IngestError`].
pub fn read_parcels(
    path: &Path,
    options: &Options,
    progress: ReadProgress<'_>,
) -> Result<Batch<Parcel>, IngestError> {
    let mut gathered = Gathered::new(progress);
    match stream_parcels(path, options, &mut gathered) {
        Ok(report) => Ok(gathered.batch(report)),
        Err(Halt::File(error)) => Err(error),
        Err(Halt::Taker(error)) => {
            Err(IngestError::Unreadable { file: path.display().to_string(), cause: error.to_string() })
        }
    }
}

/// Reads parcels as [`read_parcels`], and hands them on to `flow` as they are made.
///
/// # Errors
/// [`Halt`]: see [`IngestError`], or the flow's own.
pub fn stream_parcels(path: &Path, options: &Options, flow: &mut dyn ParcelFlow) -> Result<Report, Halt> {
    passes::read(path, options, flow)
}

/// The communes of the parcels for which nobody names one.
fn placed(
    communes: &Communes<'_>,
    options: &Options,
    binding: &Binding,
    rows: &[SourceRow],
) -> Vec<Option<CommuneShare>> {
    if options.unit.is_some() || options.communes.is_empty() {
        return vec![None; rows.len()];
    }
    parallel::map(rows, |row| {
        let named = Fields::new(binding, row).text(UNIT).is_some();
        if named { None } else { communes.holding(&MultiPolygon::new(row.shape.polygons.clone())) }
    })
}

/// The fields that the caller gives for all parcels stand beside the columns.
fn note_given(options: &Options, report: &mut Report) {
    for (field, code) in [("project", &options.project), ("unit", &options.unit)] {
        if let Some(code) = code {
            report.mapping.entry(field.to_owned()).or_insert_with(|| format!("#{code}"));
        }
    }
}

fn located(communes: &[Commune], placed_in: &[usize]) -> Vec<Located> {
    let entry = |(commune, parcels): (&Commune, &usize)| Located {
        unit: commune.code.to_string(),
        name: commune.name.clone(),
        parcels: *parcels,
    };
    communes.iter().zip(placed_in).filter(|(_, parcels)| **parcels > 0).map(entry).collect()
}

fn divided(feature: &str, commune: &Commune, located: CommuneShare) -> Option<Remark> {
    let reason = || {
        let percent = (located.share * 100.0).floor();
        format!("{percent} % of it lies in {} {}, the rest elsewhere", commune.code, commune.name)
    };
    located.is_divided().then(|| Remark { feature: feature.to_owned(), reason: reason() })
}

fn parcel(
    fields: Fields<'_>,
    areas: &AreaColumns,
    options: &Options,
    unit: Option<&Code>,
    computed: SquareMetres,
) -> Result<Parcel, CellFault> {
    let above_zero = |area: &SquareMetres| *area > SquareMetres::ZERO;
    let declared_area = areas.area(fields, DECLARED_AREA, computed)?.filter(above_zero);
    let total = areas.area(fields, TOTAL_AREA, computed)?.filter(above_zero);
    let recovered_area = areas.area(fields, RECOVERED_AREA, computed)?.unwrap_or(computed);
    Ok(Parcel {
        key: key(fields, options, unit)?,
        land_use: fields.text(LAND_USE).map(values::land_use).unwrap_or_default(),
        total_area: total.or(declared_area).unwrap_or(computed),
        recovered_area,
        declared_area,
        holder: fields.text(HOLDER).map(str::to_owned),
        planned_day: fields.parsed(PLANNED_DAY, values::day)?,
        geometry: MultiPolygon::new(Vec::new()),
    })
}

fn key(fields: Fields<'_>, options: &Options, unit: Option<&Code>) -> Result<ParcelKey, CellFault> {
    let code = |position: usize, default: Option<&Code>| match (fields.text(position), default) {
        (None, Some(code)) => Ok(code.clone()),
        (None, None) if position == UNIT && !options.communes.is_empty() => {
            Err(fields.fault(position, NOWHERE))
        }
        (None, None) => Err(fields.fault(position, "is empty")),
        (Some(text), _) => values::code(text).map_err(|reason| {
            fields.fault(
                position,
                format!("{reason}; give codes, or one for all with --map {}=#CODE", fields.name(position)),
            )
        }),
    };
    let project = match &options.project {
        Some(project) => project.clone(),
        None => code(PROJECT, None)?,
    };
    Ok(ParcelKey {
        project,
        unit: code(UNIT, unit)?,
        sheet: fields.required(SHEET)?.to_owned(),
        number: fields.required(NUMBER)?.to_owned(),
    })
}

fn no_area(row: &SourceRow) -> &'static str {
    if row.shape.is_empty() {
        "has no geometry; draw the parcel or delete its row"
    } else {
        "has no area, only lines or points; close the boundary or delete the feature"
    }
}

/// Area of a row on the ellipsoid.
fn computed_area(row: &SourceRow) -> SquareMetres {
    SquareMetres::new(row.shape.polygons.iter().map(area_of_polygon).sum())
}

/// The areas of the file that are not what is drawn.
fn differences(
    feature: &str,
    parcel: &Parcel,
    computed: SquareMetres,
) -> impl Iterator<Item = AreaDifference> {
    let declared = [("declared_area", parcel.declared_area), ("recovered_area", Some(parcel.recovered_area))];
    let different = move |(field, declared): (&'static str, Option<SquareMetres>)| {
        let declared = declared.filter(|declared| !values::same_area(*declared, computed))?;
        let change = computed.get() - declared.get();
        Some(AreaDifference {
            feature: feature.to_owned(),
            field: field.to_owned(),
            declared_m2: declared.get(),
            computed_m2: computed.get(),
            percent: (change / declared.get().max(0.1) * 1000.0).round() / 10.0,
        })
    };
    declared.into_iter().filter_map(different)
}
