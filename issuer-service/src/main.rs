//! `scoin-issuerd`: serve a city, check its data file, check its configuration.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use scoin_issuer::books::Books;
use scoin_issuer::config::Config;
use scoin_issuer::engine::{Engine, RedbEngine};
use scoin_issuer::http::{ServerConfig, run};
use scoin_issuer::service::{self, Service};
use scoin_issuer::{check, genesis_file, telemetry};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The issuer of a city's coin.
#[derive(Debug, Parser)]
#[command(name = "scoin-issuerd", version, about)]
struct Args {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    task: Option<Task>,
    /// Configuration file.
    #[arg(long, global = true, default_value = "issuer.toml", env = "SCOIN_CONFIG")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Serve the city
    Serve,
    /// Check the data file of a stopped service: chain, seals, signatures, state, totals, root
    Check,
    /// Look at the configuration
    Config {
        #[command(subcommand)]
        task: ConfigTask,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigTask {
    /// Read everything the configuration names, and stop
    Check,
}

fn main() -> ExitCode {
    // The issuer's key is in this process: no core dumps, and no reading by other programs of the same user. A system
    // that refuses this is no reason not to serve.
    let mut hardening = secmem_proc::Config::DEFAULT;
    hardening.set_anti_tracing(false);
    let _hardened = hardening.harden_process();
    let args = Args::parse();
    let done = match args.task.unwrap_or(Task::Serve) {
        Task::Serve => serve(&args.config),
        Task::Check => check_data(&args.config),
        Task::Config { task: ConfigTask::Check } => check_config(&args.config),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done if standard error is closed.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check_config(path: &Path) -> Result<(), Failure> {
    let config = Config::load(path)?;
    let genesis = genesis_file::read_genesis(&config.city.genesis)?;
    genesis_file::read_issuer_key(&config.issuer.key_file, &genesis.issuer)?;
    service::clock(&config.clock, genesis.sandbox)?;
    ServerConfig::new(&config.http)?;
    let network = genesis.network_id().to_hex();
    writeln!(std::io::stdout(), "the configuration is good: city `{}` {network}", genesis.name)?;
    Ok(())
}

fn check_data(path: &Path) -> Result<(), Failure> {
    let config = Config::load(path)?;
    let genesis = genesis_file::read_genesis(&config.city.genesis)?;
    let engine = RedbEngine::open_existing(&config.data.file, config.data.cache_mib)?;
    let report = check::check(&genesis, &engine)?;
    engine.close()?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

fn serve(path: &Path) -> Result<(), Failure> {
    let config = Config::load(path)?;
    telemetry::start_log(&config.log)?;
    let genesis = genesis_file::read_genesis(&config.city.genesis)?;
    let issuer = genesis_file::read_issuer_key(&config.issuer.key_file, &genesis.issuer)?;
    let clock = service::clock(&config.clock, genesis.sandbox)?;
    let server = ServerConfig::new(&config.http)?;
    telemetry::metrics();

    let engine = Arc::new(RedbEngine::open(&config.data.file, config.data.cache_mib)?);
    let books = Books::open(genesis, issuer, engine)?;
    let frame = books.live().number();
    tracing::info!(network = books.network().to_hex(), frame, "the books are open");
    let (service, sequencer) =
        Service::start(books, clock, &config.limits, config.data.write_back_frames)?;

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(config.http.listen).await?;
        tell_address(&config, &listener)?;
        run(listener, Arc::clone(&service), server, until_told(Arc::clone(&service))).await;
        Ok::<_, Failure>(())
    })?;
    service.sequencer.stop();
    sequencer.join().map_err(|_| "the sequencer ended badly")?;
    tracing::info!("stopped, everything is written back");
    Ok(())
}

/// Say where the service listens: on standard output, and in the address file.
fn tell_address(config: &Config, listener: &TcpListener) -> Result<(), Failure> {
    let address = listener.local_addr()?;
    if let Some(path) = &config.http.address_file {
        // Written beside and renamed, so that nobody reads half an address.
        let beside = path.with_extension("new");
        std::fs::write(&beside, format!("{address}\n"))?;
        std::fs::rename(&beside, path)?;
    }
    let scheme = if config.http.tls_cert.is_some() { "https" } else { "http" };
    tracing::info!(%address, "listening");
    writeln!(std::io::stdout(), "listening on {scheme}://{address}")?;
    Ok(())
}

/// Until SIGTERM or SIGINT; by then the service has said that it is not ready.
async fn until_told(service: Arc<Service>) {
    let (Ok(mut term), Ok(mut int)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tracing::info!("told to stop, finishing what was begun");
    service.announce_stop();
}
