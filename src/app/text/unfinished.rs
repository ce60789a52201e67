//! The sentences about downloads that an earlier page left.

use super::{Text, said};
use crate::app::format;
use crate::driver::{StartedOver, TransferInfo, UnfinishedDownload};
use crate::transfer::DAYS_KEPT;

/// A heading.
pub const DOWNLOADS: Text = Text::new("Unfinished downloads", "未完了のダウンロード");

/// What to do with them, and what lies there.
pub fn downloads_hint() -> String {
    said!(
        "Interrupted when the page was closed. What came of them lies decrypted in this browser's private storage, readable for \
         whoever may use this account of this computer. Resume checks it and goes on where it stopped, if the object is still \
         the same. Discard removes it; without either it is removed when this page is opened {DAYS_KEPT} days after its last byte.",
        "ページを閉じたときに中断されました。受信済みの部分は、\
        復号された状態でこのブラウザー内の専用領域に保存されており、\
        このコンピューターのこのアカウントを使える人なら誰でも読み取れます。「再開」を押すと、その部分が確認され、\
        オブジェクトが変わっていなければ、中断したところから続行されます。「破棄」を押すと削除されます。\
        どちらも行わない場合は、最後の受信から {DAYS_KEPT} 日以上たってからこのページを開いたときに削除されます。",
    )
}

/// How far one came, its age and key; the name of the key follows, if there is one.
pub fn download(left: &UnfinishedDownload, started: &str) -> String {
    let key = match (left.is_plain, left.key_needed.is_empty()) {
        (true, _) => Text::new(", without client-side encryption", "クライアント側の暗号化なし"),
        (false, true) => Text::new(", needs its key", "鍵が必要"),
        (false, false) => Text::new(", needs the key", "必要な鍵:"),
    };
    let (came, size) = (format::size(left.came), format::size(left.size));
    said!(
        "{came} of {size}, begun {started}{key}",
        "{came} / {size}、{started} に開始、{key}"
    )
}

/// How far what an earlier page left has been checked.
pub fn checking(info: &TransferInfo) -> String {
    let (moved, size) = (format::size(info.moved), format::size(info.size));
    said!(
        "Checking what came before: {moved} of {size}",
        "受信済みの部分を確認しています: {moved} / {size}"
    )
}

/// Why one began anew.
pub fn started_over(why: StartedOver) -> Text {
    match why {
        StartedOver::ObjectChanged => Text::new(
            "The object is not the one that was begun: what had come of the old one was removed, and this one is fetched from \
             its beginning.",
            "オブジェクトが、開始したときのものから変わっています。以前のオブジェクトの受信済みの部分を削除し、\
             現在のオブジェクトを最初からダウンロードします。",
        ),
        StartedOver::FileGone => Text::new(
            "This browser does not have any more what had come of it: it is fetched from its beginning.",
            "受信済みの部分がこのブラウザーに残っていないため、最初からダウンロードします。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::text::{Language, speak};

    #[test]
    fn a_line_says_how_far_it_came_and_what_it_needs() {
        let mut left = UnfinishedDownload {
            id: "1".into(),
            key: "k".into(),
            size: 4 << 20,
            came: 1 << 20,
            started: 0.0,
            is_plain: false,
            key_needed: "aa".into(),
        };
        assert_eq!(
            download(&left, "today"),
            "1.00 MiB of 4.00 MiB, begun today, needs the key"
        );
        left.key_needed.clear();
        assert!(download(&left, "today").ends_with(", needs its key"));
        left.is_plain = true;
        assert!(download(&left, "today").ends_with(", without client-side encryption"));
        assert!(downloads_hint().contains("decrypted") && downloads_hint().contains("7 days"));
        speak(Language::Japanese);
        assert_eq!(
            download(&left, "今日"),
            "1.00 MiB / 4.00 MiB、今日 に開始、クライアント側の暗号化なし"
        );
        left.is_plain = false;
        assert!(download(&left, "今日").ends_with("、鍵が必要"));
        left.key_needed = "aa".into();
        assert!(download(&left, "今日").ends_with("、必要な鍵:"));
        assert!(downloads_hint().contains("復号") && downloads_hint().contains(" 7 日"));
        speak(Language::English);
    }
}
