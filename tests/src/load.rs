//! Much at once: many clients, every answer remembered.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::{Line, Reply};

/// One command and, if there was one, its answer.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The signed command.
    pub command: Vec<u8>,
    /// What came back; `None` if the connection broke before an answer.
    pub reply: Option<Reply>,
}

/// Sends all commands from so many clients at once, each waiting for its answer before the next.
///
/// Ends when all are sent, or when connections break because the service was killed: then what was not sent is left
/// out, and what got no answer says so.
pub async fn send_all(line: Line, commands: Vec<Vec<u8>>, clients: usize) -> Vec<Sent> {
    let open = Arc::new(Mutex::new(VecDeque::from(commands)));
    let done = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (open, done) = (Arc::clone(&open), Arc::clone(&done));
        let line = line.clone();
        tasks.push(tokio::spawn(async move {
            loop {
                let Some(command) = open.lock().expect("no client panics").pop_front() else {
                    break;
                };
                let reply = line.send(&command).await.ok();
                let broken = reply.is_none();
                done.lock().expect("no client panics").push(Sent { command, reply });
                if broken {
                    break;
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("a client does not panic");
    }
    let mut done = done.lock().expect("no client panics");
    std::mem::take(&mut *done)
}
