//! Sentences about the bucket's CORS rule.

use crate::app::text::{Text, said};
use crate::s3::{CorsProbe, CorsReason};

/// Heading of the check, on the page of the bucket's encryption.
pub const CORS_CHECK: Text = Text::new("CORS check", "CORS の確認");
/// Under it: what the check is for, and what it sends.
pub const CORS_INTRO: Text = Text::new(
    "A browser shows this page only what the bucket's CORS rule allows. “Check CORS” also sends PUT, POST \
    and DELETE, to an upload that does not exist, and changes nothing.",
    "このページから見えるのは、バケットの CORS ルールで許可されたものだけです。「CORS を確認」では、\
    存在しないアップロードに対する PUT、POST、DELETE も送信しますが、何も変更しません。",
);
/// Under the findings that were made when the page was opened.
pub const READ_ONLY_CHECK: Text = Text::new(
    "Found by reading alone when this page was opened.",
    "このページを開いたときに、読み取りだけで確認した結果です。",
);
/// Tries all requests that the app needs.
pub const CHECK_CORS: Text = Text::new("Check CORS", "CORS を確認");
/// Writes the rule to the bucket.
pub const APPLY_CORS: Text = Text::new("Apply this rule", "このルールを適用");
/// Opens the rule, as JSON or XML.
pub const RULE_TO_SET: Text = Text::new("The rule this page needs", "このページに必要なルール");
/// Heading of the lines that the rule adds and removes.
pub const DIFFERENCE: Text = Text::new(
    "What would change (existing rules are kept)",
    "変更される内容（既存のルールは維持されます）",
);
/// In place of the difference: why this page cannot write the rule.
pub const RULES_UNREADABLE: Text = Text::new(
    "The bucket's present rules cannot be read from this page (not with these credentials, or, \
    on Ceph, not by any browser), so they cannot be changed from here without losing them. Give the rule to the bucket's owner.",
    "バケットの現在のルールを、このページから読み取れません（この認証情報では読み取れないか、\
    または Ceph の場合はどのブラウザーからも読み取れません）。ここから書き込むと既存のルールが失われるため、\
    変更できません。「このページに必要なルール」をバケットの所有者に渡してください。",
);
/// In place of the difference: the storage keeps no rules of single buckets.
pub const NO_RULES_PER_BUCKET: Text = Text::new(
    "This storage has no CORS rules per bucket (GetBucketCors: not implemented). MinIO's community \
    edition has one setting for the whole server instead, MINIO_API_CORS_ALLOW_ORIGIN: its operators must allow this page's origin.",
    "このストレージには、バケットごとの CORS ルールがありません（GetBucketCors: 未実装）。\
    MinIO のコミュニティ版では、代わりに、サーバー全体に共通の設定 MINIO_API_CORS_ALLOW_ORIGIN を使用します。\
    このページのオリジンを許可するよう、サーバーの運用者に依頼してください。",
);
/// Announced once the rule was written.
pub const APPLIED: Text = Text::new("The rule was written.", "ルールを書き込みました。");
/// In place of the difference: there is none.
pub const NOTHING_TO_CHANGE: Text = Text::new(
    "The bucket has this rule already.",
    "このルールはバケットに設定済みです。",
);

/// What a probe is about.
pub fn cors_probe(probe: CorsProbe) -> String {
    match probe {
        CorsProbe::Method(method) => said!("{method} is allowed", "{method} の許可"),
        CorsProbe::RequestHeaders => Text::new(
            "Headers of encrypted uploads may be sent",
            "暗号化したファイルのアップロードに使うヘッダーの送信",
        )
        .into(),
        CorsProbe::Errors => Text::new("Refusals can be read", "エラー応答の読み取り").into(),
        CorsProbe::Header(name) => said!("{name} is visible", "{name} の読み取り"),
        CorsProbe::Sse => Text::new("The SSE header is visible", "SSE ヘッダーの読み取り").into(),
        CorsProbe::Envelope => Text::new(
            "Metadata of the S3 Encryption Client is visible",
            "S3 Encryption Client のメタデータの読み取り",
        )
        .into(),
    }
}

/// Why it came out so.
pub fn cors_reason(reason: CorsReason) -> Text {
    match reason {
        CorsReason::Seen => Text::new("seen", "実際に確認済み"),
        CorsReason::RuleAllows => Text::new("by the bucket's rule", "バケットのルールによる"),
        CorsReason::RuleLacks => Text::new(
            "the bucket's rule does not name it",
            "バケットのルールに記載されていません",
        ),
        CorsReason::NotSeen => Text::new(
            "every answer carries it, and this page does not see it",
            "どの応答にも含まれるはずですが、このページからは見えません",
        ),
        CorsReason::Blocked => Text::new(
            "the browser kept the answer from this page",
            "ブラウザーが応答をこのページに渡しませんでした",
        ),
        CorsReason::NoObject => Text::new("no object to look at", "確認できるオブジェクトがまだありません"),
        CorsReason::RulesUnreadable => Text::new(
            "the bucket's rules cannot be read, and nothing else decides",
            "バケットのルールを読み取れず、ほかに判断材料がありません",
        ),
        CorsReason::NotChecked => Text::new("not tried", "未確認"),
        CorsReason::NoRuleMatches => Text::new(
            "no rule of the bucket matches this page; something else lets it in",
            "このページに一致するバケットのルールはなく、別の設定で許可されています",
        ),
    }
}
