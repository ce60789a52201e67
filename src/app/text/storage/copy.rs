//! Sentences about copying objects into an encrypted bucket.

use crate::app::format;
use crate::app::text::{Text, gap, said};
use crate::driver::{AuditState, CopyDifference, CopyOutcome, CopyProgress};

/// Names the list of objects that were left out or failed.
pub const NOT_COPIED: Text = Text::new("Objects not copied", "コピーされなかったオブジェクト");
/// Opens the copying, on the page of the bucket's encryption.
pub const COPY_TITLE: Text = Text::new(
    "Copy objects into an encrypted bucket",
    "暗号化バケットへのオブジェクトのコピー",
);
/// Under it: what is copied, and what stays.
pub const COPY_INTRO: Text = Text::new(
    "The storage copies each object with its metadata; the copy is then compared by HEAD. Objects that \
    are there already are left alone, and the originals stay: delete them yourself when you are sure. What is larger than 5 GiB \
    is copied in parts, with its media type and the metadata that this page sees; tags do not come along.",
    "ストレージが各オブジェクトをメタデータとともにコピーし、その後、\
    コピーしたオブジェクトを HEAD で元のオブジェクトと比較します。\
    コピー先にすでにあるオブジェクトは変更しません。元のオブジェクトは残ります。問題がないことを確かめてから、\
    ご自身で削除してください。5 GiB を超えるオブジェクトはパートに分けてコピーし、Content-Type と、このページに見える\
    メタデータを引き継ぎます。タグは引き継ぎません。",
);
/// Field: the bucket that gets the copies.
pub const COPY_INTO: Text = Text::new("Into bucket", "コピー先のバケット");
/// Starts the copying.
pub const START_COPY: Text = Text::new("Copy objects", "オブジェクトをコピー");

/// Names the bar of an object that is copied in parts.
pub const IN_PARTS: Text = Text::new("Copying in parts", "パートに分けてコピー中");

/// How far the object is that is copied in parts.
pub fn in_parts(progress: &CopyProgress) -> String {
    let (key, moved, size) = (&progress.key, format::size(progress.moved), format::size(progress.size));
    said!(
        "{key}: {moved} of {size} copied",
        "{key}: {size} のうち {moved} をコピー済み"
    )
}

/// What the copying covers.
pub fn copy_scope(prefix: &str) -> String {
    if prefix.is_empty() {
        Text::new(
            "All objects of this bucket are copied; the audit's field above narrows it down.",
            "このバケットのすべてのオブジェクトをコピーします。対象は、上の「監査」の欄で絞り込めます。",
        )
        .into()
    } else {
        said!(
            "Only keys that start with “{prefix}” are copied (the audit's field above).",
            "オブジェクトキーが「{prefix}」で始まるオブジェクトだけをコピーします（上の「監査」の欄で指定したプレフ\
            ィックス）。"
        )
    }
}

/// What became of a copy.
pub fn copy_outcome(outcome: &CopyOutcome) -> String {
    match outcome {
        CopyOutcome::Verified => Text::new("copied and verified", "コピーして検証済み").into(),
        CopyOutcome::Exists => Text::new(
            "is there already; left alone",
            "コピー先にすでにあるため、変更していません。",
        )
        .into(),
        CopyOutcome::SourceHidden => Text::new(
            "not copied: over 5 GiB it takes a copy in parts, which carries only metadata that this page sees, and CORS may hide some \
            that it needs. Apply the CORS rule to this bucket, or use the command below",
            "コピーしていません。5 GiB を超えるオブジェクトはパートに分けてコピーしますが、引き継げるのはこのページに見える\
            メタデータだけで、必要なものが CORS により見えない可能性があります。このバケットに CORS ルールを適用するか、\
            下のコマンドを使用してください。",
        )
        .into(),
        CopyOutcome::MetadataHidden => Text::new(
            "copied and encrypted, but CORS hides from this page whether its metadata came along: apply the CORS rule to the new \
            bucket, then compare",
            "コピーされ、暗号化されていますが、メタデータもコピーされたかどうかは CORS により見えません。新しいバケットに CORS ルールを\
            適用してから、比較してください。",
        )
        .into(),
        CopyOutcome::Differs(what) => {
            let wrong = match what {
                CopyDifference::Size => Text::new("its size differs", "サイズが元のオブジェクトと異なります"),
                CopyDifference::Encryption => Text::new(
                    "HEAD does not show that it is encrypted",
                    "暗号化されていることを HEAD で確認できません",
                ),
                CopyDifference::ContentType => Text::new(
                    "its content type differs",
                    "Content-Type が元のオブジェクトと異なります",
                ),
                CopyDifference::Metadata => Text::new(
                    "its metadata differs",
                    "メタデータが元のオブジェクトと異なります",
                ),
            };
            said!(
                "copied, but {wrong}: do not rely on it",
                "コピーされましたが、{wrong}。このコピーを信頼しないでください。"
            )
        }
        CopyOutcome::Failed(problem) => {
            let (what, next) = crate::app::text::problem(problem);
            format!("{what}{}{next}", gap())
        }
    }
}

/// How far the copying is.
pub fn copied(verified: usize, others: usize, state: &AuditState) -> String {
    let how = match state {
        AuditState::Running => Text::new("Copying", "コピー中"),
        AuditState::Done => Text::new("Done", "完了"),
        AuditState::Cancelled => Text::new("Stopped", "中止"),
        AuditState::Failed(_) => Text::new("Ended", "中断"),
    };
    said!(
        "{how}: {verified} copied and verified, {others} not.",
        "{how}: コピーして検証済み {verified} 個、それ以外 {others} 個"
    )
}
