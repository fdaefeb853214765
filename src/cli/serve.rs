//! `matbang serve`: the web app and all interfaces, until told to stop.

use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use metrics_exporter_prometheus::PrometheusBuilder;

use super::{Outcome, clock, open};
use crate::{
    domain::{Day, vocabulary},
    server::{App, Files, follow, router},
    store::GeoPackage,
};

/// Options of `matbang serve`.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Address and port; port 0 takes a free one. Loopback only: there are no accounts yet.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where scans and photographs are kept: s3://bucket/prefix. A folder beside the store if left out.
    #[arg(long, env = "MATBANG_FILES", value_name = "ADDRESS")]
    files: Option<String>,
}

pub fn run(data: &Path, options: &Serve) -> Outcome {
    if !options.listen.ip().is_loopback() {
        return Err(format!(
            "{} can be reached from other machines, and there are no accounts to protect it; use 127.0.0.1, \
             or put a server that asks for a password in front",
            options.listen
        )
        .into());
    }
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .init();
    let store = open(data)?;
    let following = store.reopen()?;
    let files = match &options.files {
        Some(address) => Files::at(address)?,
        None => Files::in_folder(&data.with_extension("files")),
    };
    // Each open map is a connection: the soft limit of a shell is for other programs.
    if let Err(error) = rlimit::increase_nofile_limit(1 << 16) {
        tracing::warn!(%error, "the number of connections stays as low as it is");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(options.listen, store, following, files))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(
    address: SocketAddr,
    store: GeoPackage,
    following: GeoPackage,
    files: Files,
) -> Result<(), Box<dyn std::error::Error>> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let app = Arc::new(App::new(store, vocabulary()?, files, metrics)?);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|e| format!("cannot listen on {address}: {e}; choose another with --listen"))?;
    let url = format!("http://{}", listener.local_addr()?);
    let stopping = Arc::new(AtomicBool::new(false));
    let (failed, mut failure) = tokio::sync::oneshot::channel::<String>();
    let follower = {
        let (app, stopping) = (Arc::clone(&app), Arc::clone(&stopping));
        std::thread::spawn(move || {
            let today = || clock::today().unwrap_or(Day::LAST);
            let done = follow(&app, &following, today, || stopping.load(Ordering::Relaxed));
            if let Err(error) = done {
                // Nobody listens any more when the server is stopping anyway.
                let _ = failed.send(error.to_string());
            }
        })
    };
    println!("{url}");
    std::io::stdout().flush()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let service =
        axum::serve(listener, router(Arc::clone(&app)).into_make_service()).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
    let mut serving = tokio::spawn(service.into_future());
    let outcome: Result<(), Box<dyn std::error::Error>> = tokio::select! {
        signal = signal() => signal.map_err(Into::into),
        Ok(error) = &mut failure => Err(error.into()),
        ended = &mut serving => ended?.map_err(Into::into),
    };
    stopping.store(true, Ordering::Relaxed);
    app.live.close();
    let _ = stop.send(());
    if !serving.is_finished() {
        // Requests under way end; connections that stay open are closed after a while.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(10), serving).await;
    }
    let _ = follower.join();
    outcome
}

/// SIGTERM from a supervisor, or Ctrl-C.
async fn signal() -> std::io::Result<()> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = term.recv() => Ok(()),
        interrupt = tokio::signal::ctrl_c() => interrupt,
    }
}
