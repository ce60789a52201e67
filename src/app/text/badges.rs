//! The words of both layers' badges, and what they mean.

use super::Text;
use crate::driver::CseState;
use crate::s3::{BucketSse, SseState};

/// A badge's words for an SSE state.
pub fn sse(state: &SseState) -> Text {
    match state {
        SseState::SseS3 => Text::new("SSE-S3 (AES256)", "SSE-S3（AES256）"),
        SseState::SseKms { .. } => Text::same("SSE-KMS"),
        SseState::SseKmsDsse { .. } => Text::same("DSSE-KMS"),
        SseState::SseC => Text::same("SSE-C"),
        SseState::None => Text::new("Not encrypted by the storage", "ストレージで暗号化されていません"),
        SseState::Hidden => Text::new("Hidden by CORS", "CORS により見えません"),
        SseState::NotOffered => Text::new("Not offered by this storage", "このストレージでは提供されていません"),
        SseState::Unconfirmed => Text::new("Asked for, not confirmed", "要求済み、未確認"),
        SseState::Unknown => Text::new("Unknown", "不明"),
    }
}

/// What an SSE state means.
pub fn sse_meaning(state: &SseState) -> Text {
    match state {
        SseState::SseS3 => Text::new(
            "The storage says it encrypts this with its own keys.",
            "ストレージの応答によると、ストレージ自身の鍵で暗号化されています。",
        ),
        SseState::SseKms { .. } | SseState::SseKmsDsse { .. } => Text::new(
            "The storage says it encrypts this with a key of its KMS.",
            "ストレージの応答によると、ストレージの KMS キーで暗号化されています。",
        ),
        SseState::SseC => Text::new(
            "The storage encrypts this with a key the customer sends each time.",
            "ユーザーがリクエストごとに送信する鍵を使って、ストレージが暗号化しています。",
        ),
        SseState::None => Text::new(
            "HEAD would show the header, and it is not there: the storage keeps this as it was sent.",
            "暗号化されていれば HEAD で見えるはずのヘッダーがありません。ストレージは、\
            送信された内容をそのまま保存しています。",
        ),
        SseState::Hidden => Text::new(
            "The bucket's CORS rule does not let this page see the header. That says nothing about whether \
            the object is encrypted. Ask the bucket's owner to expose x-amz-server-side-encryption.",
            "バケットの CORS ルールにより、このページからはヘッダーが見えません。\
            オブジェクトが暗号化されているかどうかは、ここからは判断できません。バケットの所有者に、\
            x-amz-server-side-encryption の公開（ExposeHeaders への追加）を依頼してください。",
        ),
        SseState::NotOffered => Text::new(
            "This storage has no server-side encryption. Client-side encryption protects your files.",
            "このストレージにはサーバー側の暗号化がありません。ファイルはクライアント側の暗号化で保護されます。",
        ),
        SseState::Unconfirmed => Text::new(
            "It was asked for on upload, but HEAD does not show it. Do not rely on it.",
            "アップロード時に要求しましたが、HEAD の結果に示されていません。暗号化されているものとして扱わないでください。",
        ),
        SseState::Unknown => Text::new(
            "Nothing decides it: the header is not visible and no CORS rule that could be read tells whether it would be, or it \
            has a value that this version does not know.",
            "判断できません。ヘッダーが見えず、CORS で隠されているかどうかを CORS ルールからも確認できないか、\
            またはヘッダーの値がこのバージョンの sealdrop で未対応です。",
        ),
    }
}

/// Words for a bucket's SSE.
pub fn bucket_sse(state: &BucketSse) -> Text {
    match state {
        BucketSse::Empty => Text::new(
            "Empty: nothing to look at yet",
            "空: 確認できるオブジェクトがまだありません",
        ),
        BucketSse::All(state) => sse(state),
        BucketSse::Mixed => Text::new("Mixed: objects differ", "混在: オブジェクトによって異なります"),
    }
}

/// A badge's words for a CSE state.
pub fn cse(state: CseState) -> Text {
    match state {
        CseState::S3ecV1 => Text::same("S3 Encryption Client V1"),
        CseState::S3ecV2 => Text::same("S3 Encryption Client V2"),
        CseState::S3ecV2Cbc => Text::new("S3 Encryption Client V2 (CBC)", "S3 Encryption Client V2（CBC）"),
        CseState::S3ecV3 => Text::same("S3 Encryption Client V3"),
        CseState::Esdk => Text::same("AWS Encryption SDK"),
        CseState::None => Text::new("Not encrypted by a client", "クライアントで暗号化されていません"),
        CseState::Hidden => Text::new("Hidden by CORS", "CORS により見えません"),
        CseState::Unknown => Text::new("Unknown", "不明"),
    }
}
