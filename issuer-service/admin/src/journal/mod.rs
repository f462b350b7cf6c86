//! The journal of a city, from its service or from a file: every frame in its place, under the issuer's seal.

mod chain;
mod file;

pub(crate) use self::chain::{Chain, difference};
pub(crate) use self::file::{Saved, read};

use scoin_api::{FrameBody, FramesBody, paths};

use crate::failure::Failure;
use crate::output;
use crate::session::Session;

/// Downloads frames 0 to `size` and hands each to `take`, in order. For officers: the service gives frames to nobody
/// else.
pub(crate) async fn download(
    session: &Session,
    json: bool,
    size: u64,
    mut take: impl FnMut(&FrameBody) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let bar = output::progress(json, size);
    bar.set_message("frames");
    let mut next = 0_u64;
    while next < size {
        let path = format!("{}?from={next}", paths::FRAMES);
        let body: FramesBody = session.read(&path).await?;
        if body.frames.is_empty() {
            return Err(difference(
                next,
                "the service does not give this frame, but its checkpoint counts it",
            ));
        }
        let left = usize::try_from(size.saturating_sub(next)).unwrap_or(usize::MAX);
        for frame in body.frames.iter().take(left) {
            take(frame)?;
            next = next.saturating_add(1);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(())
}
