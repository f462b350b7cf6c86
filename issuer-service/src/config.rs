//! Configuration: one TOML file, overridden by the environment, read here and nowhere else, checked once.
//!
//! `SCOIN__HTTP__LISTEN=0.0.0.0:7070` overrides `listen` of `[http]`. Unknown keys are refused. An example with every
//! default is in `deploy/issuer.toml`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use scoin_api::Time;
use serde::Deserialize;

/// Everything the service can be told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which city.
    pub city: CityConfig,
    /// The issuer's key.
    pub issuer: IssuerConfig,
    /// Where the journal is.
    pub data: DataConfig,
    /// Where to listen.
    #[serde(default)]
    pub http: HttpConfig,
    /// How much is taken from whom.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// The clock.
    #[serde(default)]
    pub clock: ClockConfig,
    /// The log.
    #[serde(default)]
    pub log: LogConfig,
}

/// `[city]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityConfig {
    /// `genesis.toml`, as written by `scoin city init`.
    pub genesis: PathBuf,
}

/// `[issuer]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// File with the issuer's secret key, 64 hex digits, readable by its owner only.
    pub key_file: PathBuf,
}

/// `[data]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The redb file.
    pub file: PathBuf,
    /// Page cache, MiB.
    #[serde(default = "default_cache_mib")]
    pub cache_mib: usize,
    /// Changed records are written back at least every so many frames.
    #[serde(default = "default_write_back_frames")]
    pub write_back_frames: u64,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpConfig {
    /// Address and port; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// File into which the address really listened on is written.
    pub address_file: Option<PathBuf>,
    /// Certificate chain, PEM.
    pub tls_cert: Option<PathBuf>,
    /// Key of the certificate, PEM.
    pub tls_key: Option<PathBuf>,
    /// Most open connections.
    pub connections_max: usize,
    /// Most open connections from one address; 0 for no limit.
    pub connections_per_ip_max: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7070)),
            address_file: None,
            tls_cert: None,
            tls_key: None,
            connections_max: 4096,
            connections_per_ip_max: 1024,
        }
    }
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Commands a second of one device key; 0 for no limit.
    pub key_per_second: u32,
    /// Commands one device key may send at once.
    pub key_burst: u32,
    /// Commands and reads a second of one account; 0 for no limit.
    pub account_per_second: u32,
    /// Commands and reads one account may send at once.
    pub account_burst: u32,
    /// Commands that may wait for the sequencer.
    pub queue_commands_max: usize,
    /// From which attested age on guardians see sums and kinds of shops only, where no day is attested; 0 for never.
    pub private_age: u8,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            key_per_second: 50,
            key_burst: 200,
            account_per_second: 100,
            account_burst: 400,
            queue_commands_max: 16_384,
            private_age: 14,
        }
    }
}

/// `[clock]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockConfig {
    /// Sandbox only: a clock that stands still at this time until it is moved.
    pub start: Option<Time>,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// A level, or a filter as `tracing` takes it.
    pub level: String,
    /// One JSON object a line.
    pub json: bool,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: "info".to_owned(), json: false }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no TOML, or a key is unknown or of the wrong type.
    #[error("`{path}`: {message}")]
    Toml {
        /// Which file.
        path: PathBuf,
        /// What and where.
        message: String,
    },
    /// An environment variable does not name a setting.
    #[error("`{name}` names no setting; write SCOIN__SECTION__KEY, as in SCOIN__HTTP__LISTEN")]
    Environment {
        /// Which variable.
        name: String,
    },
    /// A value makes no sense.
    #[error("`{key}` {message}")]
    Value {
        /// `section.key`
        key: &'static str,
        /// What to write instead.
        message: &'static str,
    },
}

impl Config {
    /// Read the file and the process's environment.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::load_with(path, std::env::vars())
    }

    /// As [`Config::load`], with a given environment.
    pub fn load_with(
        path: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let toml_error = |message: String| ConfigError::Toml { path: path.to_owned(), message };
        let mut table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| toml_error(error.to_string()))?;
        for (name, value) in environment {
            if let Some(setting) = name.strip_prefix("SCOIN__") {
                override_one(&mut table, &name, setting, &value)?;
            }
        }
        let mut config: Self =
            table.try_into().map_err(|error: toml::de::Error| toml_error(error.to_string()))?;
        config.resolve(path.parent().unwrap_or(Path::new("")));
        config.validate()?;
        Ok(config)
    }

    fn resolve(&mut self, folder: &Path) {
        for path in [&mut self.city.genesis, &mut self.issuer.key_file, &mut self.data.file] {
            *path = folder.join(&path);
        }
        let http = &mut self.http;
        for path in [&mut http.address_file, &mut http.tls_cert, &mut http.tls_key] {
            *path = path.as_ref().map(|path| folder.join(path));
        }
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let value = |key, message| Err(ConfigError::Value { key, message });
        if self.http.tls_cert.is_some() != self.http.tls_key.is_some() {
            return value("http.tls_cert", "and `http.tls_key` must be given together");
        }
        if self.http.connections_max == 0 {
            return value("http.connections_max", "must be at least 1");
        }
        if self.limits.queue_commands_max == 0 {
            return value("limits.queue_commands_max", "must be at least 1");
        }
        if self.data.write_back_frames == 0 {
            return value("data.write_back_frames", "must be at least 1");
        }
        if self.limits.key_per_second > 0 && self.limits.key_burst == 0 {
            return value("limits.key_burst", "must be at least 1 when there is a limit");
        }
        if self.limits.account_per_second > 0 && self.limits.account_burst == 0 {
            return value("limits.account_burst", "must be at least 1 when there is a limit");
        }
        Ok(())
    }
}

/// Put one environment variable where the file has it. Numbers, booleans and texts are told apart as in TOML.
fn override_one(
    table: &mut toml::Table,
    name: &str,
    setting: &str,
    value: &str,
) -> Result<(), ConfigError> {
    let unknown = || ConfigError::Environment { name: name.to_owned() };
    let (section, key) = setting.split_once("__").ok_or_else(unknown)?;
    let section = table
        .entry(section.to_lowercase())
        .or_insert_with(|| toml::Value::Table(toml::Table::new()))
        .as_table_mut()
        .ok_or_else(unknown)?;
    let value = match (value.parse::<i64>(), value.parse::<bool>()) {
        (Ok(number), _) => toml::Value::Integer(number),
        (_, Ok(flag)) => toml::Value::Boolean(flag),
        _ => toml::Value::String(value.to_owned()),
    };
    section.insert(key.to_lowercase(), value);
    Ok(())
}

fn default_cache_mib() -> usize {
    256
}

fn default_write_back_frames() -> u64 {
    1024
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[city]\ngenesis='g.toml'\n[issuer]\nkey_file='k'\n[data]\nfile='d.redb'\n";

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer.toml");
        std::fs::write(&path, text).unwrap();
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::load_with(&path, environment)
    }

    #[test]
    fn the_example_has_every_default() {
        let example = include_str!("../deploy/issuer.toml");
        let config = load(example, &[]).unwrap();
        let plain = load(GOOD, &[]).unwrap();
        assert_eq!(format!("{:?}", config.http), format!("{:?}", plain.http));
        assert_eq!(format!("{:?}", config.limits), format!("{:?}", plain.limits));
        assert_eq!(format!("{:?}", config.log), format!("{:?}", plain.log));
        assert_eq!(config.data.write_back_frames, plain.data.write_back_frames);
        assert_eq!(config.data.cache_mib, plain.data.cache_mib);
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let config = load(
            GOOD,
            &[
                ("SCOIN__HTTP__LISTEN", "0.0.0.0:80"),
                ("SCOIN__LIMITS__KEY_PER_SECOND", "0"),
                ("SCOIN__LOG__JSON", "true"),
                ("UNRELATED", "x"),
            ],
        )
        .unwrap();
        assert_eq!(config.http.listen.port(), 80);
        assert_eq!(config.limits.key_per_second, 0);
        assert!(config.log.json);
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = load(GOOD, &[]).unwrap();
        assert!(config.data.file.is_absolute() && config.data.file.ends_with("d.redb"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        type Environment<'a> = &'a [(&'a str, &'a str)];
        let cases: &[(&str, Environment<'_>, &str)] = &[
            ("[city]\n", &[], "genesis"),
            ("nonsense", &[], "issuer.toml"),
            (&format!("{GOOD}[http]\nlisten_on='x'\n"), &[], "listen_on"),
            (&format!("{GOOD}[http]\ntls_key='x'\n"), &[], "tls_cert"),
            (GOOD, &[("SCOIN__LISTEN", "x")], "SCOIN__SECTION__KEY"),
            (GOOD, &[("SCOIN__HTTP__PORT", "1")], "port"),
            (GOOD, &[("SCOIN__LIMITS__KEY_BURST", "0")], "key_burst"),
            (GOOD, &[("SCOIN__DATA__WRITE_BACK_FRAMES", "0")], "write_back_frames"),
        ];
        for (text, environment, expected) in cases {
            let error = load(text, environment).unwrap_err().to_string();
            assert!(error.contains(expected), "{error} should name {expected}");
        }
    }
}
