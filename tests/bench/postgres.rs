//! The usual way: a payment as five statements in one transaction on `PostgreSQL`, synchronous commit, our own server.
//!
//! It checks no signature and no rule, and writes no journal: the comparison is kind to it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_postgres::{Client, Config, NoTls};

use crate::city::{Plan, Spread};
use crate::http::Load;

/// Connections that each wait for their commit; more only wait for each other's locks.
const CLIENTS: usize = 16;
/// Where Debian puts each version.
const DEBIAN: &str = "/usr/lib/postgresql";

const SCHEMA: &str = "
    CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
    CREATE TABLE spent (account bigint, day date, amount bigint NOT NULL, PRIMARY KEY (account, day));
    CREATE TABLE payment (id bigint PRIMARY KEY, payer bigint NOT NULL, payee bigint NOT NULL,
        amount bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
";

/// What it took.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    pub(crate) uniform: Load,
    pub(crate) hot: Load,
    pub(crate) version: String,
}

/// Starts a server, pays for that long each way, and stops it.
pub(crate) async fn measure(plan: &Plan, time: Duration) -> Result<Postgres> {
    let server = Server::start().await?;
    let (accounts, shops) = (plan.accounts, plan.shops);
    let client = server.connect().await?;
    client.batch_execute(SCHEMA).await.context("the tables")?;
    // Shops come behind the payers.
    client
        .execute(
            "INSERT INTO account SELECT id, 1000000000 FROM generate_series(0, $1::bigint) AS id",
            &[&number(accounts + shops)],
        )
        .await
        .context("the accounts")?;
    client.batch_execute("VACUUM ANALYZE").await.context("a quiet start")?;
    let version = client.query_one("SHOW server_version", &[]).await.context("the version")?.get(0);
    let ids = Arc::new(AtomicUsize::new(0));
    let uniform = server.pay(plan, &ids, Spread::Uniform, time).await?;
    let hot = server.pay(plan, &ids, Spread::Hot, time).await?;
    Ok(Postgres { uniform, hot, version })
}

/// A server in a folder of its own.
struct Server {
    process: Child,
    programs: PathBuf,
    folder: TempDir,
}

impl Server {
    async fn start() -> Result<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir().context("a temporary folder")?;
        let data = folder.path().join("data");
        own(folder.path())?;
        let mut initdb = as_postgres(&programs.join("initdb"))?;
        initdb.arg("-D").arg(&data).args([
            "-U",
            "bench",
            "-A",
            "trust",
            "--no-locale",
            "-E",
            "UTF8",
        ]);
        let made = initdb.stdin(Stdio::null()).output().context("initdb cannot be started")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let process = as_postgres(&programs.join("postgres"))?
            .arg("-D")
            .arg(&data)
            // Only a socket in our own folder, so that no port is taken.
            .args(["-c", "listen_addresses=", "-c", "synchronous_commit=on", "-c", "fsync=on"])
            .args(["-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"])
            .arg("-k")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("postgres cannot be started")?;
        let server = Self { process, programs, folder };
        let began = Instant::now();
        while let Err(error) = server.connect().await {
            if began.elapsed() > Duration::from_secs(30) {
                return Err(error.context("postgres is not ready after 30 s"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(server)
    }

    async fn connect(&self) -> Result<Client> {
        let mut config = Config::new();
        config.host_path(self.folder.path()).user("bench").dbname("postgres");
        let (client, connection) = config.connect(NoTls).await.context("connecting")?;
        tokio::spawn(connection);
        Ok(client)
    }

    async fn pay(
        &self,
        plan: &Plan,
        ids: &Arc<AtomicUsize>,
        spread: Spread,
        time: Duration,
    ) -> Result<Load> {
        let mut tasks = JoinSet::new();
        let began = Instant::now();
        for _ in 0..CLIENTS {
            let (ids, client) = (Arc::clone(ids), self.connect().await?);
            let (accounts, shops) = (plan.accounts, plan.shops);
            tasks.spawn(async move {
                let mut teller = Teller::new(client).await?;
                let mut paid = 0_u64;
                while began.elapsed() < time {
                    let at = ids.fetch_add(1, Ordering::Relaxed);
                    let shop = accounts + spread.shop(at, shops);
                    teller.pay([at, at % accounts, shop, 1 + at % 9].map(number)).await?;
                    paid += 1;
                }
                Ok::<_, anyhow::Error>(paid)
            });
        }
        let mut payments = 0;
        while let Some(done) = tasks.join_next().await {
            payments += done.context("a client ended badly")??;
        }
        let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Ok(Load { payments, nanos, cpu_nanos: 0 })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What was started may only be the program that changed the user; the server itself is asked to go.
        if let Ok(mut stop) = as_postgres(&self.programs.join("pg_ctl")) {
            stop.arg("-D").arg(self.folder.path().join("data")).args(["-m", "immediate", "stop"]);
            let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection with its five statements prepared.
struct Teller {
    client: Client,
    statements: [tokio_postgres::Statement; 5],
}

impl Teller {
    async fn new(client: Client) -> Result<Self> {
        let texts = [
            "SELECT balance FROM account WHERE id = $1 FOR UPDATE",
            "INSERT INTO spent VALUES ($1, current_date, $2) ON CONFLICT (account, day)
                DO UPDATE SET amount = spent.amount + excluded.amount RETURNING amount",
            "UPDATE account SET balance = balance - $2 WHERE id = $1",
            "UPDATE account SET balance = balance + $2 WHERE id = $1",
            "INSERT INTO payment (id, payer, payee, amount) VALUES ($1, $2, $3, $4)",
        ];
        let mut statements = Vec::new();
        for text in texts {
            statements.push(client.prepare(text).await.context("a statement")?);
        }
        let statements = statements.try_into().ok().context("five statements")?;
        Ok(Self { client, statements })
    }

    /// (id, payer, shop, amount)
    async fn pay(&mut self, [id, payer, shop, amount]: [i64; 4]) -> Result<()> {
        let [balance, spent, debit, credit, insert] = &self.statements;
        let payment = self.client.transaction().await.context("a transaction")?;
        let has: i64 = payment.query_one(balance, &[&payer]).await.context("balance")?.get(0);
        ensure!(has >= amount, "payer {payer} has too little");
        let today: i64 =
            payment.query_one(spent, &[&payer, &amount]).await.context("limit")?.get(0);
        ensure!(today <= 1_000_000_000, "payer {payer} is over the limit");
        payment.execute(debit, &[&payer, &amount]).await.context("debit")?;
        payment.execute(credit, &[&shop, &amount]).await.context("credit")?;
        payment.execute(insert, &[&id, &payer, &shop, &amount]).await.context("payment")?;
        payment.commit().await.context("commit")
    }
}

/// The programs of the newest version that is installed.
fn programs() -> Result<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").exists().then_some((version, programs))
    });
    let Some((_, programs)) = newest.max() else {
        bail!("there is no PostgreSQL server; as root, run `apt-get install postgresql`");
    };
    Ok(programs)
}

/// `PostgreSQL` refuses to run as root; then its own user runs it.
fn as_postgres(program: &Path) -> Result<Command> {
    if !is_root()? {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
    Ok(command)
}

/// The folder belongs to whoever runs the server.
fn own(folder: &Path) -> Result<()> {
    if is_root()? {
        let done = Command::new("chown").arg("postgres").arg(folder).status();
        ensure!(done.is_ok_and(|done| done.success()), "the folder cannot be handed to `postgres`");
    }
    Ok(())
}

fn is_root() -> Result<bool> {
    let id = Command::new("id").arg("-u").output().context("`id -u`")?;
    Ok(id.stdout.trim_ascii() == b"0")
}

fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
