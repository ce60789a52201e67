//! Sentences about many objects at once: selecting, downloading, deleting.

use super::{Language, Text, language, said};
use crate::app::format;
use crate::app::state::{Deleting, Selection};
use crate::driver::{BundleInfo, BundleInto, Problem, Renaming, Wording};

/// Names the bar above the objects, with what can be done to those selected.
pub const SELECTION: Text = Text::new("Selection", "選択");
/// Names the checkbox above those of the rows.
pub const SELECT_ALL: Text = Text::new("Select all shown", "表示中のすべてを選択");
/// Saves what is selected as one file.
pub const DOWNLOAD_ZIP: Text = Text::new("Download as ZIP", "ZIP でダウンロード");
/// Saves it as files, where the browser lets a folder be chosen.
pub const SAVE_TO_FOLDER: Text = Text::new("Save to folder…", "フォルダーに保存…");
/// Asks first.
pub const DELETE_SELECTED: Text = Text::new("Delete selected", "選択項目を削除");
/// Selects nothing any more.
pub const CLEAR_SELECTION: Text = Text::new("Clear selection", "選択を解除");
/// Names the report of deleting many, and its bar.
pub const DELETING: Text = Text::new("Deleting", "削除の状況");
/// Ends deleting: what is still there stays.
pub const STOP: Text = Text::new("Stop", "中止");
/// Before many are deleted.
pub const DELETE_MANY_TITLE: Text = Text::new("Delete everything selected?", "選択した項目をすべて削除しますか？");
/// Its answer.
pub const DELETE_ALL: Text = Text::new("Delete all of them", "すべて削除");

/// The texts that go along with a ZIP or folder.
pub const WORDING: Wording = Wording {
    missing: missing_file,
    names: names_file,
};

/// A row's checkbox.
pub fn select(name: &str) -> String {
    said!("Select {name}", "{name} を選択")
}

fn objects(number: u64) -> String {
    let count = format::count(number);
    match number {
        1 => said!("1 object", "1 個のオブジェクト"),
        _ => said!("{count} objects", "{count} 個のオブジェクト"),
    }
}

/// What is selected.
pub fn selected(selection: &Selection) -> String {
    let (files, folders) = (selection.objects(), selection.folders());
    let size = format::size(selection.bytes());
    let objects = objects(files);
    let count = format::count(folders);
    let some = match folders {
        1 => said!("1 folder", "1 個のフォルダー"),
        _ => said!("{count} folders", "{count} 個のフォルダー"),
    };
    match (files, folders) {
        (_, 0) => said!("{objects} selected, {size}", "{objects}（{size}）を選択中"),
        (0, _) => said!("{some} selected", "{some}を選択中"),
        (_, _) => said!(
            "{some} and {objects} ({size}) selected",
            "{some}と {objects}（{size}）を選択中",
        ),
    }
}

/// Before deleting many.
pub fn delete_question(number: u64, bytes: u64, counted: bool) -> String {
    let (objects, size) = (objects(number), format::size(bytes));
    if counted {
        return said!(
            "{objects}, {size}, will be removed from the bucket. This cannot be undone.",
            "{objects}（{size}）をバケットから削除します。この操作は元に戻せません。",
        );
    }
    said!(
        "Counting what is in the folders: {objects} so far…",
        "フォルダーの内容を数えています: これまでに {objects}…",
    )
}

/// How far deleting is; with the bucket's name where it is not the connected one.
pub fn deleting(deleting: &Deleting, here: bool) -> String {
    let (said, bucket) = (deleted(deleting), &deleting.bucket);
    match here {
        true => said,
        false => said!("In {bucket}: {said}", "{bucket}: {said}"),
    }
}

fn deleted(deleting: &Deleting) -> String {
    let (gone, total) = (format::count(deleting.gone), format::count(deleting.total));
    let (deleted, left) = (objects(deleting.gone), objects(deleting.failures));
    match &deleting.over {
        None => said!("Deleted {gone} of {total}", "{total} 個中 {gone} 個を削除済み"),
        Some(Ok(())) if deleting.failures == 0 => said!("Deleted {deleted}.", "{deleted}を削除しました。"),
        Some(Ok(())) => said!(
            "Deleted {gone} of {total}; {left} could not be deleted.",
            "{total} 個中 {gone} 個を削除しました。{left}は削除できませんでした。",
        ),
        Some(Err(Problem::Cancelled)) => said!(
            "Stopped: {gone} of {total} were deleted.",
            "中止しました。{total} 個中 {gone} 個は削除済みです。",
        ),
        Some(Err(_)) => said!(
            "Ended early: {gone} of {total} were deleted.",
            "途中で終了しました。{total} 個中 {gone} 個は削除済みです。",
        ),
    }
}

/// How far a bundle is.
pub fn bundle(bundle: &BundleInfo) -> String {
    let dealt_with = bundle.saved + bundle.missing;
    let (done, so_far) = (format::count(dealt_with), objects(dealt_with));
    let (saved, name) = (objects(bundle.saved), &bundle.name);
    let mut parts = vec![match (bundle.total, bundle.into) {
        (Some(total), _) if dealt_with < total => match language() {
            Language::English => format!("{done} of {}", objects(total)),
            Language::Japanese => format!("{} 個のオブジェクトのうち {done} 個", format::count(total)),
        },
        (None, _) => said!("{so_far} so far", "これまでに {so_far}"),
        (_, BundleInto::Zip) => said!("{saved} in {name}", "{name} に {saved}を保存"),
        (_, BundleInto::Folder) => said!("{saved} in the folder {name}", "フォルダー {name} に {saved}を保存"),
    }];
    if bundle.verified > 0 {
        let count = format::count(bundle.verified);
        parts.push(said!("{count} decrypted and verified", "{count} 個は復号・検証済み"));
    }
    if bundle.plain > 0 {
        let count = format::count(bundle.plain);
        parts.push(said!(
            "{count} stored without encryption",
            "{count} 個は暗号化なしで保存されたもの",
        ));
    }
    if bundle.renamed > 0 {
        let count = format::count(bundle.renamed);
        parts.push(said!(
            "{count} renamed (see NAMES.txt)",
            "{count} 個は名前を変更（NAMES.txt を参照）",
        ));
    }
    parts.join(" · ")
}

/// Warning about files that were written as others.
pub fn relocated(number: u64) -> String {
    let count = format::count(number);
    let files = match number {
        1 => "1 file was",
        _ => &format!("{count} files were"),
    };
    said!(
        "{files} written under another key than stored: somebody with write access may have moved or exchanged them. NAMES.txt says which.",
        "{count} 個のファイルは、現在とは別のオブジェクトキーで書き込まれたものです。\
        書き込み権限を持つ人が移動したか、すり替えた可能性があります。\
        該当するファイルは NAMES.txt に記載されています。",
    )
}

/// Heading of the list of what is missing.
pub fn missing(number: u64) -> String {
    let objects = objects(number);
    said!("{objects} not saved", "{objects}は保存されていません")
}

/// Missing objects that are not listed.
pub fn more(number: u64) -> String {
    let count = format::count(number);
    said!(
        "and {count} more: FAILED.txt has all",
        "ほか {count} 個: すべて FAILED.txt に記載されています",
    )
}

/// What happened and what next, when not everything was saved.
pub fn some_missing(missing: u64, saved: u64) -> (String, String) {
    let (none, out, some) = (objects(missing), format::count(missing), objects(saved));
    match (missing, saved) {
        (0, 0) => (
            Text::new(
                "There is no object to download there.",
                "指定された場所に、ダウンロードできるオブジェクトがありません。",
            )
            .into(),
            Text::new(
                "Check the prefix, or refresh the folder.",
                "プレフィックスを確認するか、フォルダーの表示を更新してください。",
            )
            .into(),
        ),
        (_, 0) => (
            said!(
                "None of {none} could be saved.",
                "オブジェクトを 1 つも保存できませんでした（{out} 個）。",
            ),
            Text::new("The reasons are below.", "理由は下に表示されています。").into(),
        ),
        (_, _) => (
            said!(
                "{some} saved, {out} left out. FAILED.txt beside them says why.",
                "{some}を保存しました。{out} 個は保存されていません。\
                理由は、一緒に保存された FAILED.txt に記載されています。",
            ),
            Text::new(
                "Retry fetches only what is missing.",
                "「再試行」を押すと、不足しているものだけを取得します。",
            )
            .into(),
        ),
    }
}

fn missing_file(missing: &[(String, Problem)]) -> String {
    let mut text = String::from(Text::new(
        "These objects could not be saved. Nothing of them is here: what could not be verified was thrown away.\n\n",
        "次のオブジェクトは保存できませんでした。これらの内容は、一部分もここには含まれていません。\
        検証できなかった内容は破棄されました。\n\n",
    ));
    for (key, problem) in missing {
        let (key, (what, next)) = (printable(key), super::problem(problem));
        text += &said!("{key}\n    {what} {next}\n", "{key}\n    {what}{next}\n");
    }
    text
}

fn names_file(renamings: &[Renaming]) -> String {
    let mut text = String::from(Text::new(
        "Files whose name here differs from the object's key, or that were written as another object.\n\n",
        "ここでの名前がオブジェクトキーと異なるファイル、または別のオブジェクトとして書き込まれたファイルです。\n\n",
    ));
    for renaming in renamings {
        let (key, path) = (printable(&renaming.key), &renaming.path);
        text += &said!("{key}\n    is here: {path}\n", "{key}\n    ここでの名前: {path}\n");
        if let Some(written_as) = &renaming.written_as {
            let key = printable(written_as);
            text += &said!(
                "    was written as: {key}\n",
                "    書き込み時のオブジェクトキー: {key}\n"
            );
        }
    }
    text
}

/// Control and bidirectional characters shown as what they are.
fn printable(key: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let shown = |c: char| match hidden(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    key.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::super::speak;
    use super::*;

    #[test]
    fn counts_read_well_in_each_language() {
        let both = || (delete_question(1, 1 << 20, true), some_missing(1, 2000).0);
        let (question, missing) = both();
        assert!(question.starts_with("1 object, 1.00 MiB, will"), "{question}");
        assert!(missing.starts_with("2,000 objects saved, 1 left out."), "{missing}");
        speak(Language::Japanese);
        let (question, missing) = both();
        speak(Language::English);
        assert!(
            question.starts_with("1 個のオブジェクト（1.00 MiB）をバケットから"),
            "{question}"
        );
        assert!(
            missing.starts_with("2,000 個のオブジェクトを保存しました。1 個は"),
            "{missing}"
        );
    }

    #[test]
    fn reports_name_every_object_and_hide_nothing() {
        let text = missing_file(&[
            ("a\u{202e}b".into(), Problem::NotAuthentic),
            ("c".into(), Problem::ObjectChanged),
        ]);
        assert!(text.contains("a\\u{202e}b\n") && text.contains("\nc\n"), "{text}");
        let renaming = Renaming {
            key: "x/../y".into(),
            path: "x/_/y".into(),
            written_as: Some("z".into()),
        };
        let text = names_file(&[renaming]);
        assert!(
            text.contains("x/../y\n    is here: x/_/y\n    was written as: z\n"),
            "{text}"
        );
    }
}
