//! Sentences about an object's client-side encryption, for its details.

use super::{Text, said};
use crate::driver::{Cse, CseState, WrappedKey};

/// Before the held key that opens it.
pub const OPENS_WITH: Text = Text::new("opens with your key", "手元の鍵で開けます:");
/// Before the held key that has its name, which was not tried.
pub const NAMED_LIKE: Text = Text::new("named like your key", "同じ名前の手元の鍵:");
/// Who can open it.
pub const RECIPIENTS: Text = Text::new("Wrapped data keys", "ラップされたデータキー");
/// Pairs in clear.
pub const CONTEXT: Text = Text::new("Encryption context", "暗号化コンテキスト");
/// Pairs of a raw key.
pub const DESCRIPTION: Text = Text::new("Material description", "マテリアルの説明");
/// Without pairs.
pub const EMPTY: Text = Text::new("empty", "なし");
/// Heading of the pairs' warning.
pub const DESCRIPTION_HINT: Text = Text::new(
    "Nothing authenticates it: it only helps to find the key.",
    "この説明の真正性は確認されません。鍵を探す手がかりになるだけです。",
);
/// Whether the content is bound to one key.
pub const COMMITMENT: Text = Text::new("Key commitment", "キーコミットメント");
/// Bytes of a frame.
pub const FRAME_LENGTH: Text = Text::new("Frame length", "フレーム長");
/// All in one.
pub const SINGLE_BLOCK: Text = Text::new("one block, not framed", "単一ブロック（フレーム化なし）");
/// The file beside it.
pub const INSTRUCTION_FILE: Text = Text::new("Instruction file", "インストラクションファイル");
/// Opens the programs that decrypt with official libraries.
pub const DECRYPT_OFFICIALLY: Text = Text::new("Decrypt it with the official library", "公式ライブラリで復号");
/// Of a program that no test runs.
pub const NOT_RUN: Text = Text::new(
    "Written from its documentation; not run by our tests.",
    "ライブラリのドキュメントに基づいて作成したプログラムです。sealdrop のテストでは実行していません。",
);
/// Of a program that tests run.
pub const RUN: Text = Text::new(
    "Our tests run this program.",
    "このプログラムは sealdrop のテストで実行しています。",
);

/// Whether the content is bound to one key, in words.
pub fn commitment(committing: bool) -> Text {
    if committing {
        Text::new(
            "yes: only the one data key opens it",
            "あり: ただ 1 つのデータキーでしか開けません",
        )
    } else {
        Text::new(
            "no: with another data key it could decrypt to something else",
            "なし: 別のデータキーを使うと、別の内容に復号される可能性があります",
        )
    }
}

/// Where the pairs stand.
pub fn pairs(cse: &Cse) -> Text {
    if cse.state == CseState::Esdk || cse.wraps.contains(&"kms") {
        CONTEXT
    } else {
        DESCRIPTION
    }
}

/// How a data key is wrapped, and for whom.
pub fn recipient(recipient: &WrappedKey) -> String {
    let WrappedKey {
        wrap, provider, name, ..
    } = recipient;
    let wrap = wrap.to_uppercase();
    let fingerprint = match &recipient.fingerprint {
        Some(fingerprint) => format!(", {fingerprint}"),
        None => String::new(),
    };
    match &name[..] {
        "" => format!("{wrap} ({provider}){fingerprint}"),
        name => format!("{wrap}: {provider} / {name}{fingerprint}"),
    }
}

/// That the wrap came from another object.
pub fn from_instruction_file(file: &str, committing: bool) -> String {
    let risk = if committing {
        Text::new(
            "The object is bound to its key all the same: an exchanged file only keeps it closed.",
            "それでもオブジェクトは鍵に結び付けられているため、このファイルがすり替えられても、\
            オブジェクトが開けなくなるだけです。",
        )
    } else {
        Text::new(
            "Whoever may write to the bucket can exchange it.",
            "バケットに書き込める人なら誰でも、このファイルをすり替えることができます。",
        )
    };
    said!(
        "Its wrapped key is in {file}, not with the object. {risk}",
        "ラップされたデータキーは、オブジェクトではなく {file} に保存されています。{risk}",
    )
}

/// That the object is such a file.
pub fn instructs(of: &str) -> String {
    said!(
        "This is the instruction file of {of}: it holds that object's wrapped key. Without it nobody can read {of}.",
        "これは {of} のインストラクションファイルで、そのオブジェクトのラップされたデータキーを含みます。\
        これがないと、誰も {of} を読み取れません。",
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Language, speak};
    use super::*;

    #[test]
    fn the_risk_of_an_instruction_file_follows_the_language() {
        let both = || [true, false].map(|committing| from_instruction_file("a.instruction", committing));
        let [bound, free] = both();
        assert!(bound.ends_with("only keeps it closed.") && free.ends_with(" can exchange it."));
        speak(Language::Japanese);
        let [bound, free] = both();
        speak(Language::English);
        assert!(bound.ends_with("開けなくなるだけです。"), "{bound}");
        assert!(
            free.contains(" a.instruction に") && free.ends_with("すり替えることができます。"),
            "{free}"
        );
    }
}
