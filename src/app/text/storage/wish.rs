//! Sentences about asking the storage to encrypt new files, and about keys for SSE-C.

use crate::app::text::{Text, said};
use crate::s3::{EncryptionApi, Provider, SseKind, SseState};

/// Said of a file whose wish was not granted.
pub const NOT_GRANTED: Text = Text::new("do not rely on it", "暗号化されているものとして扱わないでください");
/// Under the button that takes the choice: how it is tried.
pub const WISH_IS_TRIED: Text = Text::new(
    "A test object asks first, is looked at and removed, so that no file is stored under a wish that \
    is refused.",
    "先にテストオブジェクトで要求を試し、結果を確認してから削除します。要求が拒否される場合に、\
    ファイルが保存されることはありません。",
);
/// Field: the kind of SSE for new files; also the heading.
pub const UPLOAD_SSE: Text = Text::new("New files ask the storage for", "新しいファイルに要求する SSE");
/// Field: the key for SSE-C, of new files, of an object or of an unfinished upload.
pub const CUSTOMER_KEY: Text = Text::new("SSE-C key", "SSE-C の鍵");
/// Under it: how the key is written, and where it goes.
pub const CUSTOMER_KEY_HINT: Text = Text::new(
    "64 hex digits, or base64 of 32 bytes. It stays in this page's memory and goes to this \
    storage only, with every request about the object.",
    "64 桁の 16 進数、または 32 バイトの Base64 で指定します。鍵はこのページのメモリ内にのみ保持され、\
    対象のオブジェクトに関するリクエストのたびに、このストレージだけに送信されます。",
);
/// Behind that, where the key is for new files.
pub const CUSTOMER_KEY_LOST: Text = Text::new(
    "Keep a copy: nobody can open the files without it.",
    "鍵の控えを保管してください。この鍵がなければ、誰もファイルを開けません。",
);
/// Takes the key of an unfinished upload.
pub const GIVE_KEY: Text = Text::new("Give key", "鍵を指定");
/// Takes the key of an object, in its details.
pub const OPEN_WITH_KEY: Text = Text::new("Open with this key", "この鍵で開く");
/// Field: the context that the storage gives to its KMS.
pub const KMS_CONTEXT: Text = Text::new("Encryption context (JSON)", "暗号化コンテキスト（JSON）");
/// Takes the choice for new files.
pub const USE_SSE: Text = Text::new("Use for new files", "新しいファイルに使用");

/// A kind of SSE, in a form.
pub fn sse_kind(kind: SseKind) -> Text {
    match kind {
        SseKind::BucketDefault => Text::new("the bucket's default", "バケットのデフォルト"),
        SseKind::SseS3 => Text::new("SSE-S3 (AES256)", "SSE-S3（AES256）"),
        SseKind::SseKms => Text::new("SSE-KMS (aws:kms)", "SSE-KMS（aws:kms）"),
        SseKind::DsseKms => Text::new(
            "DSSE-KMS (aws:kms:dsse, two layers)",
            "DSSE-KMS（aws:kms:dsse、二重の暗号化）",
        ),
        SseKind::SseC => Text::new("SSE-C (your key, sent each time)", "SSE-C（ユーザーの鍵を毎回送信）"),
    }
}

/// What to know about asking this storage for SSE.
pub fn sse_of_uploads(provider: Provider, api: EncryptionApi) -> Text {
    use EncryptionApi::{Absent, Answers, InUse};
    match provider {
        Provider::Abci3 | Provider::Garage if api == InUse => Text::new(
            "This bucket has a default encryption, so this is not the storage it was taken for: what HEAD shows counts.",
            "このバケットにはデフォルトの暗号化が設定されています。想定した種類のストレージではないため、\
            HEAD の結果で判断してください。",
        ),
        Provider::Abci3 => super::NO_SSE_HERE,
        Provider::Abci2 if matches!(api, Answers | InUse) => Text::new(
            "This storage takes a wish for SSE-S3 (Scality 7.10 or later). What HEAD shows afterwards counts, and is shown.",
            "このストレージは SSE-S3 の要求を受け付けます（Scality 7.10 以降）。実際に適用されたかどうかは、\
            アップロード後の HEAD の結果で判断します。結果は画面に表示されます。",
        ),
        Provider::Abci2 if api == Absent => Text::new(
            "This storage refuses (501) to encrypt single files on request: a bucket encrypts all or nothing, as it was \
            created. Create an encrypted bucket, or encrypt in the browser (CSE).",
            "このストレージは、ファイルごとの暗号化の要求を拒否します（501）。\
            バケット全体を暗号化するかどうかは、バケットの作成時に決まります。暗号化バケットを作成するか、\
            ブラウザーで暗号化してください（CSE）。",
        ),
        Provider::Abci2 => Text::new(
            "Until 2022 this storage encrypted whole buckets only, as they were created. “Check with HEAD” finds out which \
            kind it is.",
            "このストレージは、2022 年まではバケット全体の暗号化だけに対応し、\
            暗号化するかどうかはバケットの作成時に決まりました。どちらの種類かは「HEAD で確認」でわかります。",
        ),
        Provider::Garage => Text::new(
            "This storage encrypts only with a key you send (SSE-C); it takes a wish for SSE-S3 and ignores it.",
            "このストレージは、リクエストごとに送信する鍵による暗号化（SSE-C）だけに対応しています。SSE-S3 の要求は、\
            受け付けても無視します。",
        ),
        Provider::Ceph => Text::new(
            "Ceph before 17.2 takes a wish for SSE-S3 and ignores it. What HEAD shows afterwards counts, and is shown.",
            "Ceph 17.2 より前のバージョンは、SSE-S3 の要求を受け付けても無視します。実際に適用されたかどうかは、\
            アップロード後の HEAD の結果で判断します。結果は画面に表示されます。",
        ),
        Provider::Minio => Text::new(
            "Without a KMS this storage refuses SSE-S3 and SSE-KMS (501). SSE-C needs https.",
            "KMS がない場合、このストレージは SSE-S3 と SSE-KMS を拒否します（501）。\
            SSE-C には https が必要です。",
        ),
        Provider::SeaweedFs => Text::new(
            "SSE-KMS needs a key ID here. What HEAD shows afterwards counts, and is shown.",
            "このストレージの SSE-KMS には、KMS キー ID の指定が必要です。実際に適用されたかどうかは、\
            アップロード後の HEAD の結果で判断します。結果は画面に表示されます。",
        ),
        Provider::Aws | Provider::Other => Text::new(
            "What HEAD shows after the upload counts, and is shown.",
            "実際に適用されたかどうかは、アップロード後の HEAD の結果で判断します。結果は画面に表示されます。",
        ),
    }
}

/// What to do about a wish for SSE that was refused.
pub fn sse_refused(status: u16, kind: SseKind) -> Text {
    match (status, kind) {
        (403, SseKind::SseC) => Text::new(
            "Amazon refuses SSE-C in buckets made since April 2026 unless their owner allows it; a policy may refuse it too. \
            Ask the bucket's owner, or choose the bucket's default.",
            "Amazon は、2026 年 4 月以降に作成されたバケットでは、所有者が許可しない限り SSE-C を拒否します。\
            ポリシーによって拒否されることもあります。バケットの所有者に依頼するか、\
            「バケットのデフォルト」を選択してください。",
        ),
        (403, SseKind::SseKms | SseKind::DsseKms) => Text::new(
            "Your access key may not use the KMS key. Ask for the right to it, or choose the bucket's default.",
            "このアクセスキーには、KMS キーを使用する権限がありません。権限の付与を依頼するか、\
            「バケットのデフォルト」を選択してください。",
        ),
        (403, _) => Text::new(
            "The bucket's policy or your rights forbid it. Ask its owner, or choose the bucket's default.",
            "バケットのポリシーまたはユーザーの権限によって禁止されています。バケットの所有者に依頼するか、\
            「バケットのデフォルト」を選択してください。",
        ),
        (501 | 0, _) => Text::new(
            "It does not take this wish with an upload: Scality 7.4 (ABCI 2.0 until 2022) takes none, Scality no SSE-C, MinIO \
            neither SSE-S3 nor SSE-KMS without a KMS. Choose the bucket's default; a check shows whether the bucket encrypts by itself.",
            "このストレージは、アップロード時のこの要求に対応していません。\
            Scality 7.4（2022 年までの ABCI 2.0）はどの要求も受け付けません。Scality は SSE-C を、KMS のない MinIO は SSE-S3 と SSE-KMS を受け付けません。\
            「バケットのデフォルト」を選択してください。バケット自体が暗号化するかどうかは、\
            確認を実行するとわかります。",
        ),
        (_, SseKind::SseKms | SseKind::DsseKms) => Text::new(
            "Check the KMS key ID and the encryption context, or choose the bucket's default.",
            "KMS キー ID と暗号化コンテキストを確認するか、「バケットのデフォルト」を選択してください。",
        ),
        _ => Text::new(
            "Choose the bucket's default; a check shows whether the bucket encrypts by itself.",
            "「バケットのデフォルト」を選択してください。バケット自体が暗号化するかどうかは、\
            確認を実行するとわかります。",
        ),
    }
}

/// What a test object showed of the wish for new files.
pub fn wish_tried(kind: SseKind, shown: &SseState) -> String {
    let kind = sse_kind(kind);
    match shown {
        SseState::Unconfirmed if kind == sse_kind(SseKind::SseC) => said!(
            "The storage took a test object with {kind}, but gives it away without the key, or shows no sign of it. Do not rely on it.",
            "{kind}を指定したテストオブジェクトは保存されましたが、ストレージは鍵がなくても読み取りを許可するか、\
            SSE-C で保存したことを示しません。暗号化されているものとして扱わないでください。"
        ),
        SseState::Unconfirmed => said!(
            "The storage took a test object with the wish for {kind}, but HEAD does not show that it was granted. Do not rely on it: \
            encrypt in the browser (CSE).",
            "{kind}を要求したテストオブジェクトは保存されましたが、適用されたことが HEAD の結果に示されていません。\
            暗号化されるものとして扱わず、ブラウザーで暗号化してください（CSE）。"
        ),
        SseState::Hidden => said!(
            "The storage took a test object with the wish for {kind}; CORS hides from this page whether it was granted.",
            "{kind}を要求したテストオブジェクトは保存されましたが、適用されたかどうかは CORS により見えません。"
        ),
        state => {
            let shown = crate::app::text::sse(state);
            said!(
                "Confirmed by a test object: HEAD shows {shown}.",
                "テストオブジェクトで確認しました。HEAD の結果は「{shown}」です。"
            )
        }
    }
}
