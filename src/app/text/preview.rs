//! Sentences of the preview.

use super::super::format;
use super::detail::detail;
use super::{Language, Text, language, said};
use crate::driver::{NoPreview, Preview, PreviewContent, Proof};

/// Shows what is in the object.
pub const PREVIEW: Text = Text::new("Preview", "プレビュー");
/// While it is made.
pub const BUSY: Text = Text::new(
    "Reading the beginning of the object…",
    "オブジェクトの先頭を読み取っています…",
);
/// Gives it up.
pub const STOP: Text = Text::new("Stop", "中止");
/// Closes it.
pub const CLOSE: Text = Text::new("Close preview", "プレビューを閉じる");
/// A file without bytes.
pub const EMPTY: Text = Text::new("The file is empty.", "ファイルは空です。");
/// The browser cannot decode a picture.
pub const BROKEN_PICTURE: Text = Text::new(
    "This browser cannot show the picture. Download it to open it elsewhere.",
    "このブラウザーでは画像を表示できません。ダウンロードして、ほかのプログラムで開いてください。",
);
/// The bytes of other files.
pub const FIRST_BYTES: Text = Text::new("First bytes, hexadecimal", "先頭のバイト（16 進数）");
/// Why older formats have no preview.
pub const LOCKED: Text = Text::new(
    "Older formats have no preview: they stay closed unless you unlock them.",
    "古い形式のオブジェクトはプレビューできません。ロックを解除するまで開けません。",
);

/// No preview, and what to do instead.
pub fn none(why: NoPreview) -> (String, String) {
    let what = match why {
        NoPreview::OneTag => Text::new(
            "No preview: one tag at the end authenticates this object as a whole, a part of it could have been altered unnoticed.",
            "プレビューできません。このオブジェクトの真正性は、末尾の 1 つのタグにより全体としてのみ確認できます。\
            一部だけを読み取ると、その部分が改変されていても気付けない可能性があります。",
        )
        .into(),
        NoPreview::Signature => Text::new(
            "No preview: nothing of a signed object is shown before its signature was checked, which takes all of it.",
            "プレビューできません。署名付きのオブジェクトの内容は、署名を検証するまで表示されません。検証には、\
            全体の読み取りが必要です。",
        )
        .into(),
        NoPreview::LongFrames { limit } => {
            let limit = format::size(limit);
            said!(
                "No preview: this object is authentic in frames only, and they are so long that it would fetch more than {limit}.",
                "プレビューできません。このオブジェクトの真正性はフレーム単位でしか確認できず、フレームが長いため、\
                {limit} を超える読み取りが必要になります。"
            )
        }
        NoPreview::LargePicture { limit } => {
            let limit = format::size(limit);
            said!(
                "No preview: a picture of more than {limit}.",
                "プレビューできません。画像のサイズが {limit} を超えています。"
            )
        }
        NoPreview::Pixels => Text::new(
            "No preview: the picture claims more pixels than a page can hold, or hides how many it has.",
            "プレビューできません。画像のピクセル数がページで扱える範囲を超えているか、ピクセル数を読み取れません。",
        )
        .into(),
    };
    let next = Text::new("Download it to see it.", "内容を見るには、ダウンロードしてください。");
    (what, next.into())
}

/// What vouches for what is shown.
pub fn proof(proof: Proof) -> String {
    match proof {
        Proof::Nothing => Text::new(
            "Not authenticated: this object is not encrypted by a client, so the storage or anyone who may write \
            to the bucket can have altered it.",
            "真正性は確認されていません。このオブジェクトはクライアントで暗号化されていないため、ストレージ、\
            またはバケットに書き込める人が内容を改変した可能性があります。",
        )
        .into(),
        Proof::Frames { of: 1, .. } => Text::new(
            "Authenticated: the file's only frame was read and checked.",
            "真正性を確認しました。ファイルの唯一のフレームを読み取り、検証しました。",
        )
        .into(),
        Proof::Frames { opened, of } if opened == of => {
            let of = format::count(of.into());
            said!(
                "Authenticated: all {of} frames were read and checked.",
                "真正性を確認しました。{of} 個のフレームをすべて読み取り、検証しました。"
            )
        }
        Proof::Frames { opened, of } => {
            let (opened, of) = (format::count(opened.into()), format::count(of.into()));
            said!(
                "Authenticated: {opened} of {of} frames were read and checked, the final one for the length.",
                "真正性を確認しました。{of} 個のフレームのうち {opened} 個を読み取り、検証しました\
                （長さを確認するため、最後のフレームを含みます）。"
            )
        }
        Proof::Whole => Text::new(
            "Authenticated: the whole object was read and its tag checked.",
            "真正性を確認しました。オブジェクト全体を読み取り、タグを検証しました。",
        )
        .into(),
        Proof::Signature => Text::new(
            "Authenticated: the whole object was read, its frames and its signature checked.",
            "真正性を確認しました。オブジェクト全体を読み取り、フレームと署名を検証しました。",
        )
        .into(),
    }
}

/// What kind of thing is shown, and how much of it.
pub fn extent(preview: &Preview) -> String {
    let (shown, length) = (format::size(preview.shown), format::size(preview.length));
    let part = if preview.shown == preview.length {
        String::new()
    } else {
        said!(", the first {shown} of {length}", "、{length} のうち先頭の {shown}")
    };
    match &preview.content {
        PreviewContent::Empty => EMPTY.into(),
        PreviewContent::Text { encoding, .. } => said!("Text ({encoding}){part}.", "テキスト（{encoding}）{part}。"),
        PreviewContent::Table { table, encoding } => match language() {
            Language::English => {
                let columns = if table.more_columns {
                    "the first columns of "
                } else {
                    ""
                };
                let rows = if table.more_rows { "the first rows of " } else { "" };
                format!("Table ({encoding}): {columns}{rows}{length}.")
            }
            Language::Japanese => {
                let part = match (table.more_columns, table.more_rows) {
                    (false, false) => "",
                    (true, false) => "のうち先頭の列",
                    (false, true) => "のうち先頭の行",
                    (true, true) => "のうち先頭の行と列",
                };
                // The space between Latin and Japanese.
                let space = if part.is_empty() { "" } else { " " };
                format!("表（{encoding}）、{length}{space}{part}。")
            }
        },
        PreviewContent::Picture { media_type, .. } => {
            said!("Picture ({media_type}), {length}.", "画像（{media_type}）、{length}。")
        }
        PreviewContent::Binary { name: Some(name), .. } => {
            let name = detail(name);
            said!(
                "This is {name}; there is nothing to show of it here.",
                "ファイルの種類: {name}。ここに表示できる内容はありません。"
            )
        }
        PreviewContent::Binary { name: None, .. } => Text::new(
            "Neither text nor a picture this page can show.",
            "テキストでも、このページで表示できる画像でもありません。",
        )
        .into(),
    }
}

/// For the live region.
pub fn announced(preview: &Preview) -> String {
    let (key, extent) = (&preview.key, extent(preview));
    said!("Preview of {key}. {extent}", "{key} のプレビュー。{extent}")
}

/// The picture of this object, for those who do not see it.
pub fn picture_of(key: &str) -> String {
    said!("Preview of {key}", "{key} のプレビュー")
}

#[cfg(test)]
mod tests {
    use super::super::speak;
    use super::*;

    #[test]
    fn what_is_shown_is_said_in_either_language() {
        let preview = |content| Preview {
            key: "a.csv".into(),
            content,
            proof: Proof::Nothing,
            length: 4 << 20,
            shown: 1 << 20,
            written_as: None,
        };
        let text = preview(PreviewContent::Text {
            text: "a".into(),
            encoding: "UTF-8",
        });
        let archive = preview(PreviewContent::Binary {
            name: Some("a tar archive"),
            head: Vec::new(),
        });
        assert_eq!(
            announced(&text),
            "Preview of a.csv. Text (UTF-8), the first 1.00 MiB of 4.00 MiB."
        );
        assert_eq!(
            extent(&archive),
            "This is a tar archive; there is nothing to show of it here."
        );
        speak(Language::Japanese);
        assert_eq!(
            announced(&text),
            "a.csv のプレビュー。テキスト（UTF-8）、4.00 MiB のうち先頭の 1.00 MiB。"
        );
        assert_eq!(
            extent(&archive),
            "ファイルの種類: tar アーカイブ。ここに表示できる内容はありません。"
        );
        let frames = proof(Proof::Frames { opened: 3, of: 1200 });
        assert!(frames.contains("1,200 個のフレームのうち 3 個"), "{frames}");
        speak(Language::English);
    }
}
