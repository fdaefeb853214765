//! What `/metrics` tells an operator, by name and unit.

use std::{sync::Arc, time::Duration};

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};

use super::{app::App, background::blocking};

/// How often the program looks at itself.
const EVERY: Duration = Duration::from_secs(5);
/// Bytes of a page of memory, as Linux has them on the machines that are built for.
const PAGE: f64 = 4096.0;

/// Says what each measure means.
pub fn describe() {
    describe_counter!(
        "matbang_requests_total",
        "Requests answered, by part of the server and class of status"
    );
    describe_histogram!(
        "matbang_request_seconds",
        Unit::Seconds,
        "From the request's head to the answer's, by part of the server; without streams that go on"
    );
    describe_histogram!("matbang_tile_seconds", Unit::Seconds, "Making of a tile that was not kept");
    describe_histogram!(
        "matbang_write_seconds",
        Unit::Seconds,
        "A transaction of recording, the disk included"
    );
    describe_histogram!("matbang_write_group", "Orders that one transaction has recorded");
    describe_counter!("matbang_connections_refused_total", "Connections beyond what may be open at once");
    describe_gauge!("matbang_following", "1 while what is recorded is shown, 0 while the view stays behind");
    describe_gauge!(
        "matbang_writing",
        "1 while recording works, 0 while the store cannot be written or reached"
    );
    describe_gauge!("matbang_ledger_position", "Position of the ledger that is shown");
    describe_gauge!("matbang_parcels", "Parcels in the view, withdrawn ones included");
    describe_gauge!(
        "matbang_resident_bytes",
        Unit::Bytes,
        "Memory of this process, without readers of files"
    );
    describe_gauge!(
        "matbang_memory_bytes",
        Unit::Bytes,
        "Memory of the view that is shown, roughly, by what it is of: shapes, columns, texts, index, stages, deadlines, lists"
    );
    describe_gauge!("matbang_start_time_seconds", Unit::Seconds, "When this process began, since 1970");
}

/// Looks at the process again and again: its memory, and what histograms have gathered, which would grow for ever
/// where nobody asks for `/metrics`.
pub async fn follow(app: Arc<App>) {
    gauge!("matbang_start_time_seconds").set(app.started_at as f64 / 1000.0);
    let mut clock = tokio::time::interval(EVERY);
    let mut told = None;
    loop {
        clock.tick().await;
        app.metrics.run_upkeep();
        gauge!("matbang_writing").set(f64::from(u8::from(app.health.may_write())));
        if let Ok(current) = app.current()
            && told != Some(current.number)
        {
            told = Some(current.number);
            let parts = blocking(move || current.view.snapshot.memory()).await;
            for (part, bytes) in parts.into_iter().flatten() {
                gauge!("matbang_memory_bytes", "part" => part).set(bytes as f64);
            }
        }
        if let Some(pages) =
            tokio::fs::read_to_string("/proc/self/statm").await.ok().and_then(|text| resident(&text))
        {
            gauge!("matbang_resident_bytes").set(pages * PAGE);
        }
    }
}

/// Pages in memory, by `/proc/self/statm`.
fn resident(text: &str) -> Option<f64> {
    text.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_in_memory_are_the_second_number() {
        assert_eq!(resident("78610 31337 9600 20 0 40000 0\n"), Some(31337.0));
        assert_eq!(resident(""), None);
    }
}
