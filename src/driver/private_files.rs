//! The private files of downloads: who holds them, and which of them nobody needs any more.
//!
//! The page that fills a file holds a lock on it, from before the file is made until it is removed or handed to the browser
//! to save. So what nobody holds was left by a page that is gone, and is removed at once; unless a record says how to go on
//! with it, or it was handed over: the browser copies it in the background and tells nobody when that is done. An empty
//! file beside it says so, and since when.

use std::collections::HashSet;
use std::time::Duration;

use super::sink::BETWEEN_TRIES;
use crate::platform::lock::Lock;
use crate::platform::{clock, private_file, random};

const PREFIX: &str = "download-";
/// Of the empty file beside one that was handed over.
const SAVED: &str = "saved-";
/// How often a file is tried to be removed that a worker had, which is ended but not gone yet.
const TRIES: u32 = 20;
/// Without locks: a file that nobody wrote to for so long was left by a page that is gone, milliseconds.
const LEFT_OVER_MS: f64 = 6.0 * 3600.0 * 1000.0;
/// What was handed over stays so long, milliseconds: a browser that asks where to save it reads it only after the answer.
const HANDED_OVER_MS: f64 = 3600.0 * 1000.0;
/// Where its room is needed, the browser has this long at least for copying it, milliseconds.
const COPYING_MS: f64 = 5.0 * 60.0 * 1000.0;
/// Bytes that it copies in a millisecond at least: slow disks do ten times as many.
const COPIED_PER_MS: f64 = 10_000.0;

/// A name that no file has.
pub(super) fn new_name() -> String {
    format!("{PREFIX}{:016x}", u64::from_be_bytes(random::make_array()))
}

/// Holds the file; `None` where the browser has no locks.
pub(super) async fn hold(name: &str) -> Option<Lock> {
    Lock::try_take(&lock_name(name)).await.ok().flatten()
}

/// Removes the file, as soon as the worker that had it has let go of it. `false` if somebody does not let go of it.
pub(super) async fn remove(name: &str) -> bool {
    for _ in 0..TRIES {
        if private_file::remove(name).await.is_ok() {
            // An empty file that stays says nothing of any other.
            drop(private_file::remove(&mark_of(name)).await);
            return true;
        }
        clock::sleep(BETWEEN_TRIES).await;
    }
    false
}

/// Notes that the browser is about to copy the file. `false` if that cannot be noted: then hold it meanwhile.
pub(super) async fn is_handed_over(name: &str) -> bool {
    private_file::touch(&mark_of(name)).await.is_ok()
}

/// Whether there is a reason to sweep beside tidiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    None,
    /// A download does not find enough.
    Room,
}

/// How long a file of so many bytes stays after it was handed over.
pub(super) fn stays_for(size: u64, need: Need) -> Duration {
    let copying = COPYING_MS.max(size as f64 / COPIED_PER_MS);
    let ms = match need {
        Need::None => HANDED_OVER_MS.max(copying),
        Need::Room => copying,
    };
    Duration::from_secs_f64(ms / 1000.0)
}

/// Removes what nobody needs any more; `stays` are the names of those that have a record.
pub(super) async fn sweep(stays: &HashSet<String>, need: Need) {
    // Where private files are refused there is nothing to sweep; a download will say so itself.
    let Ok(names) = private_file::names().await else { return };
    for name in names {
        if let Some(rest) = name.strip_prefix(SAVED)
            && private_file::get(&format!("{PREFIX}{rest}")).await.is_err()
        {
            drop(private_file::remove(&name).await);
        }
        if name.starts_with(PREFIX) && !stays.contains(&name) {
            sweep_one(&name, need).await;
        }
    }
}

/// Removes the files that nobody wrote to for so many milliseconds, whatever they are.
pub(super) async fn sweep_old(idle_ms: f64) {
    drop(private_file::sweep(PREFIX, idle_ms, |_| false).await);
}

async fn sweep_one(name: &str, need: Need) {
    let lock = Lock::try_take(&lock_name(name)).await;
    // A file may go away, or be opened, between any two steps: then it is not ours to remove.
    let Ok(file) = private_file::get(name).await else {
        return;
    };
    let may_go_ms = match &lock {
        Ok(None) => return,
        Ok(Some(_)) => match private_file::get(&mark_of(name)).await {
            Ok(mark) => mark.last_modified() + stays_for(file.size(), need).as_secs_f64() * 1000.0,
            Err(_) => 0.0,
        },
        Err(_) => file.last_modified() + LEFT_OVER_MS,
    };
    if clock::now_ms() >= may_go_ms && private_file::remove(name).await.is_ok() {
        drop(private_file::remove(&mark_of(name)).await);
    }
}

fn mark_of(name: &str) -> String {
    name.replacen(PREFIX, SAVED, 1)
}

fn lock_name(name: &str) -> String {
    format!("sealdrop-{name}")
}
