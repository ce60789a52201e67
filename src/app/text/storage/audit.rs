//! Sentences about looking at every object.

use crate::app::format;
use crate::app::state::Seen;
use crate::app::text::{Language, Text, language, said};
use crate::driver::{AuditState, CseState};
use crate::s3::SseState;

/// Heading of the audit, on the page of the bucket's encryption.
pub const AUDIT: Text = Text::new("Audit", "監査");
/// Under it: what is looked at.
pub const AUDIT_INTRO: Text = Text::new(
    "Looks at every object: SSE by HEAD, CSE by its first bytes. Nothing is changed.",
    "すべてのオブジェクトについて、SSE は HEAD で、CSE は先頭のバイトで確認します。何も変更しません。",
);
/// Starts the audit; under the verdict.
pub const AUDIT_ALL: Text = Text::new("Audit all objects", "すべてのオブジェクトを監査");
/// Field: leaves out objects whose keys begin otherwise.
pub const AUDIT_PREFIX: Text = Text::new("Only keys that start with", "対象のプレフィックス");
/// Stops the audit for now.
pub const PAUSE: Text = Text::new("Pause audit", "監査を一時停止");
/// Goes on with it.
pub const RESUME: Text = Text::new("Resume audit", "監査を再開");
/// Ends the audit, or the copying of objects.
pub const STOP: Text = Text::new("Stop", "中止");
/// Starts the audit; beside the field.
pub const START_AUDIT: Text = Text::new("Start audit", "監査を開始");
/// Saves what the audit found as a table.
pub const EXPORT_CSV: Text = Text::new("Save as CSV", "CSV で保存");
/// Saves it for programs.
pub const EXPORT_JSON: Text = Text::new("Save as JSON", "JSON で保存");
/// Heading of the objects that may be unprotected, and the name of their list.
pub const EXCEPTIONS: Text = Text::new(
    "Objects that neither layer is known to protect",
    "どちらの層でも保護を確認できないオブジェクト",
);
/// In place of the list: all are protected.
pub const NO_EXCEPTIONS: Text = Text::new(
    "None: every object looked at is encrypted by the storage or by a client.",
    "ありません。確認したオブジェクトはすべて、ストレージまたはクライアントで暗号化されています。",
);
/// In place of the list: nothing is known.
pub const NONE_LOOKED_AT: Text = Text::new("No object was looked at.", "確認したオブジェクトはありません。");
/// Names the bars, one for each kind of object.
pub const CHART: Text = Text::new("Objects by both layers", "2 つの層の状態別のオブジェクト数");
/// Why an object could not be looked at.
const GONE: Text = Text::new("Deleted since it was listed.", "一覧の取得後に削除されました。");
/// Stands for all further reasons, after the first few.
const OTHER_REASONS: Text = Text::new(
    "Could not be looked at; there were too many different reasons to keep them all.",
    "確認できませんでした。異なる理由が多いため、個々の理由は記録していません。",
);

/// Where a long job stands.
pub fn audit_state(state: &AuditState, paused: bool, looked: u64, listed: u64) -> String {
    let (looked, listed) = (format::count(looked), format::count(listed));
    let how = match state {
        AuditState::Running if paused => Text::new("Paused", "一時停止中"),
        AuditState::Running => Text::new("Looking", "確認中"),
        AuditState::Done => Text::new("Done", "完了"),
        AuditState::Cancelled => Text::new("Stopped", "中止"),
        AuditState::Failed(_) => Text::new("Ended", "中断"),
    };
    said!(
        "{how}: {looked} of {listed} objects looked at.",
        "{how}: オブジェクト {listed} 個のうち {looked} 個を確認しました。"
    )
}

/// What was seen of objects, in words.
pub fn seen(seen: &Seen) -> String {
    match seen {
        Seen::Layers(SseState::None, CseState::None) => Text::new(
            "Encrypted by nobody",
            "ストレージでもクライアントでも暗号化されていません",
        )
        .into(),
        Seen::Layers(sse, cse) => {
            let (storage, client) = (crate::app::text::sse(sse), crate::app::text::cse(*cse));
            match language() {
                Language::English => {
                    let client = match cse {
                        CseState::None => "not by a client",
                        CseState::Hidden => "client side hidden by CORS",
                        CseState::Unknown => "client side unknown",
                        _ => client.get(),
                    };
                    format!("{storage}, {client}")
                }
                Language::Japanese => format!("SSE: {storage}、CSE: {client}"),
            }
        }
        Seen::Gone => GONE.into(),
        Seen::Unreadable(problem) => crate::app::text::problem(problem).0,
        Seen::Unkept => OTHER_REASONS.into(),
    }
}

/// So many of all: the number, and percent that never say 0 or 100 of what is there or missing.
pub fn share(count: u64, all: u64) -> String {
    let percent = count * 100 / all.max(1);
    let under_one = percent == 0 && count > 0;
    let count = format::count(count);
    if under_one {
        said!("{count} (under 1 %)", "{count}（1% 未満）")
    } else {
        said!("{count} ({percent} %)", "{count}（{percent}%）")
    }
}

/// That there are more exceptions than shown.
pub fn more_exceptions(shown: usize, all: u64) -> String {
    let (shown, all) = (format::count(shown as u64), format::count(all));
    said!(
        "The first {shown} of {all}. The saved files have them all.",
        "{all} 個のうち最初の {shown} 個を表示しています。保存したファイルには、すべてが含まれます。"
    )
}
