//! The real `scoin-issuerd`: started, asked over HTTP, killed and started again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use scoin_api::{CheckpointBody, CityBody, ClockBody, paths};
use scoin_core::Timestamp;

use crate::binaries::binary;
use crate::line::Line;

/// How long a start or a graceful stop may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// A service on one configuration; running or not.
#[derive(Debug)]
pub struct Service {
    config: PathBuf,
    address_file: PathBuf,
    process: Option<Child>,
    line: Line,
}

impl Service {
    /// A service on this configuration file, which must name `address` beside it as its address file. Not started.
    pub fn new(config: &Path) -> Self {
        Self {
            config: config.to_path_buf(),
            address_file: config.with_file_name("address"),
            process: None,
            line: Line::new(),
        }
    }

    /// Starts the service and waits until it takes commands.
    ///
    /// # Errors
    ///
    /// What it wrote before it gave up, if it does not start.
    pub async fn start(&mut self) -> Result<(), String> {
        assert!(self.process.is_none(), "the service runs already");
        let _ = fs::remove_file(&self.address_file);
        let log = fs::File::create(self.log()).map_err(|error| error.to_string())?;
        let errors = log.try_clone().map_err(|error| error.to_string())?;
        let child = Command::new(binary("scoin-issuerd"))
            .args(["serve", "--config"])
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("scoin-issuerd cannot be started: {error}"))?;
        self.process = Some(child);
        let began = Instant::now();
        while !self.is_ready().await {
            let gone = self
                .process
                .as_mut()
                .is_some_and(|child| child.try_wait().is_ok_and(|end| end.is_some()));
            if gone {
                self.process = None;
                return Err(self.log_text());
            }
            if began.elapsed() > PATIENCE {
                self.kill();
                return Err(format!("not ready after {PATIENCE:?}: {}", self.log_text()));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// `kill -9`, and waits until the process is gone.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks the process to stop (SIGTERM) and waits until it has.
    pub fn stop(&mut self) {
        let Some(mut child) = self.process.take() else { return };
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "SIGTERM cannot be sent");
        let began = Instant::now();
        while child.try_wait().is_ok_and(|end| end.is_none()) {
            if began.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                panic!("the service did not stop within {PATIENCE:?}: {}", self.log_text());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The process id, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Where to ask it.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// The configuration file.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// What the city is.
    pub async fn city(&self) -> CityBody {
        self.line.get(paths::CITY, None).await.expect("the city answers").json()
    }

    /// Where the journal stands.
    pub async fn checkpoint(&self) -> CheckpointBody {
        self.line.get(paths::CHECKPOINT, None).await.expect("the checkpoint answers").json()
    }

    /// Moves the clock of a sandbox city.
    pub async fn set_clock(&self, time: Timestamp) {
        let body = serde_json::to_vec(&ClockBody { time: time.into() }).expect("a time is JSON");
        let reply = self
            .line
            .post(paths::SANDBOX_CLOCK, "application/json", body)
            .await
            .expect("the clock answers");
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    /// What the process has written.
    pub fn log_text(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.config.with_file_name("issuer.log")
    }

    async fn is_ready(&mut self) -> bool {
        let Ok(address) = fs::read_to_string(&self.address_file) else { return false };
        self.line.set_base(format!("http://{}", address.trim()));
        self.line.get(paths::READY, None).await.is_ok_and(|reply| reply.status == 200)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}
