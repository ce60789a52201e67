//! What an audit found: counts, the exceptions to show, and a compact record of every object for the exports.

use std::fmt::Write;

use super::storage::Export;
use crate::app::csv;
use crate::app::text::storage as words;
use crate::driver::{AuditRow, AuditState, CseState, Problem};
use crate::s3::SseState;

/// Exceptions kept for the page; the exports have them all.
pub const EXCEPTIONS_SHOWN: usize = 100;
/// Different problems of objects that could not be looked at; further ones share a group that says so.
const PROBLEMS: usize = 64;

/// Objects of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditGroup {
    /// Both layers, or what stood in the way of looking.
    pub seen: Seen,
    /// Objects.
    pub count: u64,
}

/// What was seen of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// The storage's layer (without key ids) and the client's.
    Layers(SseState, CseState),
    /// It was deleted since it was listed.
    Gone,
    /// It could not be looked at.
    Unreadable(Problem),
    /// Nor could these, for reasons too many to keep.
    Unkept,
}

impl Seen {
    /// Values of `data-sse` and `data-cse`.
    pub fn ids(&self) -> (&'static str, &'static str) {
        match self {
            Seen::Layers(sse, cse) => (sse.as_str(), cse.as_str()),
            Seen::Gone | Seen::Unreadable(_) | Seen::Unkept => ("error", "error"),
        }
    }

    /// Whether a layer is known to encrypt.
    pub fn is_protected(&self) -> bool {
        match self {
            Seen::Layers(sse, cse) => {
                sse.is_encrypted() || !matches!(cse, CseState::None | CseState::Hidden | CseState::Unknown)
            }
            Seen::Gone | Seen::Unreadable(_) | Seen::Unkept => false,
        }
    }

    /// Whether both layers are known to be absent.
    pub fn is_plain(&self) -> bool {
        let no_sse = |sse: &SseState| matches!(sse, SseState::None | SseState::NotOffered | SseState::Unconfirmed);
        matches!(self, Seen::Layers(sse, CseState::None) if no_sse(sse))
    }

    fn of(row: &AuditRow) -> Seen {
        match &row.seen {
            Ok((sse, cse)) => Seen::Layers(without_key(sse), *cse),
            Err(Problem::NoSuchKey { .. }) => Seen::Gone,
            Err(problem) => Seen::Unreadable(problem.clone()),
        }
    }
}

/// Which KMS key it is does not make another kind of object.
fn without_key(sse: &SseState) -> SseState {
    match sse {
        SseState::SseKms { .. } => SseState::SseKms { key_id: None },
        SseState::SseKmsDsse { .. } => SseState::SseKmsDsse { key_id: None },
        sse => sse.clone(),
    }
}

/// An audit, as far as it is.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Keys that start with this.
    pub prefix: String,
    /// Where it stands.
    pub state: AuditState,
    /// Whether it rests.
    pub paused: bool,
    /// Objects found so far.
    pub listed: u64,
    /// Objects by what was seen, in the order they were met.
    pub groups: Vec<AuditGroup>,
    /// The first objects that neither layer is known to protect: key and group.
    pub exceptions: Vec<(String, usize)>,
    /// How many there are.
    pub exception_count: u64,
    records: Records,
}

/// Every object looked at: its key's bytes in one text, and 16 bytes beside them.
#[derive(Clone, Debug, Default)]
struct Records {
    keys: String,
    /// End of the key in `keys`.
    ends: Vec<u32>,
    sizes: Vec<u64>,
    groups: Vec<u16>,
}

impl Audit {
    pub(super) fn new(prefix: String) -> Audit {
        Audit {
            prefix,
            state: AuditState::Running,
            paused: false,
            listed: 0,
            groups: Vec::new(),
            exceptions: Vec::new(),
            exception_count: 0,
            records: Records::default(),
        }
    }

    /// Whether it can still change.
    pub fn is_running(&self) -> bool {
        self.state == AuditState::Running
    }

    /// Objects looked at.
    pub fn looked(&self) -> u64 {
        self.records.ends.len() as u64
    }

    /// Takes in more. Ends as failed when the keys no longer fit what a page can hold.
    pub(super) fn heard(&mut self, rows: Vec<AuditRow>, listed: u64, state: AuditState) {
        for row in rows {
            let group = self.group_of(Seen::of(&row));
            self.groups[group].count += 1;
            self.records.add(&row.key, row.size, group);
            if !self.groups[group].seen.is_protected() {
                self.exception_count += 1;
                if self.exceptions.len() < EXCEPTIONS_SHOWN {
                    self.exceptions.push((row.key, group));
                }
            }
        }
        (self.listed, self.state) = (listed, state);
    }

    /// The place of its kind among the groups.
    fn group_of(&mut self, seen: Seen) -> usize {
        let find = |groups: &[AuditGroup], seen: &Seen| groups.iter().position(|group| group.seen == *seen);
        if let Some(known) = find(&self.groups, &seen) {
            return known;
        }
        let unreadable = self
            .groups
            .iter()
            .filter(|group| matches!(group.seen, Seen::Unreadable(_)));
        let seen = match seen {
            Seen::Unreadable(_) if unreadable.count() >= PROBLEMS => Seen::Unkept,
            seen => seen,
        };
        find(&self.groups, &seen).unwrap_or_else(|| {
            self.groups.push(AuditGroup { seen, count: 0 });
            self.groups.len() - 1
        })
    }

    /// File name's ending, media type and content.
    pub(super) fn export(&self, export: Export) -> (&'static str, &'static str, String) {
        match export {
            Export::Csv => ("csv", "text/csv", self.csv()),
            Export::Json => ("json", "application/json", self.json()),
        }
    }

    /// Key, size, kind, and what stood in the way of looking, in words.
    fn rows(&self) -> impl Iterator<Item = (&str, u64, &Seen, String)> {
        let said: Vec<String> = self.groups.iter().map(|group| group.seen.problem()).collect();
        let records = &self.records;
        let starts = std::iter::once(0).chain(records.ends.iter().copied());
        let keys = starts
            .zip(&records.ends)
            .map(|(start, &end)| &records.keys[start as usize..end as usize]);
        let groups = records
            .groups
            .iter()
            .map(move |&group| (&self.groups[usize::from(group)].seen, said[usize::from(group)].clone()));
        keys.zip(records.sizes.iter().copied())
            .zip(groups)
            .map(|((key, size), (seen, problem))| (key, size, seen, problem))
    }

    fn csv(&self) -> String {
        let mut csv = format!("{}key,size,sse,cse,problem\r\n", csv::MARK);
        for (key, size, seen, problem) in self.rows() {
            let (sse, cse) = seen.ids();
            let (key, problem) = (csv::cell(key), csv::cell(&problem));
            write!(csv, "{key},{size},{sse},{cse},{problem}\r\n").expect("a String takes everything");
        }
        csv
    }

    /// Written row by row: a tree of 100,000 values would need many times the memory.
    fn json(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let complete = self.state == AuditState::Done;
        let mut json = format!(
            "{{\"prefix\":{},\"listed\":{},\"complete\":{complete},\"objects\":[",
            quoted(&self.prefix),
            self.listed
        );
        for (index, (key, size, seen, problem)) in self.rows().enumerate() {
            let ((sse, cse), comma) = (seen.ids(), if index > 0 { "," } else { "" });
            let (key, problem) = (quoted(key), quoted(&problem));
            write!(
                json,
                "{comma}\n{{\"key\":{key},\"size\":{size},\"sse\":\"{sse}\",\"cse\":\"{cse}\",\"problem\":{problem}}}"
            )
            .expect("a String takes everything");
        }
        json.push_str("\n]}\n");
        json
    }
}

impl Records {
    fn add(&mut self, key: &str, size: u64, group: usize) {
        self.keys.push_str(key);
        // 4 GiB of keys do not fit into a page; groups are fewer than problems and states.
        self.ends
            .push(u32::try_from(self.keys.len()).expect("keys of one page's audit"));
        self.sizes.push(size);
        self.groups.push(u16::try_from(group).expect("few groups"));
    }
}

impl Seen {
    fn problem(&self) -> String {
        match self {
            Seen::Layers(..) => String::new(),
            seen => words::seen(seen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::text::{Language, speak};

    fn row(key: &str, seen: Result<(SseState, CseState), Problem>) -> AuditRow {
        AuditRow {
            key: key.into(),
            size: 1,
            seen,
        }
    }

    fn audited(rows: Vec<AuditRow>) -> Audit {
        let mut audit = Audit::new(String::new());
        let (half, listed) = (rows.len() / 2, rows.len() as u64);
        let mut rows = rows;
        let rest = rows.split_off(half);
        for (rows, state) in [(rows, AuditState::Running), (rest, AuditState::Done)] {
            audit.heard(rows, listed, state);
        }
        audit
    }

    fn kms(id: &str) -> SseState {
        SseState::SseKms {
            key_id: Some(id.into()),
        }
    }

    #[test]
    fn an_audit_counts_and_keeps_what_neither_layer_protects() {
        let audit = audited(vec![
            row("a", Ok((SseState::SseS3, CseState::None))),
            row("b", Ok((SseState::None, CseState::Esdk))),
            row("c", Ok((SseState::None, CseState::None))),
            row("d", Ok((SseState::Hidden, CseState::Unknown))),
            row("e", Err(Problem::ServerBusy { status: 503 })),
            row("f", Ok((SseState::SseS3, CseState::None))),
            row("g", Ok((kms("1"), CseState::None))),
            row("h", Ok((kms("2"), CseState::None))),
        ]);
        let count = |ids| {
            let mut of = audit.groups.iter().filter(|group| group.seen.ids() == ids);
            of.next().map_or(0, |group| group.count)
        };
        assert_eq!(count(("sse-s3", "none")), 2);
        assert_eq!(count(("sse-kms", "none")), 2, "whatever the key");
        assert_eq!(count(("error", "error")), 1);
        let exceptions: Vec<_> = audit.exceptions.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!((exceptions, audit.exception_count), (vec!["c", "d", "e"], 3));
        let plain: Vec<_> = audit.groups.iter().filter(|group| group.seen.is_plain()).collect();
        assert_eq!(plain.len(), 1, "what is hidden is not known to be plain");
        assert!(!audit.is_running());
    }

    #[test]
    fn exports_hold_every_object_and_no_formula() {
        let audit = audited(vec![
            row("=cmd|' /C calc'!A0", Ok((SseState::None, CseState::None))),
            row("a,\"b\"\n", Ok((SseState::SseS3, CseState::Esdk))),
        ]);
        assert_eq!(
            audit.csv(),
            "\u{feff}key,size,sse,cse,problem\r\n'=cmd|' /C calc'!A0,1,none,none,\r\n\"a,\"\"b\"\"\n\",1,sse-s3,esdk,\r\n"
        );
        let json: serde_json::Value = serde_json::from_str(&audit.json()).expect("JSON");
        assert_eq!(json["objects"][1]["key"], "a,\"b\"\n");
        assert_eq!(json["complete"], true);
    }

    #[test]
    fn reasons_follow_the_language() {
        let gone = Problem::NoSuchKey { key: "a".into() };
        let audit = audited(vec![
            row("a", Err(gone)),
            row("b", Err(Problem::Offline)),
            row("c", Ok((SseState::SseS3, CseState::Esdk))),
        ]);
        let said = || audit.rows().map(|(.., problem)| problem).collect::<Vec<_>>();
        let [gone, offline, none] = &said()[..] else {
            panic!("three rows")
        };
        assert_eq!((&**gone, &**none), ("Deleted since it was listed.", ""));
        speak(Language::Japanese);
        let japanese = said();
        let exported = audit.csv();
        speak(Language::English);
        assert_eq!(japanese[0], "一覧の取得後に削除されました。");
        assert!(japanese[1] != *offline && exported.contains(&japanese[1]), "{exported}");
        assert_eq!(japanese[2], "");
    }

    #[test]
    fn a_hundred_thousand_objects_stay_small_and_are_all_exported() {
        const OBJECTS: usize = 100_000;
        let mut audit = Audit::new("runs/".into());
        let key = |n: usize| format!("runs/2026-11-24/measurement-{n:06}.nc");
        for start in (0..OBJECTS).step_by(500) {
            let rows = (start..start + 500).map(|n| match n % 10 {
                0 => row(&key(n), Ok((SseState::None, CseState::None))),
                1 => row(&key(n), Err(Problem::BadObjectKey { key: key(n) })),
                _ => row(&key(n), Ok((SseState::SseS3, CseState::Esdk))),
            });
            audit.heard(rows.collect(), (start + 500) as u64, AuditState::Running);
        }
        assert_eq!(audit.looked(), OBJECTS as u64);
        assert_eq!(
            audit.groups.iter().map(|group| group.count).sum::<u64>(),
            OBJECTS as u64
        );
        assert_eq!(audit.exception_count, OBJECTS as u64 / 5);
        assert_eq!(audit.exceptions.len(), EXCEPTIONS_SHOWN);
        assert_eq!(
            audit.groups.len(),
            2 + PROBLEMS + 1,
            "problems that name objects are not kept for each"
        );
        let records = &audit.records;
        let held = records.keys.len() + 4 * records.ends.len() + 8 * records.sizes.len() + 2 * records.groups.len();
        assert!(held <= OBJECTS * (key(0).len() + 16), "{held} bytes");
        assert_eq!(audit.csv().lines().count(), 1 + OBJECTS);
        let json: serde_json::Value = serde_json::from_str(&audit.json()).expect("JSON");
        let objects = json["objects"].as_array().expect("objects");
        assert_eq!(objects.len(), OBJECTS);
        assert_eq!(objects[99_999]["key"], key(99_999).as_str());
        assert_eq!(json["complete"], false, "it was still running");
    }
}
