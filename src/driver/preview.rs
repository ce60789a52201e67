//! Previews: as much of an object as is needed to see what it is, never more than a few MiB, and of an encrypted one
//! nothing that is not authentic.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen_futures::spawn_local;

use super::engine::Engine;
use super::look::{self, Beside, Found, Looked};
use super::pinned::Pinned;
use super::session::Session;
use super::{Event, NoPreview, Preview, PreviewContent, Problem, Proof, describe, refusal, unwrap};
use crate::encryption::esdk::version1;
use crate::encryption::esdk::{FrameCipher, Header, Layout};
use crate::encryption::s3ec::{Envelope, Policy};
use crate::platform::abort::Abort;
use crate::platform::{clock, decode};
use crate::preview::{Kind, Table, kind_of};

/// Bytes of a file read to see what it is. Of a text, all that is shown.
const HEAD: u64 = 128 << 10;
/// Largest picture, and the largest object read as a whole because nothing less of it would be authentic.
const WHOLE: u64 = 8 << 20;
/// Most bytes fetched at a time for one preview.
const FETCHED: u64 = 16 << 20;
/// Bytes of other files shown.
const BINARY: usize = 256;

/// The preview being made.
#[derive(Default)]
pub(super) struct Previews(RefCell<Abort>);

/// Makes a preview, instead of the one being made.
pub(super) fn show(engine: &Rc<Engine>, key: String) {
    stop(engine);
    let Ok(session) = engine.session() else { return };
    let (engine, abort) = (engine.clone(), engine.previews.0.borrow().clone());
    spawn_local(async move {
        let made = make(&engine, &session, &key, &abort).await;
        if abort.is_aborted() {
            return;
        }
        let event = match made {
            Ok(preview) => Event::Previewed(Rc::new(preview)),
            Err(problem) => Event::PreviewFailed { key, problem },
        };
        engine.tell(&session, event);
    });
}

/// Gives up the preview being made.
pub(super) fn stop(engine: &Engine) {
    engine.previews.0.replace(Abort::new()).abort();
}

async fn make(engine: &Engine, session: &Session, key: &str, abort: &Abort) -> Result<Preview, Problem> {
    let looked = look::look(engine, session, key, Beside::Unknown).await?;
    let facts = &looked.facts;
    let pinned = Pinned { session, facts, abort };
    let mut source = Source::open(engine, &looked, pinned).await?;
    let length = source.length(facts.size);
    let mut bytes = source.read(pinned, 0..HEAD.min(length)).await?;
    let kind = kind_of(&bytes, bytes.len() as u64 == length);
    let as_table = Table::is_named_so(key);
    let content = match kind {
        Kind::Empty => PreviewContent::Empty,
        Kind::Text(encoding) => {
            bytes.truncate(HEAD as usize);
            let whole = bytes.len() as u64 == length;
            let text = decode::text(encoding.label(), &bytes, whole).map_err(browser)?;
            let encoding = encoding.label();
            match Table::read(&text, !whole).filter(|_| as_table) {
                Some(table) => PreviewContent::Table { table, encoding },
                None => PreviewContent::Text { text, encoding },
            }
        }
        Kind::Picture(picture) => {
            if length > WHOLE {
                return Err(Problem::NoPreview(NoPreview::LargePicture { limit: WHOLE }));
            }
            if !picture.fits() {
                return Err(Problem::NoPreview(NoPreview::Pixels));
            }
            let read = bytes.len() as u64;
            if read < length {
                bytes.extend(source.read(pinned, read..length).await?);
            }
            PreviewContent::Picture {
                bytes: std::mem::take(&mut bytes).into(),
                media_type: picture.format.media_type(),
            }
        }
        Kind::Binary(name) => {
            bytes.truncate(BINARY);
            PreviewContent::Binary {
                name,
                head: bytes.clone(),
            }
        }
    };
    let shown = match &content {
        PreviewContent::Picture { .. } => length,
        _ => bytes.len() as u64,
    };
    Ok(Preview {
        key: key.to_owned(),
        content,
        proof: source.proof(),
        length,
        shown,
        written_as: match &looked.found {
            // The frames opened: so the header is authentic, too.
            Found::Message(header) => describe::written_as(header.context(), key),
            _ => None,
        },
    })
}

/// Where a file's bytes come from.
enum Source {
    /// They are the object's.
    Plain,
    /// Frames of a message.
    Frames {
        cipher: Box<FrameCipher>,
        layout: Layout,
        opened: Vec<Range<u32>>,
    },
    /// All of it is here, and authentic.
    Whole { bytes: Vec<u8>, proof: Proof },
}

impl Source {
    async fn open(engine: &Engine, looked: &Looked, pinned: Pinned<'_>) -> Result<Source, Problem> {
        match &looked.found {
            Found::Plain => Ok(Source::Plain),
            Found::Refused(problem) => Err(problem.clone()),
            Found::Message(header) if header.is_signed() => signed(engine, header, pinned).await,
            Found::Message(header) => {
                let opened = unwrap::message(engine, pinned.session, header).await?;
                let layout = header.layout(looked.facts.size);
                Ok(Source::Frames {
                    cipher: Box::new(FrameCipher::new(&opened.content_key, header.message_id())),
                    layout: layout.map_err(|error| refusal::from_encryption(error, None))?,
                    opened: Vec::new(),
                })
            }
            Found::Version1(_) => Err(Problem::Locked {
                why: version1::RISK.to_owned(),
            }),
            Found::Envelope(envelope) => one_tag(engine, envelope, pinned).await,
        }
    }

    /// Bytes of the file.
    fn length(&self, stored: u64) -> u64 {
        match self {
            Source::Plain => stored,
            Source::Frames { layout, .. } => layout.plaintext_length(),
            Source::Whole { bytes, .. } => bytes.len() as u64,
        }
    }

    /// The file's bytes from there on, at least up to there: frames come whole.
    async fn read(&mut self, pinned: Pinned<'_>, range: Range<u64>) -> Result<Vec<u8>, Problem> {
        match self {
            Source::Plain => pinned.read(range).await,
            Source::Whole { bytes, .. } => Ok(bytes[range.start as usize..range.end as usize].to_vec()),
            Source::Frames { cipher, layout, opened } => {
                let runs = layout.runs_for(range.clone());
                let stored = runs.iter().map(|frames| layout.message_range(frames.clone()));
                if stored.map(|stored| stored.end - stored.start).sum::<u64>() > FETCHED {
                    return Err(Problem::NoPreview(NoPreview::LongFrames { limit: FETCHED }));
                }
                let mut bytes = Vec::new();
                for frames in runs {
                    let sealed = pinned.read(layout.message_range(frames.clone())).await?;
                    let plaintext = cipher.decrypt_run(layout, frames.clone(), &sealed);
                    let plaintext = plaintext.map_err(|error| refusal::from_encryption(error, None))?;
                    // The final frame alone only proves the length.
                    if layout.plaintext_range(frames.clone()).start == range.start + bytes.len() as u64 {
                        bytes.extend(plaintext);
                    }
                    opened.push(frames);
                    // Between long runs the page lives on.
                    clock::sleep(Duration::ZERO).await;
                }
                Ok(bytes)
            }
        }
    }

    fn proof(&self) -> Proof {
        match self {
            Source::Plain => Proof::Nothing,
            Source::Whole { proof, .. } => *proof,
            Source::Frames { layout, opened, .. } => {
                let mut frames: Vec<u32> = opened.iter().cloned().flatten().collect();
                frames.sort_unstable();
                frames.dedup();
                Proof::Frames {
                    opened: frames.len() as u32,
                    of: layout.frame_count(),
                }
            }
        }
    }
}

/// A signed message: nothing of it is shown before its signature was checked, which is over all of it.
async fn signed(engine: &Engine, header: &Header, pinned: Pinned<'_>) -> Result<Source, Problem> {
    let refused = |error| refusal::from_encryption(error, None);
    let size = pinned.facts.size;
    if size > WHOLE {
        return Err(Problem::NoPreview(NoPreview::Signature));
    }
    let opened = unwrap::message(engine, pinned.session, header).await?;
    let message = pinned.read(0..size).await?;
    let layout = header.signed_layout(size, &message).map_err(refused)?;
    let (signed, footer) = message.split_at(layout.message_length() as usize);
    let mut verifier = header.verifier().map_err(refused)?;
    verifier.update(signed);
    verifier.finish(footer).map_err(refused)?;
    let cipher = FrameCipher::new(&opened.content_key, header.message_id());
    let sealed = &signed[layout.header_length() as usize..];
    let bytes = cipher.decrypt_run(&layout, 0..layout.frame_count(), sealed);
    Ok(Source::Whole {
        bytes: bytes.map_err(refused)?,
        proof: Proof::Signature,
    })
}

/// An object of the S3 Encryption Client: its parts are not authentic, so all of it or nothing.
async fn one_tag(engine: &Engine, envelope: &Envelope, pinned: Pinned<'_>) -> Result<Source, Problem> {
    let policy = Policy::default();
    if let Some(risk) = envelope.risks().into_iter().find(|risk| !policy.allows(*risk)) {
        return Err(Problem::Locked {
            why: risk.explanation().to_owned(),
        });
    }
    let size = pinned.facts.size;
    if size > WHOLE {
        return Err(Problem::NoPreview(NoPreview::OneTag));
    }
    let opened = unwrap::envelope(engine, pinned.session, envelope, policy).await?;
    let bytes = opened.decrypt(pinned.read(0..size).await?);
    Ok(Source::Whole {
        bytes: bytes.map_err(|error| refusal::from_encryption(error, None))?,
        proof: Proof::Whole,
    })
}

fn browser(error: crate::platform::error::BrowserError) -> Problem {
    Problem::Browser {
        detail: error.to_string(),
    }
}
