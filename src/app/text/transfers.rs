//! The sentences of the queue.

use super::{Text, said};
use crate::app::format;
use crate::app::state::{Shown, Sums, Totals};
use crate::driver::{Pace, TransferInfo};

/// Leaves only the sums of the list under a folder.
pub const FOLD: Text = Text::new("Hide list", "一覧を隠す");
/// Shows the list again.
pub const UNFOLD: Text = Text::new("Show list", "一覧を表示");
/// Begins all that failed anew; above the list.
pub const RETRY_FAILED: Text = Text::new("Retry failed", "失敗した転送を再試行");
/// Above the list, where it asks first; also the answer to that question.
pub const CANCEL_ALL: Text = Text::new("Cancel all", "すべてキャンセル");
/// Before all transfers are ended.
pub const CANCEL_ALL_TITLE: Text = Text::new("Cancel all transfers?", "すべての転送をキャンセルしますか？");
/// Its other answer.
pub const KEEP_GOING: Text = Text::new("Keep going", "転送を続行");
/// A heading.
pub const MANIFEST: Text = Text::new("Manifest of this session", "このセッションのマニフェスト（転送記録）");
/// Saves the manifest as a file.
pub const SAVE_MANIFEST: Text = Text::new("Save manifest", "マニフェストを保存");
/// Names the choice between CSV and JSON, for those who do not see it.
pub const MANIFEST_FORM: Text = Text::new("Manifest format", "マニフェストの形式");
/// What the manifest is.
pub const MANIFEST_HINT: Text = Text::new(
    "One record for every file that was transferred on this page: key, size, SHA-256 where it was computed, ETag, version, encryption and time. Clearing the list keeps it.",
    "このページで転送した各ファイルの記録です（1 ファイルにつき 1 件）。オブジェクトキー、サイズ、\
    SHA-256（計算された場合）、ETag、バージョン、暗号化、時刻を含みます。一覧から転送を削除しても、記録は残ります。",
);
/// Leads to where hashing is chosen.
pub const HASH_EVERY_FILE: Text = Text::new(
    "Have it computed for every file from now on",
    "今後、すべてのファイルについて計算する",
);
/// A download that was to be hashed and was not.
pub const NOT_HASHED: Text = Text::new(
    "no SHA-256: the browser could not read the file once more. sha256sum computes it from the saved file",
    "SHA-256 なし: ブラウザーがファイルをもう一度読み取れませんでした。保存したファイルから sha256sum で計算できます",
);
/// Names the list for those who do not see it.
pub const LINES: Text = Text::new("List of transfers", "転送の一覧");
/// Names the choice of what is shown.
pub const SHOW: Text = Text::new("Show", "表示");
/// Nothing fits the filter.
pub const NONE_SHOWN: Text = Text::new(
    "No transfer is in this state now.",
    "現在、この状態の転送はありません。",
);

/// The name of a filter, and how many it lets through.
pub fn shown(shown: Shown, totals: &Totals) -> String {
    let (name, count) = match shown {
        Shown::All => (Text::new("All", "すべて"), totals.total),
        Shown::Going => (Text::new("Running", "進行中"), totals.going),
        Shown::Failed => (Text::new("Failed", "失敗"), totals.failed),
        Shown::Done => (Text::new("Done", "完了"), totals.done),
    };
    let count = format::count(count as u64);
    said!("{name} ({count})", "{name}（{count}）")
}

/// What cancelling all means.
pub fn cancel_all(totals: &Totals) -> String {
    let (going, up) = (totals.going, totals.uploads.going);
    let count = format::count(going as u64);
    let end = match going {
        1 => said!("One transfer ends", "1 件の転送をキャンセルします"),
        _ => said!("{count} transfers end", "{count} 件の転送をキャンセルします"),
    };
    let what = match (up > 0, going > up) {
        (true, false) => Text::new(
            "the parts of unfinished files are removed from the bucket",
            "未完了のファイルのパートは、バケットから削除されます",
        ),
        (false, _) => Text::new(
            "what came of unfinished files is thrown away",
            "未完了のファイルの受信済みの内容は、破棄されます",
        ),
        (true, true) => Text::new(
            "of unfinished files, the parts in the bucket are removed, and what came to this computer is thrown away",
            "未完了のファイルについては、バケットにあるパートは削除され、\
            このコンピューターで受信した内容は破棄されます",
        ),
    };
    said!(
        "{end}: {what}. Files that are done stay.",
        "{end}。{what}。完了したファイルは残ります。",
    )
}

/// Some failed; said once.
pub fn failed(count: usize) -> String {
    let number = format::count(count as u64);
    match count {
        1 => said!("A transfer failed.", "1 件の転送に失敗しました。"),
        _ => said!("{number} transfers failed.", "{number} 件の転送に失敗しました。"),
    }
}

/// Several failed for one reason.
pub fn failed_alike(count: usize) -> String {
    let number = format::count(count as u64);
    said!("{number} failed alike:", "{number} 件が同じ理由で失敗しました:")
}

/// How many records the manifest has.
pub fn manifest_records(count: usize) -> String {
    let number = format::count(count as u64);
    match count {
        1 => said!("1 file", "1 個のファイル"),
        _ => said!("{number} files", "{number} 個のファイル"),
    }
}

/// How many files the sums are of, and how many are left out.
pub fn sums_kept(sums: &Sums) -> String {
    let [files, missing] = [sums.len(), sums.missing].map(|number| format::count(number as u64));
    match (sums.len(), sums.missing) {
        (0, _) => said!(
            "No file has a SHA-256 here.",
            "SHA-256 が計算されたファイルはありません。"
        ),
        (1, 0) => said!("One file, with its SHA-256.", "SHA-256 が計算されたファイル: 1 個。"),
        (_, 0) => said!(
            "{files} files, all with their SHA-256.",
            "SHA-256 が計算されたファイル: {files} 個（すべて）。"
        ),
        _ => said!(
            "With a SHA-256: {files}. Left out, for they have none: {missing}.",
            "SHA-256 が計算されたファイル: {files} 個。計算されていないため含まれないファイル: {missing} 個。"
        ),
    }
}

/// Where the names in them begin, and so where the command that follows is to be run.
pub fn sums_names(sums: &Sums) -> String {
    let folder = sums.folder;
    match (sums.has_buckets, folder.is_empty()) {
        (true, _) => said!(
            "Names begin with the bucket. To check the files, run next to folders of these names:",
            "ファイル名はバケット名から始まります。確認するには、バケット名のフォルダーがある場所で次のコマンドを実行してください:",
        ),
        (false, true) => said!(
            "Names are the object keys. To check the files, save this beside them and run there:",
            "ファイル名はオブジェクトキーです。確認するには、ファイルと同じ場所に保存し、そこで次のコマンドを実行してください:",
        ),
        (false, false) => said!(
            "Names begin in {folder} of the bucket. To check the files, save this in that folder on your disk and run there:",
            "ファイル名は、バケットの {folder} からの相対パスです。確認するには、手元のそのフォルダーに保存し、\
            そこで次のコマンドを実行してください:",
        ),
    }
}

/// A file is read once more for its hash.
pub fn hashing(read: u64, info: &TransferInfo) -> String {
    let [read, size] = [read, info.size].map(format::size);
    said!(
        "computing SHA-256: {read} of {size}",
        "SHA-256 を計算中: {read} / {size}"
    )
}

/// The queue in one line.
pub fn totals(totals: &Totals, pace: &Pace) -> String {
    let count = |number: usize| format::count(number as u64);
    let (done, total, failed) = (count(totals.done), count(totals.total), count(totals.failed));
    let (moved, size) = (format::size(totals.moved), format::size(totals.size));
    let mut text = said!("{done} of {total} done", "{total} 件中 {done} 件完了");
    if totals.failed > 0 {
        text += &said!(", {failed} failed", "、{failed} 件失敗");
    }
    text += &said!(" · {moved} of {size}", " · {moved} / {size}");
    if totals.going > totals.paused {
        if pace.bytes > 0.0 {
            text += &format!(" · {}", format::speed(pace.bytes));
        }
        if let Some(left) = totals.seconds_left(pace) {
            let left = format::duration(left);
            text += &said!(" · about {left} left", " · 残り約 {left}");
        }
    }
    text
}

/// How far the uploads are, step by step.
pub fn steps(totals: &Totals, pace: &Pace) -> String {
    let uploads = &totals.uploads;
    let [made, sent, stored] = [uploads.made, uploads.sent, uploads.stored].map(format::size);
    let mut text = said!(
        "Uploads: {made} encrypted · {sent} sent · {stored} in the bucket",
        "アップロード: 暗号化済み {made} · 送信済み {sent} · バケットに保存済み {stored}",
    );
    // Where whole files go by, they say more than bytes.
    if pace.small_files >= 2.0 {
        let files = format::count(pace.small_files.round() as u64);
        text += &said!(" · {files} files/s", " · {files} ファイル/秒");
    }
    text
}

/// How far a transfer is.
pub fn progress(info: &TransferInfo) -> String {
    let [moved, size, made] = [info.moved, info.size, info.made].map(format::size);
    let mut text = if info.made > info.moved && info.encrypted {
        said!(
            "{moved} of {size} sent, {made} encrypted",
            "送信済み {moved} / {size}、暗号化済み {made}",
        )
    } else {
        said!("{moved} of {size}", "{moved} / {size}")
    };
    if info.speed > 0.0 {
        text += &format!(" · {}", format::speed(info.speed));
    }
    if let Some(eta) = info.eta {
        let left = format::duration(eta);
        text += &said!(" · {left} left", " · 残り {left}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Language, speak};
    use super::*;
    use crate::driver::{Direction, TransferId, TransferState};

    #[test]
    fn cancelling_downloads_removes_nothing_from_the_bucket() {
        let mut queue = crate::app::state::Transfers::default();
        let mut add = |id, direction| {
            let info = TransferInfo::new(TransferId(id), direction, "k".into(), 1, true);
            queue.apply(vec![info]);
            cancel_all(&queue.totals())
        };
        let down = add(0, Direction::Download);
        assert!(
            down.starts_with("One transfer ends: what came") && !down.contains("bucket"),
            "{down}"
        );
        let both = add(1, Direction::Upload);
        assert!(
            both.starts_with("2 transfers end: ") && both.contains("thrown away"),
            "{both}"
        );
        speak(Language::Japanese);
        let both = cancel_all(&queue.totals());
        speak(Language::English);
        assert!(both.starts_with("2 件の転送をキャンセルします。未完了"), "{both}");
    }

    #[test]
    fn the_line_says_no_more_than_is_known() {
        let mut info = TransferInfo::new(TransferId(0), Direction::Upload, "k".into(), 4 << 20, true);
        info.state = TransferState::Running;
        assert_eq!(progress(&info), "0 B of 4.00 MiB");
        (info.moved, info.made) = (1 << 20, 2 << 20);
        assert_eq!(progress(&info), "1.00 MiB of 4.00 MiB sent, 2.00 MiB encrypted");
        let mut queue = crate::app::state::Transfers::default();
        queue.apply(vec![info]);
        let still = Pace::default();
        assert_eq!(totals(&queue.totals(), &still), "0 of 1 done · 1.00 MiB of 4.00 MiB");
        let pace = Pace {
            bytes: f64::from(1 << 20),
            large_bytes: f64::from(1 << 20),
            ..Pace::default()
        };
        assert_eq!(
            totals(&queue.totals(), &pace),
            "0 of 1 done · 1.00 MiB of 4.00 MiB · 1.00 MiB/s · about 3 s left"
        );
        assert_eq!(
            steps(&queue.totals(), &pace),
            "Uploads: 2.00 MiB encrypted · 1.00 MiB sent · 0 B in the bucket"
        );
        speak(Language::Japanese);
        let said = totals(&queue.totals(), &pace);
        speak(Language::English);
        assert_eq!(said, "1 件中 0 件完了 · 1.00 MiB / 4.00 MiB · 1.00 MiB/s · 残り約 3 秒");
    }
}
