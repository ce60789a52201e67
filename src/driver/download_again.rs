//! Going on with a download that an earlier page left.
//!
//! What lies in the private file was decrypted by that page, and the disk may have lost or changed some of it since. So all
//! of it is encrypted again, and counts only where the same comes out as when it was fetched: the tags of the frames, or
//! the share of the one tag. Nothing that was not authenticated is ever handed on, whatever is in the file or the record.
//! The ciphertext goes nowhere.

use std::ops::Range;

use futures::{StreamExt, stream};

use super::engine::Engine;
use super::fetch::{PIECES_IN_FLIGHT, Partial};
use super::kept_downloads::KeptDownload;
use super::opening::{Opening, Piece};
use super::sink::Sink;
use super::upload_again::take_lock;
use super::{ObjectFacts, Problem, StartedOver, TransferId};
use crate::encryption::ContentKey;
use crate::platform::buffer::{Buffer, BufferPool, Lease};
use crate::platform::files::FileHandle;
use crate::platform::private_file;
use crate::transfer::{DownloadCheckpoint, Inventory, ObjectPrint};
use crate::worker::call::{Cargo, Hand, call_for_share};
use crate::worker::messages::{Frames, Task};

/// What tells this version of the object from another.
pub(super) fn print(facts: &ObjectFacts) -> ObjectPrint {
    ObjectPrint {
        key: facts.key.clone(),
        size: facts.size,
        etag: facts.etag.clone(),
        last_modified: facts.last_modified.clone(),
        version_id: facts.version_id.clone(),
    }
}

/// Goes on, if there is something to go on with: then what is still to come of the object is left in `partial`. Else gives
/// why it starts over.
pub(super) async fn go_on(
    engine: &Engine,
    id: TransferId,
    left: &DownloadCheckpoint,
    partial: &Partial,
    tell: impl Fn(),
) -> Result<Result<(Sink, KeptDownload), StartedOver>, Problem> {
    let lock = take_lock(&left.lock_name()).await?;
    if left.object != print(&partial.facts) {
        return Ok(Err(StartedOver::ObjectChanged));
    }
    let file = match private_file::get(&left.private_file).await {
        Ok(file) if !matches!(partial.opening, Opening::Whole(_)) => file,
        _ => return Ok(Err(StartedOver::FileGone)),
    };
    let inventory = engine.kept_downloads.inventory(left).await;
    let proving = Proving {
        engine,
        partial,
        inventory: &inventory,
        file: &file,
        pool: BufferPool::new(partial.longest_piece(), PIECES_IN_FLIGHT),
    };
    let told = |piece: &Piece| {
        partial.took(piece);
        engine.queue.already(id, partial.moved());
        tell();
    };
    if partial.opening.in_order() {
        for piece in partial.left() {
            if !proving.is_there(&piece).await {
                break;
            }
            told(&piece);
        }
    } else {
        let pieces = stream::iter(partial.left());
        let (proving, told) = (&proving, &told);
        let all = pieces.for_each_concurrent(PIECES_IN_FLIGHT, |piece| async move {
            if proving.is_there(&piece).await {
                told(&piece);
            }
        });
        all.await;
    }
    let missing = partial.length.saturating_sub(partial.moved());
    // Last of all: whoever drops a sink removes its file.
    let sink = Sink::reopen(&left.private_file, missing).await?;
    let kept = engine.kept_downloads.again(left.clone(), inventory.next_step(), lock);
    Ok(Ok((sink, kept)))
}

struct Proving<'a> {
    engine: &'a Engine,
    partial: &'a Partial,
    inventory: &'a Inventory,
    file: &'a FileHandle,
    pool: BufferPool,
}

impl Proving<'_> {
    /// Whether the piece's plaintext is in the file. It is added to what the object as a whole is checked by.
    async fn is_there(&self, piece: &Piece) -> bool {
        let Some(proof) = self.inventory.proof(&piece.stored) else {
            return false;
        };
        let opening = &self.partial.opening;
        let place = opening.place(piece);
        if self.file.size() < place.end {
            return false;
        }
        let mut lease = self.pool.take().await;
        match opening {
            Opening::AsStored => true,
            Opening::Message {
                content_key,
                message_id,
                layout,
                signature,
            } => {
                let Some(frames) = piece.frames.clone() else {
                    return false;
                };
                let task = Task::Encrypt {
                    frames: Frames {
                        message_id: *message_id,
                        layout: *layout,
                        frames,
                    },
                    at: 0,
                    hash: None,
                };
                let made = self.make_again(&task, content_key, &place, &mut lease).await;
                let Some((_, buffer)) = made.filter(|(_, buffer)| opening.tags(piece, buffer) == proof) else {
                    return false;
                };
                if let Some(signature) = signature {
                    signature.go_on(signature.after(&buffer, piece.length()));
                }
                lease.attach(buffer);
                true
            }
            Opening::Content(content) => {
                let task = Task::EncryptRun {
                    run: content.run(&piece.stored),
                    at: 0,
                    hash: None,
                };
                let made = self.make_again(&task, &content.key, &place, &mut lease).await;
                let Some((sealed, buffer)) = made.filter(|(sealed, _)| sealed == proof) else {
                    return false;
                };
                lease.attach(buffer);
                content.add(&piece.stored, &sealed).is_ok()
            }
            Opening::Whole(_) => false,
        }
    }

    /// What comes out when this part of the file is encrypted; `None` if it cannot be read.
    async fn make_again(
        &self,
        task: &Task,
        key: &ContentKey,
        place: &Range<u64>,
        lease: &mut Lease,
    ) -> Option<(Vec<u8>, Buffer)> {
        let blob = self.file.slice(place.start, place.end);
        let cargo = Cargo {
            key: Some(key),
            blob: Some(&blob),
            buffer: lease.detach(),
        };
        let made = call_for_share(Hand::Any(&self.engine.workers), task, cargo).await;
        let (_, sealed, buffer) = made.ok()?;
        Some((sealed, buffer?))
    }
}
