//! Server-sent events: from pieces of bytes to events.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use scoin_api::EntryBody;

use super::{ClientError, Pieces};

/// Most bytes of one event; a stream that sends more is cut off.
const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// Something that happened to an account, with the id to resume from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `frame:index`; give it as `after` to go on behind it.
    pub id: String,
    /// What happened.
    pub entry: EntryBody,
}

/// Events as they come. Ends when the connection does: open another after the last id.
pub struct Events {
    pieces: Pieces,
    parser: Parser,
}

impl Events {
    pub(super) fn new(pieces: Pieces) -> Self {
        Self { pieces, parser: Parser::default() }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events(..)")
    }
}

impl Stream for Events {
    type Item = Result<Event, ClientError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.parser.next_event() {
                return Poll::Ready(Some(event));
            }
            match self.pieces.as_mut().poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(piece))) => self.parser.push(&piece),
            }
        }
    }
}

/// The part of the event stream format that the service uses: `id`, `event`, `data`, comments, any line ending.
#[derive(Debug, Default)]
struct Parser {
    buffer: Vec<u8>,
    id: String,
    data: String,
}

impl Parser {
    fn push(&mut self, piece: &[u8]) {
        self.buffer.extend_from_slice(piece);
    }

    /// The next whole event; comments and events without data are skipped.
    fn next_event(&mut self) -> Option<Result<Event, ClientError>> {
        while let Some(line) = self.next_line() {
            if !line.is_empty() {
                self.field(&line);
            } else if !self.data.is_empty() {
                return Some(self.dispatch());
            }
        }
        let too_large = self.buffer.len().max(self.data.len()) > EVENT_BYTES_MAX;
        too_large.then(|| Err(ClientError::Garbled("an event is too large".to_owned())))
    }

    fn next_line(&mut self) -> Option<String> {
        let end = self.buffer.iter().position(|byte| *byte == b'\n')?;
        let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(String::from_utf8_lossy(&line).into_owned())
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => value.clone_into(&mut self.id),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Result<Event, ClientError> {
        let data = std::mem::take(&mut self.data);
        let entry: EntryBody = serde_json::from_str(&data)
            .map_err(|error| ClientError::Garbled(format!("an event: {error}")))?;
        let id = if self.id.is_empty() { entry.event_id() } else { self.id.clone() };
        Ok(Event { id, entry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{"frame":3,"index":1,"time":"2026-09-01T01:00:00.000000Z","action":"transfer","status":"accepted","amount":5,"change":-5}"#;

    /// However the bytes are cut, the same events come out.
    #[test]
    fn events_are_read_from_any_pieces() {
        let stream = format!(
            ": hello\n\nid: 3:1\nevent: entry\ndata: {ENTRY}\n\n:\n\nid: 3:2\r\ndata: {ENTRY}\r\n\r\nid: x\n\n"
        );
        for size in 1..stream.len() {
            let mut parser = Parser::default();
            let mut ids = Vec::new();
            for piece in stream.as_bytes().chunks(size) {
                parser.push(piece);
                while let Some(event) = parser.next_event() {
                    let event = event.unwrap();
                    assert_eq!(event.entry.change, -5);
                    ids.push(event.id);
                }
            }
            assert_eq!(ids, ["3:1", "3:2"], "pieces of {size}");
        }
    }

    #[test]
    fn garbage_is_an_error_and_the_next_event_is_read() {
        let mut parser = Parser::default();
        parser.push(format!("data: nonsense\n\ndata: {ENTRY}\n\n").as_bytes());
        assert!(matches!(parser.next_event(), Some(Err(ClientError::Garbled(_)))));
        assert!(matches!(parser.next_event(), Some(Ok(_))));
        parser.push(&vec![b'x'; EVENT_BYTES_MAX + 1]);
        assert!(matches!(parser.next_event(), Some(Err(_))));
    }
}
