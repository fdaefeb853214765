//! The tables: made by numbered files, each once.

use super::{
    cells::cell,
    pool::{Mode, Pool, quoted},
    session::Session,
};
use crate::store::StoreError;

/// The files in their order; none is changed once it has landed.
const MIGRATIONS: [&str; 6] = [
    include_str!("sql/001_store.sql"),
    include_str!("sql/002_doors.sql"),
    include_str!("sql/003_removed_briefings.sql"),
    include_str!("sql/004_versions.sql"),
    include_str!("sql/005_shared.sql"),
    include_str!("sql/006_keys.sql"),
];

/// How the tables stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There are none.
    Missing,
    /// So many files were applied.
    Applied(usize),
}

/// Number of the newest file.
pub const NEWEST: usize = MIGRATIONS.len();

/// Has the pool look for PostGIS where it is.
///
/// # Errors
/// [`StoreError::Open`] when the database lacks PostGIS, [`StoreError::Gone`] when it can't be asked.
pub fn find_postgis(pool: &Pool) -> Result<(), StoreError> {
    let session = pool.begin(Mode::Read)?;
    let find = "SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'postgis'";
    let Some(row) = session.one(find, &[])? else {
        let why = "the database has no PostGIS; install PostgreSQL's package for it and have its administrator run \
                   CREATE EXTENSION postgis";
        return Err(StoreError::Open { path: pool.address.shown.clone(), why: why.to_owned() });
    };
    pool.look_in(&cell::<String>(&row, 0)?);
    drop(session);
    // Those that are open look elsewhere.
    pool.close_idle();
    Ok(())
}

/// How the tables stand.
///
/// # Errors
/// [`StoreError::NotAStore`] when a newer program made them, [`StoreError::Gone`] when the database can't be asked.
pub fn standing(pool: &Pool) -> Result<Standing, StoreError> {
    let session = pool.begin(Mode::Read)?;
    found(pool, &session)
}

fn found(pool: &Pool, session: &Session<'_>) -> Result<Standing, StoreError> {
    let schema = &pool.address.schema;
    let table = "SELECT 1 FROM pg_tables WHERE schemaname = $1::text AND tablename = 'migrations'";
    if session.one(table, &[schema])?.is_none() {
        return Ok(Standing::Missing);
    }
    let last: i32 = cell(&session.row("SELECT coalesce(max(number), 0) FROM migrations", &[])?, 0)?;
    let last = last.unsigned_abs() as usize;
    if last > NEWEST {
        let why = format!(
            "its schema \"{schema}\" is number {last}, this program knows up to {NEWEST}; use a newer program"
        );
        return Err(StoreError::NotAStore { path: pool.address.shown.clone(), why });
    }
    Ok(if last == 0 { Standing::Missing } else { Standing::Applied(last) })
}

/// Makes the tables, or brings them up to this program, all or nothing.
///
/// # Errors
/// [`StoreError::Backend`] when the role may not make tables, [`StoreError::Gone`] when the database can't be asked.
pub fn bring_up(pool: &Pool) -> Result<(), StoreError> {
    let schema = quoted(&pool.address.schema);
    // Two programs that start together do not make them twice.
    let session = pool.begin(Mode::Write("SELECT pg_advisory_xact_lock(hashtext('matbang migrations'))"))?;
    session.be_patient()?;
    let applied = match found(pool, &session)? {
        Standing::Missing => 0,
        Standing::Applied(last) => last,
    };
    let refused = |error: StoreError| match error {
        StoreError::Backend(why) => StoreError::Open {
            path: pool.address.shown.clone(),
            why: format!("the tables could not be made in the schema {schema}: {why}"),
        },
        other => other,
    };
    if applied == 0 {
        let known = "SELECT 1 FROM pg_namespace WHERE nspname = $1::text";
        if session.one(known, &[&pool.address.schema])?.is_none() {
            session.batch(&format!("CREATE SCHEMA {schema}")).map_err(refused)?;
        }
        let table = "CREATE TABLE IF NOT EXISTS migrations (
            number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
            COMMENT ON TABLE migrations IS 'Files of the schema that were applied'";
        session.batch(table).map_err(refused)?;
    }
    for (number, sql) in (1i32..).zip(MIGRATIONS).skip(applied) {
        session.batch(sql).map_err(refused)?;
        session.execute("INSERT INTO migrations (number) VALUES ($1)", &[&number])?;
    }
    session.commit("SELECT 1")
}
