//! The only printer: results to standard output, everything else to standard error, colour only on a terminal.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets};
use serde_json::Value;

use crate::args::Lang;
use crate::exit::Exit;
use crate::failure::Failure;

/// What a command found or did, in both forms.
#[derive(Debug)]
pub(crate) struct Report {
    /// The one document of `--json`.
    pub json: Value,
    /// The same for people.
    pub blocks: Vec<Block>,
    /// Exit code; [`Exit::Done`] unless the report itself is bad news.
    pub exit: Exit,
}

/// A piece of a report for people.
#[derive(Debug)]
pub(crate) enum Block {
    /// Text, a line or more; control characters are shown, not obeyed.
    Text(String),
    /// Text of our own making that carries colours.
    Styled(String),
    /// Names and values, one pair a line.
    Fields(Vec<(String, String)>),
    /// Rows under a head: a table on a terminal, tab-separated lines elsewhere.
    Table {
        /// Column names; shown on a terminal only.
        head: Vec<&'static str>,
        /// Rows.
        rows: Vec<Vec<String>>,
    },
}

impl Report {
    /// A report without words for people yet.
    pub(crate) fn new(json: Value) -> Self {
        Self { json, blocks: Vec::new(), exit: Exit::Done }
    }

    /// A report that was written as a stream already.
    pub(crate) fn streamed() -> Self {
        Self { json: Value::Null, blocks: Vec::new(), exit: Exit::Done }
    }

    /// The same with a text block.
    #[must_use]
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// The same with one more field of the document.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(fields) = &mut self.json {
            fields.insert(key.to_owned(), value.into());
        }
        self
    }

    /// The same with a text block that carries its own colours.
    #[must_use]
    pub(crate) fn styled(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Styled(text.into()));
        self
    }

    /// The same with names and values.
    #[must_use]
    pub(crate) fn fields<N: Into<String>, V: Into<String>>(
        mut self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.blocks.push(Block::Fields(
            fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        ));
        self
    }

    /// The same with a table.
    #[must_use]
    pub(crate) fn table(mut self, head: Vec<&'static str>, rows: Vec<Vec<String>>) -> Self {
        self.blocks.push(Block::Table { head, rows });
        self
    }

    /// The same with another exit code.
    #[must_use]
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

/// Prints how a command ended and says with which code to end.
pub(crate) fn finish(json: bool, lang: Lang, result: Result<Report, Failure>) -> Exit {
    match result {
        Ok(report) => {
            if json {
                if !report.json.is_null() {
                    document(&report.json);
                }
            } else {
                blocks(&report.blocks);
            }
            report.exit
        }
        Err(failure) => {
            if json {
                document(&failure.document());
            } else {
                three_lines(lang, &failure);
            }
            failure.exit
        }
    }
}

/// Prints text as it is: help, version, completion scripts.
pub(crate) fn plain(text: &str) {
    let mut out = anstream::stdout().lock();
    drop(out.write_all(text.as_bytes()));
    drop(out.flush());
}

/// Prints one line of a stream; control characters are shown, not obeyed.
pub(crate) fn line(text: &str) {
    plain(&format!("{}\n", clean(text).replace('\n', " ")));
}

/// Says something beside the result, on standard error.
pub(crate) fn note(text: &str) {
    let mut err = anstream::stderr().lock();
    drop(writeln!(err, "{text}"));
}

/// A progress bar on standard error; hidden unless that is a terminal.
pub(crate) fn progress(json: bool, length: u64) -> indicatif::ProgressBar {
    if json || !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    indicatif::ProgressBar::new(length).with_style(
        indicatif::ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
            .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()),
    )
}

/// Standard output as a stream of lines; each line is out at once unless it goes to a file.
pub(crate) fn stream() -> LineStream {
    let stdout = io::stdout();
    LineStream {
        flush_each: !stdout_is_file(),
        out: io::BufWriter::with_capacity(1 << 16, stdout.lock()),
    }
}

/// See [`stream`].
pub(crate) struct LineStream {
    flush_each: bool,
    out: io::BufWriter<io::StdoutLock<'static>>,
}

impl LineStream {
    /// Writes one line; an error means that nobody reads any more.
    pub(crate) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.out.write_all(line)?;
        self.out.write_all(b"\n")?;
        if self.flush_each { self.out.flush() } else { Ok(()) }
    }

    /// Writes out what is left.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A reader behind a pipe or terminal waits for each line; a file does not.
fn stdout_is_file() -> bool {
    std::fs::metadata("/dev/stdout").is_ok_and(|meta| meta.is_file())
}

/// One JSON document, on one line when piped, indented on a terminal.
fn document(value: &Value) {
    let mut out = io::stdout().lock();
    let text = if out.is_terminal() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    // A `Value` always has a text form; a closed pipe is the reader's choice.
    drop(writeln!(out, "{}", text.unwrap_or_default()));
    drop(out.flush());
}

fn blocks(blocks: &[Block]) {
    let terminal = io::stdout().is_terminal();
    let mut out = anstream::stdout().lock();
    for block in blocks {
        if matches!(block, Block::Text(text) if text.is_empty()) {
            continue;
        }
        drop(match block {
            Block::Text(text) => writeln!(out, "{}", clean(text.trim_end_matches('\n'))),
            Block::Styled(text) => writeln!(out, "{}", text.trim_end_matches('\n')),
            Block::Fields(fields) => fields_lines(&mut out, fields),
            Block::Table { head, rows } if terminal => writeln!(out, "{}", drawn(head, rows)),
            Block::Table { rows, .. } => rows.iter().try_for_each(|row| {
                let cells: Vec<String> = row.iter().map(|cell| one_line(cell)).collect();
                writeln!(out, "{}", cells.join("\t"))
            }),
        });
    }
    drop(out.flush());
}

fn fields_lines(out: &mut impl Write, fields: &[(String, String)]) -> io::Result<()> {
    let width = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in fields {
        writeln!(out, "{name:width$}  {}", one_line(value))?;
    }
    Ok(())
}

fn drawn(head: &[&'static str], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_header(head.iter().copied());
    table
        .add_rows(rows.iter().map(|row| row.iter().map(|cell| one_line(cell)).collect::<Vec<_>>()));
    table
}

/// Text that may come from others must not steer the terminal: control characters become a visible mark.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c })
        .collect()
}

/// The same for a cell or value, on one line.
fn one_line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// What happened, why, what to do.
fn three_lines(lang: Lang, failure: &Failure) {
    let (what, why, todo) = match lang {
        Lang::Ko => ("오류", "이유", "할 일"),
        Lang::En => ("error", "why", "what to do"),
        Lang::Zh => ("错误", "原因", "怎么办"),
    };
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let dim = Style::new().bold();
    let mut err = anstream::stderr().lock();
    drop(writeln!(err, "{red}{what}{red:#}: {}", clean(&failure.message)));
    if let Some(text) = &failure.why {
        drop(writeln!(err, "{dim}{why}{dim:#}: {}", clean(text)));
    }
    if let Some(text) = &failure.hint {
        drop(writeln!(err, "{dim}{todo}{dim:#}: {}", clean(text)));
    }
}
