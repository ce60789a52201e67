//! The scripted storage.

use std::collections::{BTreeMap, BTreeSet};

use sealdrop::transfer::{Command, CommandId, Failure, FailureKind};

use super::{BODIES, Fate, Machine, transient};

/// A storage that keeps the sizes of what it was sent, and checks what it is told.
pub(super) struct Storage {
    pub(super) uploads: BTreeMap<String, BTreeMap<u16, u64>>,
    pub(super) object: Option<u64>,
    pub(super) prepared: BTreeMap<u16, u32>,
    pub(super) bodies: BTreeSet<u16>,
    shows_etags: bool,
}

impl Storage {
    pub(super) fn new(shows_etags: bool) -> Self {
        Storage {
            uploads: BTreeMap::new(),
            object: None,
            prepared: BTreeMap::new(),
            bodies: BTreeSet::new(),
            shows_etags,
        }
    }

    pub(super) fn answer(&mut self, machine: &mut Machine, id: CommandId, command: Command, fate: Fate, now: f64) {
        let works = !matches!(fate, Fate::Fails);
        let answered = matches!(fate, Fate::Works);
        match command {
            Command::Create => {
                if works {
                    let name = format!("upload-{}", self.uploads.len());
                    self.uploads.insert(name.clone(), BTreeMap::new());
                    if answered {
                        return machine.created(id, name);
                    }
                }
            }
            Command::Prepare { part } => {
                if works {
                    *self.prepared.entry(part).or_default() += 1;
                    self.bodies.insert(part);
                    assert!(self.bodies.len() <= BODIES, "bodies are bounded");
                    return machine.prepared(id);
                }
            }
            Command::Prove { part } => {
                if works {
                    let number = machine.plan().part(part).number;
                    let sent = self.uploads.values().any(|parts| parts.contains_key(&number));
                    assert!(sent || self.object.is_some(), "only what is there is proved");
                    return machine.proved(id);
                }
            }
            Command::Send { part, upload_id } => {
                assert!(
                    upload_id.is_none() || self.object.is_none(),
                    "sent although it is complete"
                );
                assert!(self.bodies.contains(&part), "only prepared bodies are sent");
                let planned = machine.plan().part(part);
                let size = planned.body.end - planned.body.start;
                if works {
                    match &upload_id {
                        Some(upload_id) => {
                            self.uploads
                                .get_mut(upload_id)
                                .expect("open upload")
                                .insert(planned.number, size);
                        }
                        None => self.object = Some(size),
                    }
                    if answered {
                        self.bodies.remove(&part);
                        return machine.sent(id, self.shows_etags.then(|| format!("etag-{}", planned.number)));
                    }
                }
            }
            Command::ListParts { upload_id } => {
                if answered {
                    let parts = &self.uploads[&upload_id];
                    let parts: Vec<_> = parts.iter().map(|(n, size)| (*n, format!("etag-{n}"), *size)).collect();
                    return machine.parts_listed(id, &parts, "parts missing");
                }
            }
            Command::Complete { upload_id, parts } => {
                if works {
                    let Some(stored) = self.uploads.remove(&upload_id) else {
                        let failure = Failure {
                            kind: FailureKind::PerhapsDone,
                            problem: "no such upload",
                        };
                        return machine.failed(id, failure, now, 0.5);
                    };
                    let expected: Vec<_> = stored
                        .keys()
                        .map(|number| (*number, format!("etag-{number}")))
                        .collect();
                    assert_eq!(parts, expected);
                    self.object = Some(stored.values().sum());
                    if answered {
                        return machine.completed(id);
                    }
                }
            }
            Command::Confirm { .. } => {
                if answered {
                    return match self.object {
                        Some(size) => machine.confirmed(id, size, "wrong size"),
                        None => machine.failed(
                            id,
                            Failure {
                                kind: FailureKind::Final,
                                problem: "not there",
                            },
                            now,
                            0.5,
                        ),
                    };
                }
            }
            Command::Abort { upload_id } => {
                if works {
                    self.uploads.remove(&upload_id);
                    if answered {
                        return machine.aborted(id);
                    }
                }
            }
            Command::Wait { .. } => unreachable!("waited for outside"),
        }
        machine.failed(id, transient("network"), now, 0.5);
    }
}
