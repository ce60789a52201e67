//! Sentences about the checks of uploads.

use super::{Text, said};
use crate::driver::{Integrity, UploadChecks};
use crate::s3::Provider;

/// Heading of the checks, on the page of the bucket's encryption; also what opens them.
pub const TITLE: Text = Text::new("Checks and checksums", "チェックとチェックサム");
/// Field: what is sent with each part, for the storage to compare.
pub const INTEGRITY: Text = Text::new("Integrity", "完全性の確認");
/// Checkbox: opens each part again before it is sent.
pub const VERIFY: Text = Text::new(
    "Open every part once more after it was encrypted",
    "暗号化したすべてのパートを、送信前に復号して検証する",
);
/// What for.
pub const VERIFY_HINT: Text = Text::new(
    "Each part is authenticated as a reader will do it, before it is sent. Guards against broken memory in this \
    computer; costs about as much computing as encrypting.",
    "各パートを送信する前に、読み取る側と同じ方法で真正性を確認します。\
    このコンピューターのメモリの故障に備えるためのもので、暗号化と同程度の計算が追加で必要です。",
);

/// Checkbox: hashes files of any size, both ways.
pub const HASH: Text = Text::new(
    "SHA-256 of every file, for the manifest",
    "すべてのファイルの SHA-256 を計算する（マニフェスト用）",
);
/// What it costs.
pub const HASH_HINT: Text = Text::new(
    "Otherwise only encrypted files of up to 1 MiB have one. It costs about 5 seconds of computing for each GiB. Uploads are \
    hashed from the very bytes that are sent, part after part, which a network faster than 1 Gbit/s notices; a download is \
    read once more before it is saved. Files in a ZIP or a folder of many objects get none.",
    "選択しない場合、SHA-256 が計算されるのは、暗号化された 1 MiB 以下のファイルだけです。計算には 1 GiB あたり約 5 秒かかります。\
    アップロードでは、実際に送信するデータからパートの順に計算するため、1 Gbit/s を超えるネットワークでは、その分遅くなります。\
    ダウンロードでは、保存する前にファイル全体をもう一度読み取ります。ZIP や複数のオブジェクトのフォルダーに含まれるファイルは対象外です。",
);

/// A choice of that field.
pub fn integrity(integrity: Integrity) -> Text {
    match integrity {
        Integrity::Off => Text::new("nothing beyond the connection", "接続による保護のみ"),
        Integrity::ContentMd5 => Text::same("Content-MD5"),
        Integrity::SignedPayload => Text::new("SHA-256 in the signature", "SHA-256（署名に含める）"),
    }
}

/// What is chosen, in few words.
pub fn summary(checks: UploadChecks) -> String {
    let integrity = integrity(checks.integrity);
    let mut text = String::from(integrity);
    if checks.verify {
        text += &said!(", every part opened once more", "、すべてのパートを復号して検証");
    }
    if checks.hash {
        text += &said!(", SHA-256 of every file", "、すべてのファイルの SHA-256");
    }
    text
}

/// What the choice is worth with this storage.
pub fn compared(integrity: Integrity, provider: Provider) -> Text {
    match (integrity, integrity.is_compared_by(provider)) {
        (Integrity::Off, _) => Text::new(
            "The connection guards the bytes on their way; nothing is compared with what arrived. Encrypted files show any change when they are opened.",
            "通信中のデータは接続によって保護されますが、届いた内容との照合は行われません。\
            暗号化されたファイルであれば、変更は開くときに検出されます。",
        ),
        (_, Some(true)) => Text::new(
            "The storage compares what arrived with it, and refuses a part that changed on its way; that part is sent again.",
            "ストレージは、届いた内容をこの値と照合し、転送中に変わったパートを拒否します。そのパートは再送されます。",
        ),
        (_, Some(false)) => Text::new(
            "This storage takes it and does not compare: choose Content-MD5.",
            "このストレージはこの値を受け取るだけで、照合しません。Content-MD5 を選択してください。",
        ),
        (Integrity::ContentMd5, None) => Text::new(
            "Nearly every storage compares it and refuses a part that changed on its way.",
            "ほぼすべてのストレージがこの値を照合し、転送中に変わったパートを拒否します。",
        ),
        (_, None) => Text::new(
            "Whether this storage compares it is not known; Content-MD5 is compared by nearly all.",
            "このストレージがこの値を照合するかどうかは不明です。Content-MD5 は、ほぼすべてのストレージが照合します。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Language, speak};
    use super::*;

    #[test]
    fn a_check_that_is_ignored_is_not_praised() {
        let ignored = compared(Integrity::SignedPayload, Provider::Abci2);
        assert!(ignored.get().contains("does not compare"), "{ignored}");
        let mut checks = UploadChecks {
            integrity: Integrity::ContentMd5,
            verify: true,
            hash: false,
        };
        assert_eq!(summary(checks), "Content-MD5, every part opened once more");
        speak(Language::Japanese);
        assert!(ignored.get().contains("照合しません"), "{ignored}");
        assert_eq!(summary(checks), "Content-MD5、すべてのパートを復号して検証");
        checks.verify = false;
        assert_eq!(summary(checks), "Content-MD5");
        checks.hash = true;
        assert_eq!(summary(checks), "Content-MD5、すべてのファイルの SHA-256");
        speak(Language::English);
        assert_eq!(summary(checks), "Content-MD5, SHA-256 of every file");
    }
}
