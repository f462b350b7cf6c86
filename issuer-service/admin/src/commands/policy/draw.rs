//! Diagnostics for people, at their place in the text, and for tools.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use scoin_policy::diagnostic::{Diagnostic, Severity, Span, position};
use serde_json::{Value, json};

/// One diagnostic for tools.
pub(crate) fn diagnostic_json(source: &str, found: &Diagnostic) -> Value {
    let place = |span: Span| {
        let ((line, column), (end_line, end_column)) =
            (position(source, span.start), position(source, span.end));
        json!({ "start": span.start, "end": span.end, "line": line, "column": column,
                "end_line": end_line, "end_column": end_column })
    };
    let labels =
        found.labels.iter().map(|label| json!({ "place": place(label.span), "text": label.text }));
    let fixes = found.fixes.iter().map(|fix| {
        let edits = fix.edits.iter().map(
            |edit| json!({ "start": edit.span.start, "end": edit.span.end, "text": edit.text }),
        );
        json!({ "title": fix.title, "edits": edits.collect::<Vec<_>>() })
    });
    json!({
        "code": found.code,
        "severity": if found.severity == Severity::Error { "error" } else { "warning" },
        "message": found.message,
        "place": found.span().map(place),
        "labels": labels.collect::<Vec<_>>(),
        "help": found.help,
        "fixes": fixes.collect::<Vec<_>>(),
    })
}

/// The diagnostic at its place in the text, with colours that the printer removes where they do not belong.
pub(crate) fn drawn(file: &Path, source: &str, found: &Diagnostic) -> String {
    let level = if found.is_error() { Level::ERROR } else { Level::WARNING };
    let title = level.primary_title(found.message.as_str()).id(found.code);
    let mut group = Group::with_title(title);
    if !found.labels.is_empty() {
        let marks = found.labels.iter().zip(0_usize..).map(|(label, index)| {
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let end = label.span.end.min(source.len());
            let mark = kind.span(label.span.start.min(end)..end);
            if label.text.is_empty() { mark } else { mark.label(label.text.as_str()) }
        });
        group = group
            .element(Snippet::source(source).path(file.display().to_string()).annotations(marks));
    }
    if let Some(help) = &found.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let fixes = found.fixes.iter().map(|fix| {
        let edits = fix.edits.iter().map(|edit| {
            let end = edit.span.end.min(source.len());
            Patch::new(edit.span.start.min(end)..end, edit.text.as_str())
        });
        let title = Level::HELP.secondary_title(fix.title.as_str());
        title.element(Snippet::source(source).path(file.display().to_string()).patches(edits))
    });
    let groups: Vec<Group<'_>> = std::iter::once(group).chain(fixes).collect();
    Renderer::styled().render(&groups)
}
