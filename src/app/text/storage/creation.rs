//! Sentences about new buckets that encrypt.

use crate::app::text::{Text, said};
use crate::driver::CreationStep;
use crate::s3::{EncryptedCreation, SseState};

/// Opens and closes the form of a new bucket.
pub const CREATE_ENCRYPTED: Text = Text::new("Create encrypted bucket", "暗号化バケットを作成");
/// Heading of the form.
pub const CREATE_TITLE: Text = Text::new("A new bucket that encrypts", "新しい暗号化バケット");
/// Field: the new bucket's name.
pub const NEW_BUCKET: Text = Text::new("New bucket", "新しいバケット");
/// Field: by which request the storage is asked to encrypt.
pub const HOW: Text = Text::new("By", "方法");
/// Field: the kind of SSE that the new bucket is to have.
pub const ALGORITHM: Text = Text::new("Algorithm", "アルゴリズム");
/// Field: the storage's KMS key, for a new bucket or for new files.
pub const KMS_KEY_ID: Text = Text::new("KMS key ID", "KMS キー ID");
/// Field: the location that is asked for with the new bucket.
pub const LOCATION: Text = Text::new("Location constraint", "ロケーション制約");
/// Sends the form; the bucket is then looked at with a test object.
pub const CREATE: Text = Text::new("Create and verify", "作成して検証");
/// Only looks at the bucket, which may have been made elsewhere.
pub const CHECK_IT_NOW: Text = Text::new("Check it now", "今すぐ確認");
/// Above the fields: why there has to be a new bucket.
pub const CANNOT_CONVERT: Text = Text::new(
    "A bucket that was created plain cannot be made to encrypt later on ABCI 2.0-era storage, and \
    on no storage are objects encrypted afterwards. Create an encrypted bucket and copy the objects.",
    "ABCI 2.0 世代のストレージでは、暗号化なしで作成したバケットを後から暗号化バケットに変更できません。また、\
    どのストレージでも、保存済みのオブジェクトが後から暗号化されることはありません。暗号化バケットを作成し、\
    オブジェクトをコピーしてください。",
);
/// Introduces a command.
pub const BY_TOOL: Text = Text::new("With ABCI's own tool:", "ABCI 提供のツールを使用する場合:");
/// Introduces a command.
pub const BY_CURL: Text = Text::new(
    "Or the one request that tool sends, with curl 7.86 or later:",
    "または、そのツールと同じリクエストを curl 7.86 以降で送信する場合:",
);
/// Introduces a command.
pub const BY_DEFAULT_ON_SCALITY: Text = Text::new(
    "Or, on Scality 7.10 and later (ABCI 2.0 since 2022), with the aws tool:",
    "または、Scality 7.10 以降（2022 年以降の ABCI 2.0）で aws コマンドを使用する場合:",
);
/// Introduces a command.
pub const BY_DEFAULT: Text = Text::new("With the aws tool:", "aws コマンドを使用する場合:");
/// Introduces a command.
pub const THEN_CORS: Text = Text::new(
    "Then let this page read the new bucket (its CORS rule):",
    "続けて、このページから新しいバケットを読み取れるようにします（CORS ルール）:",
);

/// How an encrypted bucket is made.
pub fn creation(how: EncryptedCreation) -> Text {
    match how {
        EncryptedCreation::BucketDefault => Text::new(
            "Bucket default (PutBucketEncryption)",
            "バケットのデフォルト（PutBucketEncryption）",
        ),
        EncryptedCreation::ScalityHeader => Text::new("Scality header (ABCI 2.0)", "Scality ヘッダー（ABCI 2.0）"),
    }
}

/// A step of making a bucket.
pub fn creation_step(step: CreationStep) -> Text {
    match step {
        CreationStep::Free => Text::new("See that the name is free", "バケット名が未使用であることの確認"),
        CreationStep::Create => Text::new("Create the bucket", "バケットの作成"),
        CreationStep::Encrypt => Text::new("Set its default encryption", "デフォルトの暗号化の設定"),
        CreationStep::Cors => Text::new("Set its CORS rule for this page", "このページ用の CORS ルールの設定"),
        CreationStep::Verify => Text::new(
            "Look at a test object with HEAD, and remove it",
            "テストオブジェクトの HEAD による確認と削除",
        ),
    }
}

/// Whether a step was done.
pub fn step_outcome(done: bool) -> Text {
    if done {
        Text::new("done", "完了")
    } else {
        Text::new("failed", "失敗")
    }
}

/// What the new bucket turned out to be.
pub fn creation_verdict(bucket: &str, sse: &SseState) -> String {
    let shown = crate::app::text::sse(sse);
    match sse {
        SseState::Unconfirmed => said!(
            "{bucket} is NOT confirmed to encrypt: the storage took the request, but HEAD shows nothing on a new object.",
            "バケット {bucket} がオブジェクトを暗号化することは、確認されていません。\
            ストレージは要求を受け付けましたが、新しいオブジェクトの HEAD の結果に暗号化が示されていません。"
        ),
        SseState::Hidden => said!(
            "{bucket} is there, but CORS hides the header that would tell. Set its CORS rule.",
            "バケット {bucket} は存在しますが、暗号化を示すヘッダーが CORS により見えません。バケットの CORS ルールを設定してください。"
        ),
        state if state.is_encrypted() => said!(
            "{bucket} encrypts: HEAD shows {shown} on a new object.",
            "バケット {bucket} はオブジェクトを暗号化します。新しいオブジェクトの HEAD の結果は「{shown}」です。"
        ),
        _ => said!("{bucket}: {shown}.", "バケット {bucket}: {shown}"),
    }
}
