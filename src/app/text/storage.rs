//! Sentences about the storage itself.

mod audit;
mod copy;
mod cors;
mod creation;
mod wish;

use super::{Text, said};
use crate::driver::{Claims, DiagnosisQuestion};
use crate::s3::{BucketSse, Grounds, Provider, SseState};

pub use audit::*;
pub use copy::*;
pub use cors::*;
pub use creation::*;
pub use wish::*;

/// Beside a command or a rule: copies it.
pub const COPY: Text = Text::new("Copy", "コピー");
/// Opens the commands that do the same.
pub const COMMANDS: Text = Text::new("The same in a terminal", "ターミナルで行う場合");
/// Above the form of a new bucket, and instead of a choice for new files, where the storage has no SSE.
pub const NO_SSE_HERE: Text = Text::new(
    "This storage has no server-side encryption. Encrypt in the browser (CSE) instead; that you can \
    prove yourself.",
    "このストレージにはサーバー側の暗号化（SSE）がありません。代わりにブラウザーで暗号化してください（CSE）。\
    CSE であれば、暗号化されていることをユーザー自身が証明できます。",
);
/// Heading of the objects that the verdict rests on, and the name of their list.
pub const EVIDENCE: Text = Text::new("Evidence", "根拠");
/// In place of them.
pub const NO_EVIDENCE: Text = Text::new(
    "No object was there to look at.",
    "確認できるオブジェクトがまだありません。",
);
/// In place of the page of the bucket's encryption; a link to the connection follows.
pub const NO_BUCKET: Text = Text::new("Not connected to a bucket.", "バケットに接続していません。");
/// Heading of what each layer protects, and how it stands.
pub const LAYERS: Text = Text::new("Two independent layers", "独立した 2 つの層");
/// What the client's layer is.
pub const CSE_LAYER: Text = Text::new(
    "An envelope you seal: your browser encrypts each file with your key before it is sent. The storage \
    and whoever runs it see ciphertext only, and you can prove it.",
    "ユーザーが自分で封をする封筒です。各ファイルは送信前に、ブラウザー内でユーザーの鍵を使って暗号化されます。\
    ストレージとその運用者に見えるのは暗号文だけで、そのことをユーザー自身が証明できます。",
);
/// What the storage's layer is.
pub const SSE_LAYER: Text = Text::new(
    "A cabinet the storage locks: it encrypts what it keeps, with its own keys. That protects lost disks, \
    not against whoever runs the storage, and all anybody sees of it is what the storage says.",
    "ストレージが鍵をかける保管庫です。ストレージは、保存するデータを自身の鍵で暗号化します。\
    ディスクの紛失に対する保護になりますが、ストレージの運用者に対する保護にはなりません。また、\
    暗号化について確認できるのは、ストレージが示す情報だけです。",
);
/// How they go together.
pub const LAYERS_HINT: Text = Text::new(
    "Neither needs the other: a file may have both, one, or none.",
    "2 つの層は互いに独立しています。両方で暗号化されたファイルも、片方だけのファイルも、\
    どちらでも暗号化されていないファイルもあります。",
);
/// Heading of the checks after a connection failed.
pub const DIAGNOSIS: Text = Text::new("Diagnosis", "診断");
/// Under it: what they are good for.
pub const DIAGNOSIS_INTRO: Text = Text::new(
    "The browser says only that it failed. This is what can be told apart, in this order:",
    "ブラウザーからわかるのは、失敗したことだけです。原因の切り分けとして、次の項目を順に確認しました。",
);
/// Under the verdict: HEAD was seen to say what is not true.
pub const ECHOES: Text = Text::new(
    "This storage's HEAD repeats an encryption algorithm that does not exist. What it says about \
    encryption proves nothing: rely on client-side encryption.",
    "このストレージの HEAD は、存在しない暗号化アルゴリズムであっても、指定されたとおりに返します。\
    このストレージが示す暗号化の情報は、何の証明にもなりません。クライアント側の暗号化（CSE）を使用してください。",
);

/// Whose storage it is: names, but for the one that is nobody's.
pub fn provider(provider: Provider) -> Text {
    let name = provider.preset().name;
    match provider {
        Provider::Other => Text::new(name, "その他の S3 ストレージ"),
        _ => Text::same(name),
    }
}

/// What to know before connecting there.
pub fn about(provider: Provider) -> Option<Text> {
    Some(match provider {
        Provider::Abci3 => Text::new(
            "Reachable from ABCI's own nodes only. It has no server-side encryption: what sealdrop encrypts in the browser is \
            the protection your files have.",
            "ABCI のノードからのみ接続できます。サーバー側の暗号化（SSE）はないため、\
            ファイルを保護するのは sealdrop がブラウザーで行う暗号化です。",
        ),
        Provider::Abci2 => Text::new(
            "ABCI's storage until October 2024. A bucket encrypts if it was created so; the Bucket encryption page tells.",
            "2024 年 10 月までの ABCI のストレージです。\
            暗号化バケットとして作成されたバケットだけが、オブジェクトを暗号化します。「バケットの暗号化」ページで確認できます。",
        ),
        Provider::Minio => Text::new(
            "Its community edition has one CORS setting for the whole server, which must allow this page.",
            "コミュニティ版の CORS 設定は、サーバー全体で 1 つだけです。その設定で、\
            このページが許可されている必要があります。",
        ),
        Provider::Garage => Text::new(
            "Encrypts only with a key you send along (SSE-C).",
            "リクエストごとに送信する鍵による暗号化（SSE-C）だけに対応しています。",
        ),
        Provider::Aws | Provider::Ceph | Provider::SeaweedFs => Text::new(
            "The bucket needs a CORS rule for this page; if it has none, Connect shows the rule to set.",
            "バケットには、このページのための CORS ルールが必要です。ない場合は、「接続」を押すと、\
            設定するルールが表示されます。",
        ),
        Provider::Other => return None,
    })
}

/// How an SSE state is known.
pub fn grounds(grounds: Grounds) -> Text {
    match grounds {
        Grounds::Shown => Text::new("HEAD shows it.", "HEAD の結果に示されています。"),
        Grounds::ShownElsewhere => Text::new(
            "HEAD of another object in this bucket showed the header, so it is visible here.",
            "このバケットの別のオブジェクトの HEAD ではヘッダーが見えたため、\
            ヘッダーがあればこのページから見えるはずです。",
        ),
        Grounds::KeyDemanded => Text::new(
            "The storage refuses to read it without the key it was stored with.",
            "保存時の鍵がなければ、ストレージは読み取りを拒否します。",
        ),
        Grounds::RuleExposes => Text::new(
            "The bucket's CORS rule exposes the header, and it is not there.",
            "ヘッダーはバケットの CORS ルールで公開されていますが、応答に含まれていません。",
        ),
        Grounds::EverythingShown => Text::new(
            "This storage exposes every header, and it is not there.",
            "このストレージはすべてのヘッダーを公開していますが、このヘッダーは応答に含まれていません。",
        ),
        Grounds::RuleHides => Text::new(
            "The bucket's CORS rule does not expose the header.",
            "バケットの CORS ルールで公開されていないため、ヘッダーは CORS により見えません。",
        ),
        Grounds::NothingShown => Text::new(
            "CORS shows this page not even the ETag.",
            "このページからは、ETag さえも CORS により見えません。",
        ),
        Grounds::Nothing => Text::new(
            "Neither the answer nor the CORS rules decide.",
            "応答からも CORS ルールからも判断できません。",
        ),
    }
}

/// What a verdict on the bucket means.
pub fn bucket_meaning(judged: &BucketSse, echoes: bool) -> Text {
    match judged {
        BucketSse::All(SseState::Unconfirmed) if echoes => Text::new(
            "HEAD says that objects are encrypted, but this storage's HEAD repeats whatever it is told.",
            "HEAD の結果にはオブジェクトが暗号化されていると示されますが、このストレージの HEAD は、\
            要求された内容を何でもそのまま返します。",
        ),
        BucketSse::All(SseState::Unconfirmed) => Text::new(
            "The bucket claims to encrypt new objects, but HEAD does not show it on one that was stored a moment ago.",
            "バケットは新しいオブジェクトを暗号化するとしていますが、\
            直前に保存したオブジェクトの HEAD の結果に暗号化が示されていません。",
        ),
        BucketSse::All(state) => super::sse_meaning(state),
        BucketSse::Empty => super::EMPTY_BUCKET,
        BucketSse::Mixed => super::MIXED_BUCKET,
    }
}

/// What to do about it.
pub fn bucket_next(judged: &BucketSse) -> Text {
    match judged {
        BucketSse::All(state) if state.is_encrypted() => Text::new(
            "Next: nothing has to be done. An audit tells whether that holds for every object.",
            "次の操作: 特に必要ありません。すべてのオブジェクトが同じ状態かどうかは、監査で確認できます。",
        ),
        BucketSse::All(SseState::None | SseState::Unconfirmed) => Text::new(
            "Next: encrypt in the browser (CSE), or create an encrypted bucket and copy the objects into it.",
            "次の操作: ブラウザーで暗号化する（CSE）か、暗号化バケットを作成して、そこにオブジェクトをコピーしてください。",
        ),
        BucketSse::All(SseState::NotOffered) => Text::new(
            "Next: encrypt in the browser (CSE).",
            "次の操作: ブラウザーで暗号化してください（CSE）。",
        ),
        BucketSse::All(SseState::Hidden) => Text::new(
            "Next: see the CORS check below for the rule that shows it.",
            "次の操作: 下の「CORS の確認」で、ヘッダーが見えるようになるルールを確認してください。",
        ),
        BucketSse::All(_) => Text::new(
            "Next: create a test object, or see the CORS check below.",
            "次の操作: テストオブジェクトを作成するか、下の「CORS の確認」を参照してください。",
        ),
        BucketSse::Empty => Text::new(
            "Next: create a test object.",
            "次の操作: テストオブジェクトを作成してください。",
        ),
        BucketSse::Mixed => Text::new(
            "Next: audit all objects to find those that are not encrypted.",
            "次の操作: すべてのオブジェクトを監査し、暗号化されていないオブジェクトを特定してください。",
        ),
    }
}

/// What the bucket says of itself.
pub fn default_encryption(claims: &Claims) -> Option<String> {
    Some(match claims.default.as_ref()? {
        Ok(Some(default)) => {
            let algorithm = &default.algorithm;
            let key = match &default.key_id {
                Some(id) => said!(", key {id}", "、KMS キー ID {id}"),
                None => String::new(),
            };
            said!(
                "Bucket default (GetBucketEncryption): {algorithm}{key}. It concerns new objects only.",
                "バケットのデフォルト（GetBucketEncryption）: {algorithm}{key}。新しいオブジェクトにのみ適用されます。"
            )
        }
        Ok(None) => Text::new(
            "Bucket default (GetBucketEncryption): none.",
            "バケットのデフォルト（GetBucketEncryption）: なし。",
        )
        .into(),
        Err(problem) => {
            let why = super::problem(problem).0;
            said!(
                "GetBucketEncryption gives no answer here: {why}",
                "GetBucketEncryption の結果を取得できません: {why}"
            )
        }
    })
}

/// What was found in an earlier visit.
pub fn checked_before(date: &str, verdict: &str, by_test_object: bool) -> String {
    let how = if by_test_object {
        Text::new("a test object", "テストオブジェクト")
    } else {
        Text::new("some of its objects", "一部のオブジェクト")
    };
    said!(
        "Checked on {date}, by {how}: {verdict}. That was then; check again to know what is now.",
        "{date} に{how}で確認した結果は「{verdict}」でした。その時点の結果です。現在の状態を知るには、もう一度確認してください。"
    )
}

/// A question of the diagnosis.
pub fn diagnosis(question: DiagnosisQuestion) -> Text {
    match question {
        DiagnosisQuestion::Online => Text::new("This computer is online", "このコンピューターのネットワーク接続"),
        DiagnosisQuestion::NotMixed => Text::new(
            "The browser may talk to that endpoint (no http from https)",
            "ブラウザーからエンドポイントへの通信の許可（https のページから http へは不可）",
        ),
        DiagnosisQuestion::Answers => Text::new(
            "Something answers there (name, port, certificate)",
            "エンドポイントからの応答（名前、ポート、証明書）",
        ),
        DiagnosisQuestion::Clock => Text::new(
            "This computer's clock agrees with this page's server",
            "このコンピューターの時計と、このページのサーバーの時刻の一致",
        ),
        DiagnosisQuestion::BucketReadable => Text::new(
            "This page may read answers about this bucket (name and CORS)",
            "このバケットに関する応答の読み取り（バケット名、CORS）",
        ),
        DiagnosisQuestion::SignedReadable => Text::new(
            "The signed request is answered readably (key, secret, clock)",
            "署名付きリクエストへの応答の読み取り（アクセスキー ID、シークレットアクセスキー、時計）",
        ),
    }
}

/// Yes, no, or nobody can tell.
pub fn outcome(ok: Option<bool>) -> Text {
    match ok {
        Some(true) => Text::new("ok", "OK"),
        Some(false) => Text::new("missing", "NG"),
        None => Text::new("unknown", "不明"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Language, speak};
    use super::*;
    use crate::app::state::Seen;
    use crate::driver::{AuditState, CopyDifference, CopyOutcome, CseState};
    use crate::s3::SseKind;

    #[test]
    fn each_language_has_its_own_sentence() {
        let plain = Seen::Layers(SseState::None, CseState::None);
        let hidden = Seen::Layers(SseState::Hidden, CseState::Hidden);
        let copy = CopyOutcome::Differs(CopyDifference::Size);
        let state = AuditState::Done;
        assert_eq!(seen(&plain), "Encrypted by nobody");
        assert_eq!(seen(&hidden), "Hidden by CORS, client side hidden by CORS");
        assert_eq!(
            (share(1, 1000), share(3, 4)),
            ("1 (under 1 %)".into(), "3 (75 %)".into())
        );
        assert_eq!(copy_outcome(&copy), "copied, but its size differs: do not rely on it");
        assert_eq!(
            audit_state(&state, false, 3, 1234),
            "Done: 3 of 1,234 objects looked at."
        );
        assert_eq!(copied(2, 1, &state), "Done: 2 copied and verified, 1 not.");
        speak(Language::Japanese);
        assert_eq!(seen(&plain), "ストレージでもクライアントでも暗号化されていません");
        assert!(seen(&hidden).starts_with("SSE: ") && seen(&hidden).contains("、CSE: "));
        assert_eq!(
            (share(1, 1000), share(3, 4)),
            ("1（1% 未満）".into(), "3（75%）".into())
        );
        assert!(copy_outcome(&copy).contains("サイズが元のオブジェクトと異なります"));
        assert_eq!(
            audit_state(&state, false, 3, 1234),
            "完了: オブジェクト 1,234 個のうち 3 個を確認しました。"
        );
        assert_eq!(copied(2, 1, &state), "完了: コピーして検証済み 2 個、それ以外 1 個");
        let tried = wish_tried(SseKind::SseS3, &SseState::Hidden);
        assert!(tried.starts_with("SSE-S3（AES256）を要求した") && tried.contains("CORS により見えません"));
        speak(Language::English);
    }
}
