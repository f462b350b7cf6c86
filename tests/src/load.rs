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
    in_parallel(commands, clients, move |command: Vec<u8>| {
        let line = line.clone();
        async move {
            let reply = line.send(&command).await.ok();
            let go_on = reply.is_some();
            (Sent { command, reply }, go_on)
        }
    })
    .await
}

/// Posts bodies of any kind (path, content type, body) and gives the answers, in no order. All must be answered.
pub async fn send_bodies(
    line: Line,
    bodies: Vec<(&'static str, &'static str, Vec<u8>)>,
    clients: usize,
) -> Vec<Reply> {
    in_parallel(bodies, clients, move |(path, content_type, body)| {
        let line = line.clone();
        async move {
            let reply = line.post(path, content_type, body).await;
            (reply.expect("every body is answered"), true)
        }
    })
    .await
}

/// Works through `open` with so many workers; one that says `false` stops.
async fn in_parallel<T, R, W, F>(open: Vec<T>, workers: usize, work: W) -> Vec<R>
where
    T: Send + 'static,
    R: Send + 'static,
    W: Fn(T) -> F + Clone + Send + 'static,
    F: Future<Output = (R, bool)> + Send,
{
    let open = Arc::new(Mutex::new(VecDeque::from(open)));
    let done = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for _ in 0..workers {
        let (open, done, work) = (Arc::clone(&open), Arc::clone(&done), work.clone());
        tasks.push(tokio::spawn(async move {
            loop {
                let next = open.lock().expect("no worker panics").pop_front();
                let Some(next) = next else { break };
                let (result, go_on) = work(next).await;
                done.lock().expect("no worker panics").push(result);
                if !go_on {
                    break;
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("a worker does not panic");
    }
    let mut done = done.lock().expect("no worker panics");
    std::mem::take(&mut *done)
}
