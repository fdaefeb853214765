//! `matbang serve`: the web app and all interfaces, until told to stop.

use std::{
    io::Write,
    net::SocketAddr,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use metrics_exporter_prometheus::PrometheusBuilder;

use super::{Outcome, StoreLocation, clock, guards::Guards, logs::Logs, output::say, report, witness};
use crate::{
    domain::{Day, campaigns, law::Law, vocabulary},
    query,
    reader::{Limits, Reader},
    report::Language,
    server::{
        App, Auth, Basemap, Edge, Files, Oidc, Reading, Scratch, Services, Tls, Vault, Witness,
        describe_measures, follow, listen, measure, router, seal_secrets, sign_head, sign_heads,
    },
    store::Store,
};

/// Options of `matbang serve`.
#[allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "shown as help, where marks are noise")]
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Address and port; port 0 takes a free one. Others than this machine's own need --public.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Let other machines in; there must be an administrator.
    #[arg(long)]
    public: bool,
    /// TLS: file with the certificate and those between it and the root, PEM. Read again when it changes.
    #[arg(long, env = "MATBANG_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<std::path::PathBuf>,
    /// TLS: file with the certificate's key, PEM.
    #[arg(long, env = "MATBANG_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<std::path::PathBuf>,
    /// Address of a server in front whose X-Forwarded-For, -Proto and -Host are believed, beside those on this machine; may be given several times.
    #[arg(long = "proxy", value_name = "ADDRESS")]
    proxies: Vec<std::net::IpAddr>,
    #[command(flatten)]
    logs: Logs,
    /// How long somebody is waited for who neither sends what was begun nor takes what is sent.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    patience: u64,
    /// File with the key that seals the secrets of second factors; `matbang key` makes one. All servers on one database
    /// have the same. Without it the store keeps them as they are.
    #[arg(long, env = "MATBANG_SECRETS_KEY", value_name = "FILE")]
    secrets_key: Option<std::path::PathBuf>,
    /// Sign the ledger's end with the key in this file, which `matbang key` makes and which should not lie beside the store.
    #[arg(long, env = "MATBANG_HEAD_KEY", value_name = "FILE")]
    head_key: Option<std::path::PathBuf>,
    /// Add each signed end of the ledger to this file, which should lie on another disk or machine.
    #[arg(long, env = "MATBANG_WITNESS", value_name = "FILE", requires = "head_key")]
    witness: Option<std::path::PathBuf>,
    /// Show the map and its figures, without personal data, to who is not signed in.
    #[arg(long)]
    public_map: bool,
    /// OpenID Connect: address of the provider, as in https://id.example.vn.
    #[arg(long, env = "MATBANG_OIDC_ISSUER", value_name = "URL", requires = "oidc_client")]
    oidc_issuer: Option<String>,
    /// OpenID Connect: name of this server at the provider.
    #[arg(long, env = "MATBANG_OIDC_CLIENT", value_name = "ID")]
    oidc_client: Option<String>,
    /// OpenID Connect: file with this server's secret at the provider.
    #[arg(long, env = "MATBANG_OIDC_SECRET_FILE", value_name = "FILE")]
    oidc_secret_file: Option<std::path::PathBuf>,
    /// OpenID Connect: what the provider is called on the button.
    #[arg(long, env = "MATBANG_OIDC_NAME", value_name = "TEXT", default_value = "OpenID Connect")]
    oidc_name: String,
    /// Where scans and photographs are kept: a folder, or s3://bucket/prefix. A folder beside the store's file if left
    /// out; a database has none, so there it must be said.
    #[arg(long, env = "MATBANG_FILES", value_name = "DIR|ADDRESS")]
    files: Option<String>,
    #[command(flatten)]
    guards: Guards,
    /// A map below the projects: a PMTiles file, or a URL with {z}, {x} and {y}. None if left out.
    #[arg(long, env = "MATBANG_BASEMAP", value_name = "FILE|URL")]
    basemap: Option<String>,
    /// Memory that reading a file that people send may take, in MB. Two are read at a time.
    #[arg(long, env = "MATBANG_IMPORT_MEMORY", value_name = "MB", default_value_t = 1536, value_parser = clap::value_parser!(u64).range(64..=1 << 20))]
    import_memory: u64,
    /// Time that reading such a file may take on the processors, in seconds.
    #[arg(long, env = "MATBANG_IMPORT_TIME", value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    import_time: u64,
}

pub fn run(location: &StoreLocation, options: &Serve) -> Outcome {
    steady_memory();
    options.logs.begin()?;
    // Whoever else works on this machine does not see what waits to be imported, and what a server before this one
    // has left is removed.
    let scratch =
        Scratch::new(&std::env::temp_dir()).map_err(|e| format!("no folder for files that wait: {e}"))?;
    tempfile::env::override_temp_dir(scratch.path())
        .map_err(|_| "the folder for files that wait is another already")?;
    let is_new = !location.is_there()?;
    let store = location.open_or_create()?;
    warn_of_readers(location);
    if is_new {
        eprintln!("matbang: {} is a new store; the app shows how to fill it", location.shown());
    }
    if store.is_read_only() {
        let why = "can only be read: it can be exported, but a server must write to it";
        return Err(format!("{} {why}", location.shown()).into());
    }
    let campaigns = campaigns(&location.files("campaigns")?)?;
    let report_words = [report::words(location, Language::Vi)?, report::words(location, Language::En)?];
    let auth = auth(options, &*store)?;
    let tls = match (&options.tls_cert, &options.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls::read(certificate, key)?),
        _ => None,
    };
    let edge = Edge::new(options.proxies.clone(), tls, std::time::Duration::from_secs(options.patience));
    let law = location.law()?;
    let files = match &options.files {
        Some(address) if address.contains("://") => Files::at(address)?,
        Some(folder) => Files::in_folder(std::path::Path::new(folder)),
        None => Files::in_folder(&location.attachments().ok_or(
            "say where scans and photographs are kept: --files DIR or --files s3://bucket/prefix, the same for all \
             servers on this database",
        )?),
    };
    let files = options.guards.around(files);
    let basemap = options.basemap.as_deref().map(Basemap::parse).transpose()?;
    // Each open map is a connection: the soft limit of a shell is for other programs.
    if let Err(error) = rlimit::increase_nofile_limit(1 << 16) {
        tracing::warn!(%error, "the number of connections stays as low as it is");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let services = Services {
        words: vocabulary()?,
        columns: query::words()?,
        campaigns,
        campaigns_folder: location.folder("campaigns"),
        report_words,
        files,
        basemap,
        auth,
        reading: reading(options),
        staging: options.guards.staging(),
        witness: Witness::new(
            options.head_key.as_deref().map(witness::read_key).transpose()?,
            options.witness.clone(),
        ),
    };
    let served = runtime.block_on(serve((options.listen, edge), Arc::clone(&store), law, services));
    // The runtime's threads may still read; then nothing is left in the log beside the file.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    if let Err(error) = store.close() {
        tracing::warn!(%error, "the last events lie in the log beside the store: copy both");
    }
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Says where others on this machine can read what is in the store.
fn warn_of_readers(location: &StoreLocation) {
    use std::os::unix::fs::PermissionsExt as _;
    let open = |path: &std::path::Path| path.metadata().is_ok_and(|it| it.permissions().mode() & 0o077 != 0);
    let all = [Some(location.data.clone()), location.attachments()];
    for path in all.into_iter().flatten().filter(|path| open(path)) {
        let path = path.display();
        eprintln!("matbang: other users of this machine may read {path}: chmod -R go= {path}");
    }
}

/// How files that people send are read. Where this kernel can't confine it wholly, that is said once.
fn reading(options: &Serve) -> Reading {
    let reader = Reader::new(Limits::upload(options.import_memory, options.import_time));
    let trial = reader.clone();
    // Starting a process takes a while, and nobody sends a file in the first moment.
    std::thread::spawn(move || match trial.try_walls() {
        Ok(walls) => walls.lack().into_iter().for_each(|lack| eprintln!("matbang: {lack}")),
        Err(error) => eprintln!("matbang: files cannot be imported: {error}"),
    });
    Reading::new(reader)
}

/// How people come in, by the options and the accounts that there are.
fn auth(options: &Serve, store: &dyn Store) -> Result<Auth, Box<dyn std::error::Error>> {
    let directory = store.directory()?;
    if options.public && !directory.has_administrator() {
        let how = "make one with `matbang user add NAME --full-name \"…\" --role administrator`";
        return Err(format!("--public lets other machines in, but nobody is administrator yet; {how}").into());
    }
    if !options.listen.ip().is_loopback() && !options.public {
        let how = "add --public to let them in by their accounts, or use 127.0.0.1";
        return Err(format!("{} can be reached from other machines; {how}", options.listen).into());
    }
    let secret = match &options.oidc_secret_file {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
            Some(text.trim().to_owned())
        }
        None => None,
    };
    let oidc = match (&options.oidc_issuer, &options.oidc_client) {
        (Some(issuer), Some(client)) => Some(Oidc::new(issuer, client, secret, &options.oidc_name)?),
        _ => None,
    };
    if directory.accounts.is_empty() {
        eprintln!("matbang: there are no accounts: whoever asks from this machine is the administrator");
    }
    let vault = match &options.secrets_key {
        Some(path) => {
            let wrong = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
            Vault::parse(&std::fs::read_to_string(path).map_err(|e| wrong(&e))?).map_err(|e| wrong(&e))?
        }
        None => Vault::default(),
    };
    let shut = seal_secrets(store, &vault, clock::now_millis())?;
    if !shut.is_empty() {
        let who = shut.join(", ");
        eprintln!(
            "matbang: second factors can't be checked for {who}: they were sealed by a key that is not given"
        );
    }
    Ok(Auth::new(store.directory()?, options.public_map, oidc, vault))
}

/// Memory in small pages: one of two megabytes takes milliseconds to be given out, and whoever asks waits for it.
fn steady_memory() {
    // Where the system has no large pages there is nothing to do.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

async fn serve(
    (address, edge): (SocketAddr, Edge),
    store: Arc<dyn Store>,
    law: Arc<Law>,
    services: Services,
) -> Result<(), Box<dyn std::error::Error>> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    describe_measures();
    // The store may block.
    let made =
        tokio::task::block_in_place(|| App::new(Arc::clone(&store), Arc::clone(&law), services, metrics));
    let app = Arc::new(made?);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|e| format!("cannot listen on {address}: {e}; choose another with --listen"))?;
    let scheme = if edge.tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}", listener.local_addr()?);
    let stopping = Arc::new(AtomicBool::new(false));
    let (failed, mut failure) = tokio::sync::oneshot::channel::<String>();
    let follower = {
        let (app, stopping) = (Arc::clone(&app), Arc::clone(&stopping));
        std::thread::spawn(move || {
            let today = || clock::today().unwrap_or(Day::LAST);
            let done = follow(&app, &*store, &law, today, || stopping.load(Ordering::Relaxed));
            if let Err(error) = done {
                // Nobody listens any more when the server is stopping anyway.
                let _ = failed.send(error.to_string());
            }
        })
    };
    let signing = tokio::spawn(sign_heads(Arc::clone(&app)));
    let measuring = tokio::spawn(measure(Arc::clone(&app)));
    say!("{url}");
    std::io::stdout().flush()?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut serving = tokio::spawn(listen(listener, router(Arc::clone(&app)), Arc::new(edge), stopped));
    let outcome: Result<(), Box<dyn std::error::Error>> = tokio::select! {
        signal = signal() => signal.map_err(Into::into),
        Ok(error) = &mut failure => Err(error.into()),
        ended = &mut serving => ended.map_err(Into::into),
    };
    stopping.store(true, Ordering::Relaxed);
    app.live.close();
    let _ = stop.send(true);
    if !serving.is_finished() {
        // Requests under way end; connections that stay open are closed after a while.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(10), serving).await;
    }
    let _ = follower.join();
    signing.abort();
    measuring.abort();
    // What was recorded last is signed too.
    sign_head(&app).await;
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
