//! Sentences about multipart uploads that were left in the bucket.

use super::{Text, said};
use crate::app::format;
use crate::app::state::Leftovers;
use crate::driver::{Leftover, LeftoverState, LeftoversState};

/// Heading of these uploads, on the page of the bucket's encryption.
pub const TITLE: Text = Text::new(
    "Incomplete uploads in the bucket",
    "バケットに残った不完全なアップロード",
);
/// What they are.
pub const INTRO: Text = Text::new(
    "Parts of uploads that were never completed, from any browser or program. No listing of objects shows them, \
    they are paid for all the same, and many storages never remove them by themselves.",
    "完了しなかったアップロードのうち、バケットに残っているパートです。\
    ほかのブラウザーやプログラムによるものも含みます。オブジェクトの一覧には表示されませんが、料金は発生します。\
    また、多くのストレージは、これを自動では削除しません。",
);
/// Looks for them.
pub const LIST: Text = Text::new("List incomplete uploads", "不完全なアップロードを一覧表示");
/// The same button, once they were listed.
pub const LIST_AGAIN: Text = Text::new("List again", "一覧を更新");
/// Beside each, where it asks first; also the answer to that question.
pub const ABORT: Text = Text::new("Abort", "中止");
/// Asks about all that are older than the field says.
pub const ABORT_OLD: Text = Text::new("Abort all of that age", "該当するものをすべて中止");
/// Field: how old they must be for that.
pub const DAYS: Text = Text::new("Older than (days)", "対象: 開始からこの日数を超えたもの");
/// The listing found nothing.
pub const NONE: Text = Text::new("There is none.", "不完全なアップロードはありません。");
/// A question's title.
pub const QUESTION_TITLE: Text = Text::new("Abort incomplete uploads?", "不完全なアップロードを中止しますか？");
/// On the button of one that is being aborted.
pub const ABORTING: Text = Text::new("Aborting…", "中止中…");
/// Where to look for more.
pub const SEE_BUCKET: Text = Text::new(
    "Uploads of other browsers and programs that were never completed",
    "ほかのブラウザーやプログラムで完了しなかったアップロード",
);

/// Where the listing stands.
pub fn summary(leftovers: &Leftovers, state: &LeftoversState) -> String {
    let (uploads, bytes) = leftovers.sum();
    let (count, bytes) = (format::count(uploads as u64), format::size(bytes));
    let found = match uploads {
        0 => NONE.into(),
        1 => said!(
            "One incomplete upload, {bytes}.",
            "不完全なアップロードが 1 個あります（{bytes}）。"
        ),
        _ => said!(
            "{count} incomplete uploads, {bytes} in all.",
            "不完全なアップロードが {count} 個あります（合計 {bytes}）。"
        ),
    };
    let aborted = match leftovers.aborted {
        0 => String::new(),
        aborted => {
            let aborted = format::count(aborted as u64);
            said!(" {aborted} aborted.", "{aborted} 個を中止しました。")
        }
    };
    match state {
        LeftoversState::Running => said!("Looking… {count} found so far.", "確認中…（これまでに {count} 個）"),
        LeftoversState::Done => format!("{found}{aborted}"),
        LeftoversState::Failed(_) => said!(
            "The list is not complete. {found}{aborted}",
            "一覧は完全ではありません。{found}{aborted}"
        ),
    }
}

/// More than lines.
pub fn and_more(more: usize) -> String {
    let more = format::count(more as u64);
    said!("and {more} more", "ほか {more} 個")
}

/// Size and age of one.
pub fn line(leftover: &Leftover, started: Option<&str>) -> String {
    let size = match &leftover.held {
        Ok(held) => {
            let (bytes, parts) = (format::size(held.bytes), format::count(held.parts));
            match held.parts {
                1 => said!("{bytes} in 1 part", "{bytes}（1 パート）"),
                _ => said!("{bytes} in {parts} parts", "{bytes}（{parts} パート）"),
            }
        }
        Err(_) => Text::new("size unknown", "サイズ不明").into(),
    };
    match started {
        Some(started) => said!("{size}, begun {started}", "{size}、{started} に開始"),
        None => said!("{size}, of unknown age", "{size}、開始日時不明"),
    }
}

/// Whose it is.
pub fn state(state: LeftoverState) -> Text {
    match state {
        LeftoverState::Running => Text::new("being uploaded by this browser", "このブラウザーがアップロード中"),
        LeftoverState::Resumable => Text::new(
            "can be gone on with: Transfers → Unfinished uploads",
            "再開できます（「転送」→「未完了のアップロード」）",
        ),
        LeftoverState::Unknown => Text::new(
            "not known to this browser; somebody may still be sending it",
            "このブラウザーに記録がなく、ほかで送信中の可能性があります",
        ),
    }
}

/// Before aborting.
pub fn question(keys: &[&str], bytes: u64, resumable: usize) -> String {
    let (count, bytes) = (format::count(keys.len() as u64), format::size(bytes));
    let what = match keys {
        [key] => said!(
            "What was sent of {key} ({bytes}) will be removed",
            "{key} の送信済みのパート（{bytes}）"
        ),
        _ => said!(
            "What was sent of {count} uploads ({bytes}) will be removed",
            "{count} 個のアップロードの送信済みのパート（{bytes}）"
        ),
    };
    let resumable = match (resumable, keys) {
        (0, _) => String::new(),
        (_, [_]) => Text::new(
            " It could be gone on with from this browser.",
            "このアップロードは、このブラウザーから再開できるものです。",
        )
        .into(),
        (1, _) => Text::new(
            " One of them could be gone on with from this browser.",
            "そのうち 1 個は、このブラウザーから再開できるものです。",
        )
        .into(),
        (more, _) => {
            let more = format::count(more as u64);
            said!(
                " {more} of them could be gone on with from this browser.",
                "そのうち {more} 個は、このブラウザーから再開できるものです。"
            )
        }
    };
    said!(
        "{what} from the bucket; objects stay.{resumable} Whoever is still sending parts of it will fail. This cannot be undone.",
        "{what}をバケットから削除します。オブジェクトは削除されません。\
        {resumable}ほかで送信中のアップロードがあれば、失敗します。この操作は元に戻せません。"
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Language, speak};
    use super::*;

    #[test]
    fn the_question_says_what_goes_and_what_stays() {
        let one = question(&["a.bin"], 1 << 20, 0);
        assert!(one.contains("a.bin") && one.contains("objects stay"), "{one}");
        let many = question(&["a", "b"], 0, 1);
        assert!(many.contains("2 uploads") && many.contains("One of them"), "{many}");
        let mine = question(&["a.bin"], 0, 1);
        assert!(mine.contains("objects stay. It could be gone on with"), "{mine}");
        speak(Language::Japanese);
        let many = question(&["a", "b"], 0, 1);
        assert!(
            many.starts_with("2 個のアップロード") && many.contains("そのうち 1 個"),
            "{many}"
        );
        let mut leftovers = Leftovers::default();
        assert_eq!(
            summary(&leftovers, &LeftoversState::Done),
            "不完全なアップロードはありません。"
        );
        leftovers.aborted = 2;
        let said = summary(&leftovers, &LeftoversState::Done);
        assert!(said.ends_with("。2 個を中止しました。"), "{said}");
        speak(Language::English);
    }
}
