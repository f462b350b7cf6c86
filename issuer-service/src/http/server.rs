//! The accept loop: connection caps, header timeout, TLS, and a shutdown that lets every request finish.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::config::HttpConfig;
use crate::service::Service;

/// How long the head of a request, or a TLS handshake, may take.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long requests may take to finish after the shutdown was asked for.
const DRAIN_MAX: Duration = Duration::from_secs(25);
/// How long to wait when the system has no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How connections are taken.
#[derive(Clone)]
pub struct ServerConfig {
    connections_max: usize,
    connections_per_ip_max: usize,
    tls: Option<TlsAcceptor>,
}

impl std::fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { connections_max, connections_per_ip_max, tls } = self;
        f.debug_struct("ServerConfig")
            .field("connections_max", connections_max)
            .field("connections_per_ip_max", connections_per_ip_max)
            .field("tls", &tls.is_some())
            .finish()
    }
}

impl ServerConfig {
    /// From the configuration; reads the certificate if there is one.
    pub fn new(config: &HttpConfig) -> Result<Self, String> {
        let tls = match (&config.tls_cert, &config.tls_key) {
            (Some(cert), Some(key)) => Some(acceptor(cert, key)?),
            _ => None,
        };
        let per_ip = config.connections_per_ip_max;
        Ok(Self {
            connections_max: config.connections_max,
            connections_per_ip_max: if per_ip == 0 { usize::MAX } else { per_ip },
            tls,
        })
    }
}

/// Serve until `shutdown` resolves, then finish what was begun (at most 25 seconds).
///
/// The caller decides what ready means in between: it calls [`Service::announce_stop`] before it resolves `shutdown`.
pub async fn run(
    listener: TcpListener,
    service: Arc<Service>,
    config: ServerConfig,
    shutdown: impl Future<Output = ()>,
) {
    let server = Server {
        router: super::router(service),
        connections: Arc::new(Semaphore::new(config.connections_max)),
        by_ip: Arc::default(),
        graceful: GracefulShutdown::new(),
        config,
    };
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => server.take(stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_MAX, server.graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not finish in time");
    }
}

struct Server {
    router: Router,
    connections: Arc<Semaphore>,
    by_ip: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    graceful: GracefulShutdown,
    config: ServerConfig,
}

impl Server {
    /// Serve a connection in a task of its own; close it at once if there are too many.
    fn take(&self, stream: TcpStream, peer: SocketAddr) {
        let permit = Arc::clone(&self.connections).try_acquire_owned().ok();
        let place = Place::take(&self.by_ip, peer.ip(), self.config.connections_per_ip_max);
        let (Some(permit), Some(place)) = (permit, place) else {
            metrics::counter!("scoin_connections_refused_total").increment(1);
            return;
        };
        // Small answers must not wait for more to fill a packet.
        let _ = stream.set_nodelay(true);
        let held = (permit, place);
        let watcher = self.graceful.watcher();
        let service = TowerToHyperService::new(self.router.clone());
        let tls = self.config.tls.clone();
        tokio::spawn(async move {
            match tls {
                None => connection(stream, service, watcher, held).await,
                Some(tls) => {
                    let handshake = tokio::time::timeout(HEADER_TIMEOUT, tls.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        connection(stream, service, watcher, held).await;
                    }
                }
            }
        });
    }
}

async fn connection<S>(
    stream: S,
    service: TowerToHyperService<Router>,
    watcher: hyper_util::server::graceful::Watcher,
    held: (OwnedSemaphorePermit, Place),
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that ends badly is the client's affair; what was decided is in the journal.
    let _ = watcher.watch(connection).await;
    drop(held);
}

/// One of the connections of an address; given back on drop.
struct Place {
    by_ip: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    ip: IpAddr,
}

impl Place {
    fn take(by_ip: &Arc<Mutex<BTreeMap<IpAddr, usize>>>, ip: IpAddr, max: usize) -> Option<Self> {
        let mut counts = by_ip.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(ip).or_default();
        if *count >= max {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Self { by_ip: Arc::clone(by_ip), ip })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.by_ip.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.ip) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.ip);
            }
        }
    }
}

fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, String> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        format!("cannot use `{}`: {error}", path.display())
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(cert, &error))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| failed(cert, &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
