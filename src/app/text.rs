//! Every sentence of the app, in one place, in every language. What happened, whose move it is, what next.

mod badges;
pub mod checks;
pub mod cse;
mod detail;
pub mod downloads;
pub mod keys;
mod labels;
mod language;
pub mod leftovers;
pub mod preview;
mod problem;
pub mod storage;
pub mod transfers;
pub mod unfinished;

use std::rc::Rc;

use super::format;
use crate::driver::{KeyInfo, KeyKind, ObjectFacts, TransferInfo, TransferState, Unfinished, Vouched, WriteFormat};
use crate::s3::{AddressingStyle, CredentialsFileError, Profile};

pub use badges::{bucket_sse, cse, sse, sse_meaning};
pub use detail::detail;
pub use labels::*;
pub(crate) use language::said;
pub use language::{Language, Text, language, speak};
pub use problem::problem;

/// Name of a format.
pub fn format_name(format: WriteFormat) -> Text {
    match format {
        WriteFormat::Esdk => Text::new("AWS Encryption SDK (0x0478)", "AWS Encryption SDK（0x0478）"),
        WriteFormat::EsdkSigned => Text::new(
            "AWS Encryption SDK, signed (0x0578)",
            "AWS Encryption SDK、署名付き（0x0578）",
        ),
        WriteFormat::S3ecV3 => Text::same("Amazon S3 Encryption Client V3"),
        WriteFormat::S3ecV2 => Text::new(
            "Amazon S3 Encryption Client V2 (older readers)",
            "Amazon S3 Encryption Client V2（旧クライアント向け）",
        ),
    }
}

/// What to know about it.
pub fn format_hint(format: WriteFormat) -> Text {
    match format {
        WriteFormat::Esdk => Text::new(
            "All in the object itself; read piece by piece by the AWS Encryption SDK, from Python to Java.",
            "必要な情報はすべてオブジェクト自体に含まれます。Python や Java などの AWS Encryption SDK で、\
            少しずつ復号しながら読み取れます。",
        ),
        WriteFormat::EsdkSigned => Text::new(
            "For readers that demand a signature; it proves no sender. Made in order while the file is sent: an upload that is \
            stopped starts over under a fresh data key, and nothing of such an object is shown before all of it was checked.",
            "署名を必須とするクライアント向けです。この署名は、送信者を証明するものではありません。\
            署名は送信しながら先頭から順に作成されるため、\
            中断したアップロードは新しいデータキーで最初からやり直しになります。また、\
            このようなオブジェクトの内容は、全体が検証されるまで一切表示されません。",
        ),
        WriteFormat::S3ecV3 => Text::new(
            "Key and parameters in the object's metadata; read by clients since December 2025. Copies must keep metadata.",
            "ラップされたデータキーとパラメーターは、オブジェクトのメタデータに保存されます。\
            2025 年 12 月以降にリリースされたクライアントで読み取れます。オブジェクトをコピーするときは、\
            メタデータを保持する必要があります。",
        ),
        WriteFormat::S3ecV2 => Text::new(
            "For readers older than December 2025. No key commitment: current clients refuse it unless told otherwise.",
            "2025 年 12 月より前にリリースされたクライアント向けです。キーコミットメントがないため、\
            現行のクライアントは、許可するように設定しない限り読み取りを拒否します。",
        ),
    }
}

/// What a key is.
pub fn key_kind(kind: KeyKind) -> String {
    match kind {
        KeyKind::Aes => "AES-256".into(),
        KeyKind::RsaPrivate { bits } => said!("RSA {bits}, key pair", "RSA {bits}（鍵ペア）"),
        KeyKind::RsaPublic { bits } => said!("RSA {bits}, public key only", "RSA {bits}（公開鍵のみ）"),
    }
}

/// Between two sentences.
pub fn gap() -> &'static str {
    Text::new(" ", "").get()
}

/// Between the entries of a list.
pub fn comma() -> &'static str {
    Text::new(", ", "、").get()
}

/// A size, and to the byte.
pub fn exact_size(bytes: u64) -> String {
    let (size, bytes) = (format::size(bytes), format::count(bytes));
    said!("{size} ({bytes} bytes)", "{size}（{bytes} バイト）")
}

/// What a credentials file held.
pub fn credentials_read(profiles: &[Profile]) -> String {
    let names: Vec<_> = profiles.iter().map(|profile| profile.name.as_str()).collect();
    let names = names.join(comma());
    said!("Credentials read: {names}.", "認証情報を読み込みました: {names}")
}

/// Config mistake.
pub fn config_mistake(mistake: &str) -> String {
    let mistake = detail(mistake);
    said!(
        "This portal's config.json cannot be used and is ignored: {mistake}. Reload the page; if that does not help, tell whoever \
        runs this portal.",
        "このポータルの config.json は使用できないため、無視されました（{mistake}）。ページを再読み込みしてください。\
        それでも解決しない場合は、このポータルの運営者に連絡してください。",
    )
}

/// Connected.
pub fn connected(bucket: &str) -> String {
    said!("Connected to {bucket}.", "{bucket} に接続済みです。")
}

/// The address is of another bucket.
pub fn another_bucket(named: &str, connected: &str) -> String {
    said!(
        "This address is of the bucket {named}, but {connected} is connected. Connect to {named} to see it.",
        "この URL はバケット {named} のものですが、現在接続しているバケットは {connected} です。表示するには、\
        {named} に接続してください。",
    )
}

/// To the connected bucket.
pub fn back_to(bucket: &str) -> String {
    said!("Back to {bucket}", "{bucket} に戻る")
}

/// While another bucket is tried, or could not be connected.
pub fn still_connected(bucket: &str) -> String {
    said!("Still connected to {bucket}.", "{bucket} への接続は維持されています。")
}

/// Deleted.
pub fn deleted(key: &str) -> String {
    said!("Deleted {key}.", "{key} を削除しました。")
}

/// Key in use.
pub fn key_in_use(label: &str) -> String {
    said!(
        "New files will be encrypted with {label}.",
        "新しいファイルは {label} で暗号化されます。"
    )
}

/// Key added.
pub fn key_added(key: &KeyInfo) -> String {
    let (label, fingerprint) = (&key.label, &key.fingerprint);
    said!(
        "Key {label} added, fingerprint {fingerprint}.",
        "鍵 {label} を追加しました。フィンガープリントは {fingerprint} です。"
    )
}

/// Unreadable.
pub fn unreadable(paths: &[String]) -> String {
    let first: Vec<_> = paths.iter().take(5).map(String::as_str).collect();
    let first = first.join(comma());
    let count = format::count(paths.len() as u64);
    match (language(), paths.len()) {
        (Language::English, 1) => format!("A file or folder could not be read: {first}."),
        (Language::English, _) => format!("{count} files or folders could not be read: {first}."),
        (Language::Japanese, 0..=5) => {
            format!("{count} 件のファイルまたはフォルダーを読み取れませんでした: {first}")
        }
        (Language::Japanese, _) => {
            format!("{count} 件のファイルまたはフォルダーを読み取れませんでした: {first} など")
        }
    }
}

/// Transfers started.
pub fn transfers_started(count: usize) -> String {
    let number = format::count(count as u64);
    match (language(), count) {
        (Language::English, 1) => "A transfer started.".into(),
        (Language::English, _) => format!("{number} transfers started."),
        (Language::Japanese, _) => format!("{number} 件の転送を開始しました。"),
    }
}

/// Transfers quarter.
pub fn transfers_quarter(percent: u64) -> String {
    said!(
        "Transfers {percent} percent done.",
        "転送の {percent} パーセントが完了しました。"
    )
}

/// Transfers ended.
pub fn transfers_ended(done: usize, failed: usize) -> String {
    if failed == 0 {
        said!(
            "All transfers ended: {done} done.",
            "すべての転送が終了しました（完了 {done} 件）。"
        )
    } else {
        said!(
            "Transfers ended: {done} done, {failed} failed.",
            "転送が終了しました（完了 {done} 件、失敗 {failed} 件）。"
        )
    }
}

/// Conflicts.
pub fn conflicts(existing: usize, total: usize) -> String {
    let (number, of) = (format::count(existing as u64), format::count(total as u64));
    match (existing, total) {
        (1, 1) => Text::new(
            "This file already exists in the bucket.",
            "このファイルはすでにバケットに存在します。",
        )
        .into(),
        (1, _) => said!(
            "{number} of {of} files already exists in the bucket.",
            "{of} 個のファイルのうち {number} 個が、すでにバケットに存在します。"
        ),
        _ => said!(
            "{number} of {of} files already exist in the bucket.",
            "{of} 個のファイルのうち {number} 個が、すでにバケットに存在します。"
        ),
    }
}

/// The word for a transfer's state.
pub fn state(state: &TransferState) -> Text {
    match state {
        TransferState::Queued => Text::new("Queued", "待機中"),
        TransferState::Preparing => Text::new("Preparing", "準備中"),
        TransferState::Running => Text::new("Running", "転送中"),
        TransferState::Paused => Text::new("Paused", "一時停止中"),
        TransferState::Waiting(_) => Text::new("Waiting to try again", "再試行待ち"),
        TransferState::Verifying => Text::new("Verifying", "検証中"),
        TransferState::Done => Text::new("Done", "完了"),
        TransferState::Failed(_) => Text::new("Failed", "失敗"),
        TransferState::Cancelled => Text::new("Cancelled", "キャンセル済み"),
    }
}

/// Size, age and key of an unfinished upload; the fingerprint follows.
pub fn unfinished(left: &Unfinished, started: &str) -> String {
    let plain = left.fingerprint.is_empty();
    let over = match (left.starts_over, plain) {
        (true, true) => Text::new(
            ", starts over, because the storage's ETags do not prove what was sent",
            "、ストレージの ETag では送信済みの内容を確認できないため最初からやり直し",
        ),
        (true, false) => Text::new(
            ", is signed and so starts over under a fresh data key",
            "、署名付きのため新しいデータキーで最初からやり直し",
        ),
        (false, _) => Text::same(""),
    };
    let key = if plain {
        Text::new(", without client-side encryption", "、クライアント側の暗号化なし")
    } else {
        Text::new(", needs the key", "、必要な鍵:")
    };
    let size = format::size(left.size);
    said!(
        "{size}, begun {started}{over}{key}",
        "{size}、{started} に開始{over}{key}"
    )
}

/// What vouches for a file that was downloaded and decrypted.
pub fn vouched(by: Vouched) -> Text {
    match by {
        Vouched::Frames => Text::new("every frame verified", "すべてのフレームを検証済み"),
        Vouched::Tag => Text::new("verified as a whole", "全体を検証済み"),
        Vouched::Signature => Text::new(
            "every frame and the signature verified",
            "すべてのフレームと署名を検証済み",
        ),
        Vouched::Nothing => Text::new(
            "decrypted, but nothing vouches for the content: it may have been altered",
            "復号済み（内容の真正性は確認できず、改変されている可能性があります）",
        ),
    }
}

/// An addressing style.
pub fn style(style: AddressingStyle) -> Text {
    match style {
        AddressingStyle::Path => Text::new("Path (host/bucket/key)", "パス形式（host/bucket/key）"),
        AddressingStyle::VirtualHosted => {
            Text::new("Virtual host (bucket.host/key)", "仮想ホスト形式（bucket.host/key）")
        }
    }
}

/// A credentials file that is none.
pub fn credentials_refused(error: &CredentialsFileError) -> String {
    match (language(), error) {
        (Language::English, _) => format!("This file holds no credentials we know: {error}."),
        (Language::Japanese, CredentialsFileError::NotCredentials) => {
            "このファイルは、AWS の認証情報ファイルでも、AWS のアクセスキーの CSV ファイルでもありません。".into()
        }
        (Language::Japanese, CredentialsFileError::Incomplete) => {
            "このファイルには、アクセスキー ID とシークレットアクセスキーの両方を含むプロファイルがありません。".into()
        }
    }
}

/// Before deleting; with an instruction file that goes with the object, and what is known of the object.
pub fn delete_question(key: &str, instruction_file: Option<String>, facts: Option<&Rc<ObjectFacts>>) -> String {
    let instructs = facts.and_then(|facts| facts.cse.more.instructs.as_deref());
    let more = match (instruction_file, instructs) {
        (Some(file), _) => said!(
            " Its instruction file {file} goes with it.",
            "インストラクションファイル {file} も一緒に削除されます。"
        ),
        (None, Some(of)) => said!(
            " It is the instruction file of {of}, which nobody can read any more without it.",
            "これは {of} のインストラクションファイルで、削除すると {of} は誰にも読み取れなくなります。"
        ),
        (None, None) => String::new(),
    };
    said!(
        "{key} will be removed from the bucket.{more} This cannot be undone.",
        "{key} をバケットから削除します。{more}この操作は元に戻せません。"
    )
}

/// Before forgetting a key.
pub fn remove_key_question(key: &KeyInfo) -> String {
    let saved = if key.saved {
        Text::new(
            "Make sure you still have its file.",
            "鍵ファイルが手元にあることを確認してください。",
        )
    } else {
        Text::new(
            "It was never saved: it will be gone for good.",
            "この鍵は一度も保存されていないため、完全に失われます。",
        )
    };
    let (label, fingerprint) = (&key.label, &key.fingerprint);
    said!(
        "{label} ({fingerprint}) will be forgotten by this page. {saved}",
        "{label}（{fingerprint}）をこのページから削除します。{saved}"
    )
}

/// Files wait for a key.
pub fn need_key(files: usize) -> String {
    let number = format::count(files as u64);
    match (language(), files) {
        (Language::English, 1) => "A file waits. It is encrypted before it leaves this computer, so a key comes first; it is uploaded as soon as you use one.".into(),
        (Language::English, _) => format!(
            "{number} files wait. They are encrypted before they leave this computer, so a key comes first; they are uploaded as soon as you use one."
        ),
        (Language::Japanese, _) => format!(
            "{number} 個のファイルが待機しています。ファイルはこのコンピューターから送信される前に暗号化されるため、\
            先に鍵が必要です。鍵を選択すると、すぐにアップロードが始まります。"
        ),
    }
}

/// When and how a bucket was checked.
pub fn checked_at(date: &str, by_test_object: bool) -> String {
    let how = if by_test_object {
        Text::new("a test object, removed since", "テストオブジェクト（削除済み）")
    } else {
        Text::new("objects in the bucket", "バケット内のオブジェクト")
    };
    said!("By HEAD of {how}, {date}.", "{date} に、{how}の HEAD で確認しました。")
}

/// While a folder is read.
pub fn loading(loaded: usize) -> String {
    let number = format::count(loaded as u64);
    if loaded == 0 {
        Text::new("Reading the folder…", "フォルダーを読み込んでいます…").into()
    } else {
        said!(
            "{number} loaded, reading on…",
            "{number} 件を読み込みました。続きを読み込んでいます…"
        )
    }
}

/// Below a folder.
pub fn shown(shown: usize, loaded: usize, more: bool) -> String {
    let entries = if loaded == 1 { "entry" } else { "entries" };
    let (shown, loaded) = (format::count(shown as u64), format::count(loaded as u64));
    let more = if more {
        Text::new(", more while you scroll", "（スクロールすると続きを表示）")
    } else {
        Text::same("")
    };
    match (language(), shown == loaded) {
        (Language::English, true) => format!("{loaded} {entries}{more}"),
        (Language::English, false) => format!("{shown} of {loaded} {entries}{more}"),
        (Language::Japanese, true) => format!("{loaded} 件{more}"),
        (Language::Japanese, false) => format!("{loaded} 件中 {shown} 件{more}"),
    }
}

/// Suite and wraps of a message.
pub fn suite(suite: &str, wraps: &[&str]) -> String {
    if wraps.is_empty() {
        return suite.to_owned();
    }
    let wraps = wraps.join(comma());
    said!(
        "Suite {suite}, data key wrapped with {wraps}",
        "アルゴリズムスイート: {suite}、データキーのラップ方式: {wraps}"
    )
}

/// The held key that opens the object.
pub fn opens_with(label: &str, fingerprint: &str) -> String {
    said!(
        "Opens with your key {label} ({fingerprint}).",
        "手元の鍵 {label}（{fingerprint}）で開けます。"
    )
}

/// The object lies elsewhere than it was written.
pub fn written_as(written: &str) -> String {
    said!(
        "This object was written as {written}: it was renamed, copied or swapped since.",
        "このオブジェクトは {written} として書き込まれたものです。その後、名前の変更、コピー、\
        またはすり替えが行われています。"
    )
}

/// A progress bar in words.
pub fn value_text(percent: u8, info: &TransferInfo) -> String {
    let Some(left) = info.eta.map(format::duration) else {
        return said!("{percent} percent", "{percent} パーセント");
    };
    said!("{percent} percent, {left} left", "{percent} パーセント、残り {left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(transfers_started(1), "A transfer started.");
        assert_eq!(transfers_started(1234), "1,234 transfers started.");
        assert_eq!(conflicts(1, 1), "This file already exists in the bucket.");
        assert_eq!(conflicts(1, 3), "1 of 3 files already exists in the bucket.");
        assert_eq!(conflicts(2, 3), "2 of 3 files already exist in the bucket.");
        assert!(need_key(1).starts_with("A file waits. It is") && need_key(2).starts_with("2 files wait. They are"));
        assert_eq!(
            (shown(1, 1, false), shown(1, 2, false)),
            ("1 entry".into(), "1 of 2 entries".into())
        );
        assert_eq!(unreadable(&["a".into()]), "A file or folder could not be read: a.");
    }

    #[test]
    fn japanese_says_the_same() {
        speak(Language::Japanese);
        assert_eq!(transfers_started(1), "1 件の転送を開始しました。");
        assert_eq!(
            (conflicts(1, 1), conflicts(1, 3)),
            (
                "このファイルはすでにバケットに存在します。".into(),
                "3 個のファイルのうち 1 個が、すでにバケットに存在します。".into()
            )
        );
        assert_eq!(
            (shown(1, 1, false), shown(1, 2, true)),
            ("1 件".into(), "2 件中 1 件（スクロールすると続きを表示）".into())
        );
        let paths = ["a", "b", "c", "d", "e", "f"].map(String::from);
        assert!(unreadable(&paths[..2]).ends_with(": a、b") && unreadable(&paths).ends_with("、e など"));
        assert_eq!(
            delete_question("a", Some("a.instruction".into()), None),
            "a をバケットから削除します。インストラクションファイル a.instruction も一緒に削除されます。この操作は元に戻せません。"
        );
        assert_eq!(
            checked_at("2026-11-24 09:08", true),
            "2026-11-24 09:08 に、テストオブジェクト（削除済み）の HEAD で確認しました。"
        );
        speak(Language::English);
    }
}
