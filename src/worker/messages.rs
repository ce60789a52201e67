//! What crosses the border to a worker and back. Plain values travel as one JSON text; keys, files and buffers
//! beside it as what they are, buffers transferred and not copied.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::hash_so_far::HashSoFar;
use super::signed::{NoAnswer, PackedAnswer, SignedRequest};
use crate::encryption::esdk::Layout;

/// Which message frames belong to. Its content key travels beside it, as bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frames {
    /// Message id.
    pub message_id: [u8; 32],
    /// Layout of the whole message.
    pub layout: Layout,
    /// Frames of this task, not empty.
    pub frames: Range<u32>,
}

/// A run of bytes of the one GCM message that an object's content is. The content key travels beside it, as bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// IV of the message.
    pub iv: [u8; 12],
    /// AAD of the message.
    pub aad: Vec<u8>,
    /// Bytes of the whole plaintext.
    pub total: u64,
    /// First byte, a multiple of 16.
    pub offset: u64,
    /// Bytes; a multiple of 16 but at the message's end.
    pub length: u64,
}

/// What a worker is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Read the blob (the plaintext of these frames, no more and no less), encrypt it, put the frames into the
    /// buffer from `at` on. → [`Reply::Buffer`]
    Encrypt {
        /// Which frames.
        frames: Frames,
        /// Where in the buffer they go.
        at: u32,
        /// Also hash the plaintext, from here on.
        #[serde(default)]
        hash: Option<HashSoFar>,
    },
    /// Authenticate and decrypt the frames that fill the buffer from its start. Into the private file, if one was
    /// created; else compacted to the buffer's start. → [`Reply::Buffer`]
    Open {
        /// Which frames.
        frames: Frames,
    },
    /// Read the blob (the plaintext of this run, no more and no less), encrypt it, put the ciphertext into the buffer from
    /// `at` on. Without a blob the plaintext lies there, and is replaced. One run is one plaintext, for ever.
    /// → [`Reply::Share`]
    EncryptRun {
        /// Which run.
        run: Run,
        /// Where in the buffer it goes.
        at: u32,
        /// Also hash the plaintext, from here on.
        #[serde(default)]
        hash: Option<HashSoFar>,
    },
    /// Authenticate the ciphertext of this run, which fills the buffer from its start, and decrypt it into the private
    /// file, which must have been created: what is in it is not authentic before the tag made of all shares has been
    /// compared, and is to be removed if that fails. → [`Reply::Share`]
    OpenRun {
        /// Which run.
        run: Run,
    },
    /// Authenticate these frames, which lie in the buffer from `at` on, and forget their plaintext: is what was encrypted
    /// what a reader will open? The buffer comes back as it was. → [`Reply::Buffer`]
    Check {
        /// Which frames.
        frames: Frames,
        /// Where in the buffer they are.
        at: u32,
    },
    /// The same for a run, which fills the buffer from its start: its share, as a reader computes it. → [`Reply::Share`]
    CheckRun {
        /// Which run.
        run: Run,
    },
    /// Read the blob into the buffer, from its start, and hash it from here on. → [`Reply::Buffer`]
    Load {
        /// The hash of what comes before it.
        hash: HashSoFar,
    },
    /// Digest the buffer's first bytes, or the blob where there is no buffer: then the bytes read so far are noted.
    /// → [`Reply::Digest`]
    Digest {
        /// By which function.
        digest: Digest,
        /// Bytes of the buffer.
        length: u32,
    },
    /// Send the request with the buffer's first bytes as its body, and read the answer. The bytes sent so far are noted.
    /// → [`Reply::Answered`]
    Send {
        /// The request.
        request: SignedRequest,
        /// How many bytes.
        length: u32,
        /// Seconds without anything moving after which it has failed.
        stall: u32,
    },
    /// Write the buffer's first bytes into the private file as they are. → [`Reply::Buffer`]
    Store {
        /// Where in the file.
        offset: u64,
        /// How many bytes.
        length: u32,
    },
    /// Create the private file, empty. → [`Reply::Done`]
    CreateFile {
        /// Its name.
        name: String,
    },
    /// Open the private file of this name, which must be there, with what is in it. → [`Reply::Done`]
    ReopenFile {
        /// Its name.
        name: String,
    },
    /// Bring what was written into the private file to the disk. → [`Reply::Done`]
    FlushFile,
    /// From now on what is written into the private file is one entry of it, which begins here. → [`Reply::Done`]
    BeginEntry {
        /// Where in the file.
        at: u64,
    },
    /// The entry is written. → [`Reply::Entry`]
    EndEntry,
    /// Cut the private file, and forget the entry that was being written. → [`Reply::Done`]
    Truncate {
        /// Bytes that stay.
        size: u64,
    },
    /// Write the private file out and let go of it. → [`Reply::Done`]
    CloseFile,
}

/// A digest that storages compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Digest {
    /// 16 bytes.
    Md5,
    /// 32 bytes.
    Sha256,
}

/// What a worker answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Done; nothing to hand back.
    Done,
    /// Done; the buffer comes back with this many bytes of result from its start.
    Buffer {
        /// Bytes.
        length: u32,
        /// How far the hash of the plaintext has come, where one was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hash: Option<HashSoFar>,
    },
    /// The digest; the buffer comes back, if there was one.
    Digest {
        /// Its bytes.
        sum: Vec<u8>,
    },
    /// What came of a request; the buffer comes back.
    Answered {
        /// The answer, whatever its status.
        answer: Result<PackedAnswer, NoAnswer>,
    },
    /// Done; the buffer comes back, and the run's share of the message's tag.
    Share {
        /// End of what was written into the buffer.
        length: u32,
        /// To be opened with [`Share::unseal`](crate::encryption::gcm::Share::unseal).
        sealed: Vec<u8>,
        /// How far the hash of the plaintext has come, where one was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hash: Option<HashSoFar>,
    },
    /// Done; what the entry came to.
    Entry {
        /// Bytes.
        length: u64,
        /// CRC-32 of them.
        crc: u32,
    },
}

/// Why a worker could not do its task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskError {
    /// A frame is not authentic. None of its plaintext went anywhere.
    NotAuthentic,
    /// The blob could not be read, or is not as long as it was.
    Unreadable,
    /// The private storage is full.
    NoSpace,
    /// The browser refused.
    Browser {
        /// Its words.
        detail: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_reads_back() {
        let layout = Layout::for_plaintext(700, 1 << 20, 5 << 40).unwrap();
        let frames = Frames {
            message_id: [200; 32],
            layout,
            frames: 7..9,
        };
        for task in [
            Task::Encrypt {
                frames,
                at: 5,
                hash: Some(HashSoFar::default()),
            },
            Task::Store {
                offset: 1 << 45,
                length: 3,
            },
            Task::CloseFile,
            Task::Digest {
                digest: Digest::Sha256,
                length: 7,
            },
            Task::OpenRun {
                run: Run {
                    iv: [1; 12],
                    aad: vec![0, 0x73],
                    total: 1 << 36,
                    offset: 1 << 35,
                    length: 16,
                },
            },
        ] {
            let text = serde_json::to_string(&task).unwrap();
            assert_eq!(serde_json::from_str::<Task>(&text).unwrap(), task);
        }
    }
}
