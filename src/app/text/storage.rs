//! Sentences about the storage itself.

use super::{Language, Text, language, said};
use crate::app::format;
use crate::app::state::Seen;
use crate::driver::{AuditState, Claims, CopyDifference, CopyOutcome, CreationStep, CseState, DiagnosisQuestion};
use crate::s3::{
    BucketSse, CorsProbe, CorsReason, EncryptedCreation, EncryptionApi, Grounds, Provider, SseKind, SseState,
};

/// A label.
pub const CORS_CHECK: Text = Text::new("CORS check", "CORS の確認");
/// A label.
pub const CORS_INTRO: Text = Text::new(
    "A browser shows this page only what the bucket's CORS rule allows. “Check CORS” also sends PUT, POST \
    and DELETE, to an upload that does not exist, and changes nothing.",
    "このページに見えるのは、バケットの CORS ルールで許可されたものだけです。「CORS を確認」では、\
    存在しないアップロードに対する PUT、POST、DELETE も送信しますが、何も変更しません。",
);
/// A label.
pub const READ_ONLY_CHECK: Text = Text::new(
    "Found by reading alone when this page was opened.",
    "このページを開いたときに、読み取りだけで確認した結果です。",
);
/// Said of a file whose wish was not granted.
pub const NOT_GRANTED: Text = Text::new("do not rely on it", "暗号化されているものとして扱わないでください");
/// A label.
pub const CHECK_CORS: Text = Text::new("Check CORS", "CORS を確認");
/// A label.
pub const APPLY_CORS: Text = Text::new("Apply this rule", "このルールを適用");
/// A label.
pub const RULE_TO_SET: Text = Text::new("The rule this page needs", "このページに必要なルール");
/// A label.
pub const DIFFERENCE: Text = Text::new(
    "What would change (existing rules are kept)",
    "変更される内容（既存のルールは維持されます）",
);
/// A label.
pub const RULES_UNREADABLE: Text = Text::new(
    "The bucket's present rules cannot be read from this page (not with these credentials, or, \
    on Ceph, not by any browser), so they cannot be changed from here without losing them. Give the rule to the bucket's owner.",
    "バケットの現在のルールを、このページから読み取れません（この認証情報では読み取れないか、\
    Ceph のためどのブラウザーからも読み取れません）。ここから書き込むと既存のルールが失われるため、変更できません。\
    「このページに必要なルール」をバケットの所有者に渡してください。",
);
/// A label.
pub const NO_RULES_PER_BUCKET: Text = Text::new(
    "This storage has no CORS rules per bucket (GetBucketCors: not implemented). MinIO's community \
    edition has one setting for the whole server instead, MINIO_API_CORS_ALLOW_ORIGIN: its operators must allow this page's origin.",
    "このストレージには、バケットごとの CORS ルールがありません（GetBucketCors: 未実装）。\
    MinIO のコミュニティ版では、代わりにサーバー全体で 1 つの設定 MINIO_API_CORS_ALLOW_ORIGIN を使います。\
    このページのオリジンを許可するよう、サーバーの運用者に依頼してください。",
);
/// A label.
pub const APPLIED: Text = Text::new("The rule was written.", "ルールを書き込みました。");
/// A label.
pub const NOTHING_TO_CHANGE: Text = Text::new(
    "The bucket has this rule already.",
    "このルールはバケットに設定済みです。",
);
/// A label.
pub const COPY: Text = Text::new("Copy", "コピー");
/// A label.
pub const COMMANDS: Text = Text::new("The same in a terminal", "ターミナルでの同じ操作");
/// A label.
pub const CREATE_ENCRYPTED: Text = Text::new("Create encrypted bucket", "暗号化バケットを作成");
/// A label.
pub const CREATE_TITLE: Text = Text::new("A new bucket that encrypts", "新しい暗号化バケット");
/// A label.
pub const NEW_BUCKET: Text = Text::new("New bucket", "新しいバケット");
/// A label.
pub const HOW: Text = Text::new("By", "方法");
/// A label.
pub const ALGORITHM: Text = Text::new("Algorithm", "アルゴリズム");
/// A label.
pub const KMS_KEY_ID: Text = Text::new("KMS key ID", "KMS キー ID");
/// A label.
pub const LOCATION: Text = Text::new("Location constraint", "ロケーション制約");
/// A label.
pub const CREATE: Text = Text::new("Create and verify", "作成して検証");
/// A label.
pub const CHECK_IT_NOW: Text = Text::new("Check it now", "今すぐ確認");
/// A label.
pub const NO_SSE_HERE: Text = Text::new(
    "This storage has no server-side encryption. Encrypt in the browser (CSE) instead; that you can \
    prove yourself.",
    "このストレージにはサーバー側の暗号化（SSE）がありません。代わりにブラウザーで暗号化してください（CSE）。\
    CSE であれば、暗号化されていることをユーザー自身が証明できます。",
);
/// A label.
pub const CANNOT_CONVERT: Text = Text::new(
    "A bucket that was created plain cannot be made to encrypt later on ABCI 2.0-era storage, and \
    on no storage are objects encrypted afterwards. Create an encrypted bucket and copy the objects.",
    "ABCI 2.0 世代のストレージでは、暗号化なしで作成したバケットを後から暗号化バケットに変更できません。また、\
    どのストレージでも、保存済みのオブジェクトが後から暗号化されることはありません。暗号化バケットを作成し、\
    オブジェクトをコピーしてください。",
);
/// A label.
pub const AUDIT: Text = Text::new("Audit", "監査");
/// A label.
pub const AUDIT_INTRO: Text = Text::new(
    "Looks at every object: SSE by HEAD, CSE by its first bytes. Nothing is changed.",
    "すべてのオブジェクトについて、SSE は HEAD で、CSE は先頭のバイトで確認します。何も変更しません。",
);
/// A label.
pub const AUDIT_ALL: Text = Text::new("Audit all objects", "すべてのオブジェクトを監査");
/// A label.
pub const AUDIT_PREFIX: Text = Text::new("Only keys that start with", "対象のキーのプレフィックス");
/// A label.
pub const PAUSE: Text = Text::new("Pause audit", "監査を一時停止");
/// A label.
pub const RESUME: Text = Text::new("Resume audit", "監査を再開");
/// A label.
pub const STOP: Text = Text::new("Stop", "停止");
/// A label.
pub const START_AUDIT: Text = Text::new("Start audit", "監査を開始");
/// A label.
pub const NOT_COPIED: Text = Text::new("Objects not copied", "コピーされなかったオブジェクト");
/// A label.
pub const EVIDENCE: Text = Text::new("Evidence", "根拠");
/// A label.
pub const NO_EVIDENCE: Text = Text::new(
    "No object was there to look at.",
    "確認できるオブジェクトがまだありません。",
);
/// A label.
pub const NO_BUCKET: Text = Text::new("Not connected to a bucket.", "バケットに接続していません。");
/// A label.
pub const LAYERS: Text = Text::new("Two independent layers", "独立した 2 つの層");
/// What the client's layer is.
pub const CSE_LAYER: Text = Text::new(
    "An envelope you seal: your browser encrypts each file with your key before it is sent. The storage \
    and whoever runs it see ciphertext only, and you can prove it.",
    "ユーザーが自分で封をする封筒です。ファイルは送信前に、ブラウザー内でユーザーの鍵を使って暗号化されます。\
    ストレージとその運用者に見えるのは暗号文だけで、そのことをユーザー自身が証明できます。",
);
/// What the storage's layer is.
pub const SSE_LAYER: Text = Text::new(
    "A cabinet the storage locks: it encrypts what it keeps, with its own keys. That protects lost disks, \
    not against whoever runs the storage, and all anybody sees of it is what the storage says.",
    "ストレージが鍵をかける保管庫です。ストレージは、保存するデータを自身の鍵で暗号化します。\
    ディスクの紛失には有効ですが、ストレージの運用者に対する保護にはなりません。また、\
    暗号化についてわかるのは、ストレージが示す情報だけです。",
);
/// How they go together.
pub const LAYERS_HINT: Text = Text::new(
    "Neither needs the other: a file may have both, one, or none.",
    "2 つの層は互いに独立しています。両方で暗号化されたファイルも、片方だけのファイルも、\
    どちらでも暗号化されていないファイルもあります。",
);
/// A label.
pub const WISH_IS_TRIED: Text = Text::new(
    "A test object asks first, is looked at and removed, so that no file is stored under a wish that \
    is refused.",
    "先にテストオブジェクトで要求を試し、結果を確認してから削除します。要求が拒否される場合に、\
    ファイルが保存されることはありません。",
);
/// Introduces a command.
pub const BY_TOOL: Text = Text::new("With ABCI's own tool:", "ABCI 提供のツールを使う場合:");
/// Introduces a command.
pub const BY_CURL: Text = Text::new(
    "Or the one request that tool sends, with curl 7.86 or later:",
    "または、そのツールと同じリクエストを curl 7.86 以降で送信する場合:",
);
/// Introduces a command.
pub const BY_DEFAULT_ON_SCALITY: Text = Text::new(
    "Or, on Scality 7.10 and later (ABCI 2.0 since 2022), with the aws tool:",
    "または、Scality 7.10 以降（2022 年以降の ABCI 2.0）で aws コマンドを使う場合:",
);
/// Introduces a command.
pub const BY_DEFAULT: Text = Text::new("With the aws tool:", "aws コマンドを使う場合:");
/// Introduces a command.
pub const THEN_CORS: Text = Text::new(
    "Then let this page read the new bucket (its CORS rule):",
    "続けて、このページから新しいバケットを読み取れるようにします（CORS ルール）:",
);
/// A label.
pub const EXPORT_CSV: Text = Text::new("Save as CSV", "CSV で保存");
/// A label.
pub const EXPORT_JSON: Text = Text::new("Save as JSON", "JSON で保存");
/// A label.
pub const EXCEPTIONS: Text = Text::new(
    "Objects that neither layer is known to protect",
    "どちらの層でも保護を確認できないオブジェクト",
);
/// A label.
pub const NO_EXCEPTIONS: Text = Text::new(
    "None: every object looked at is encrypted by the storage or by a client.",
    "ありません。確認したオブジェクトはすべて、ストレージまたはクライアントで暗号化されています。",
);
/// A label.
pub const NONE_LOOKED_AT: Text = Text::new("No object was looked at.", "確認したオブジェクトはありません。");
/// A label.
pub const CHART: Text = Text::new("Objects by both layers", "2 つの層の状態別のオブジェクト数");
/// A reason.
pub const GONE: Text = Text::new("Deleted since it was listed.", "一覧の取得後に削除されました。");
/// A reason.
pub const OTHER_REASONS: Text = Text::new(
    "Could not be looked at; there were too many different reasons to keep them all.",
    "確認できませんでした。異なる理由が多いため、個々の理由は記録していません。",
);
/// A label.
pub const COPY_TITLE: Text = Text::new(
    "Copy objects into an encrypted bucket",
    "暗号化バケットへのオブジェクトのコピー",
);
/// A label.
pub const COPY_INTRO: Text = Text::new(
    "The storage copies each object with its metadata; the copy is then compared by HEAD. Objects that \
    are there already are left alone, and the originals stay: delete them yourself when you are sure.",
    "ストレージが各オブジェクトをメタデータとともにコピーし、その後、\
    コピーしたオブジェクトを HEAD で元のオブジェクトと比較します。\
    コピー先にすでにあるオブジェクトは変更しません。元のオブジェクトは残ります。問題がないことを確かめてから、\
    自分で削除してください。",
);
/// A label.
pub const COPY_INTO: Text = Text::new("Into bucket", "コピー先のバケット");
/// A label.
pub const START_COPY: Text = Text::new("Copy objects", "オブジェクトをコピー");
/// A label.
pub const UPLOAD_SSE: Text = Text::new("New files ask the storage for", "新しいファイルで要求する SSE");
/// A label.
pub const CUSTOMER_KEY: Text = Text::new("SSE-C key", "SSE-C の鍵");
/// A label.
pub const CUSTOMER_KEY_HINT: Text = Text::new(
    "64 hex digits, or base64 of 32 bytes. It stays in this page's memory and goes to this \
    storage only, with every request about the object.",
    "16 進数 64 桁、または 32 バイトの base64 で指定します。鍵はこのページのメモリにのみ保持され、\
    対象のオブジェクトに関するリクエストのたびに、このストレージだけに送信されます。",
);
/// A warning.
pub const CUSTOMER_KEY_LOST: Text = Text::new(
    "Keep a copy: nobody can open the files without it.",
    "鍵の控えを保管してください。この鍵がなければ、誰もファイルを開けません。",
);
/// A label.
pub const GIVE_KEY: Text = Text::new("Give key", "鍵を指定");
/// A label.
pub const OPEN_WITH_KEY: Text = Text::new("Open with this key", "この鍵で開く");
/// A label.
pub const KMS_CONTEXT: Text = Text::new("Encryption context (JSON)", "暗号化コンテキスト（JSON）");
/// A label.
pub const USE_SSE: Text = Text::new("Use for new files", "新しいファイルに使用");
/// A label.
pub const DIAGNOSIS: Text = Text::new("Diagnosis", "診断");
/// A label.
pub const DIAGNOSIS_INTRO: Text = Text::new(
    "The browser says only that it failed. This is what can be told apart, in this order:",
    "ブラウザーからわかるのは、失敗したことだけです。原因の切り分けとして、次の項目を順に確認しました。",
);
/// A label.
pub const ECHOES: Text = Text::new(
    "This storage's HEAD repeats an encryption algorithm that does not exist. What it says about \
    encryption proves nothing: rely on client-side encryption.",
    "このストレージの HEAD は、存在しない暗号化アルゴリズムでもそのまま返します。\
    ストレージが示す暗号化の情報は何の証明にもなりません。クライアント側の暗号化（CSE）を使ってください。",
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
            "リクエストとともに送る鍵による暗号化（SSE-C）だけに対応しています。",
        ),
        Provider::Aws | Provider::Ceph | Provider::SeaweedFs => Text::new(
            "The bucket needs a CORS rule for this page; if it has none, Connect shows the rule to set.",
            "バケットには、このページのための CORS ルールが必要です。ない場合は、「接続」を押すと、\
            設定するルールが表示されます。",
        ),
        Provider::Other => return None,
    })
}

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
        SseKind::SseC => Text::new("SSE-C (your key, sent each time)", "SSE-C（自分の鍵を毎回送信）"),
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
        Provider::Abci3 => NO_SSE_HERE,
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
            "このストレージが暗号化に使うのは、送られた鍵（SSE-C）だけです。SSE-S3 の要求は受け付けますが、\
            無視します。",
        ),
        Provider::Ceph => Text::new(
            "Ceph before 17.2 takes a wish for SSE-S3 and ignores it. What HEAD shows afterwards counts, and is shown.",
            "Ceph 17.2 より前のバージョンは、SSE-S3 の要求を受け付けますが、無視します。\
            実際に適用されたかどうかは、アップロード後の HEAD の結果で判断します。結果は画面に表示されます。",
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
            "{kind}を指定したテストオブジェクトは保存されましたが、ストレージは鍵がなくても読み取りを許すか、SSE-C を使ったことを示しません。\
            暗号化されているものとして扱わないでください。"
        ),
        SseState::Unconfirmed => said!(
            "The storage took a test object with the wish for {kind}, but HEAD does not show that it was granted. Do not rely on it: \
            encrypt in the browser (CSE).",
            "{kind}を要求したテストオブジェクトは保存されましたが、適用されたことが HEAD に示されません。暗号化されるものとして扱わず、\
            ブラウザーで暗号化してください（CSE）。"
        ),
        SseState::Hidden => said!(
            "The storage took a test object with the wish for {kind}; CORS hides from this page whether it was granted.",
            "{kind}を要求したテストオブジェクトは保存されましたが、適用されたかどうかは CORS により見えません。"
        ),
        state => {
            let shown = super::sse(state);
            said!(
                "Confirmed by a test object: HEAD shows {shown}.",
                "テストオブジェクトで確認しました。HEAD の結果は「{shown}」です。"
            )
        }
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
    let shown = super::sse(sse);
    match sse {
        SseState::Unconfirmed => said!(
            "{bucket} is NOT confirmed to encrypt: the storage took the request, but HEAD shows nothing on a new object.",
            "バケット {bucket} がオブジェクトを暗号化することは、確認されていません。ストレージは要求を受け付けましたが、\
            新しいオブジェクトの HEAD には暗号化が示されていません。"
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

/// How an SSE state is known.
pub fn grounds(grounds: Grounds) -> Text {
    match grounds {
        Grounds::Shown => Text::new("HEAD shows it.", "HEAD の応答に示されています。"),
        Grounds::ShownElsewhere => Text::new(
            "HEAD of another object in this bucket showed the header, so it is visible here.",
            "このバケットの別のオブジェクトの HEAD ではヘッダーが見えたため、\
            ヘッダーがあればこのページから見えます。",
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
            "このページからは、ETag さえ CORS により見えません。",
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
            "HEAD ではオブジェクトが暗号化されていると示されますが、このストレージの HEAD は、\
            要求された内容を何でもそのまま返します。",
        ),
        BucketSse::All(SseState::Unconfirmed) => Text::new(
            "The bucket claims to encrypt new objects, but HEAD does not show it on one that was stored a moment ago.",
            "バケットは新しいオブジェクトを暗号化するとしていますが、\
            直前に保存したオブジェクトの HEAD には暗号化が示されていません。",
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
            "次の操作: ブラウザーで暗号化する（CSE）か、\
            暗号化バケットを作成してオブジェクトをコピーしてください。",
        ),
        BucketSse::All(SseState::NotOffered) => Text::new(
            "Next: encrypt in the browser (CSE).",
            "次の操作: ブラウザーで暗号化してください（CSE）。",
        ),
        BucketSse::All(SseState::Hidden) => Text::new(
            "Next: see the CORS check below for the rule that shows it.",
            "次の操作: ヘッダーが見えるようになるルールを、下の「CORS の確認」で参照してください。",
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

/// What the copying covers.
pub fn copy_scope(prefix: &str) -> String {
    if prefix.is_empty() {
        Text::new(
            "All objects of this bucket are copied; the audit's field above narrows it down.",
            "このバケットのすべてのオブジェクトをコピーします。対象は、上の「監査」の欄で絞り込めます。",
        )
        .into()
    } else {
        said!(
            "Only keys that start with “{prefix}” are copied (the audit's field above).",
            "キーが「{prefix}」で始まるオブジェクトだけをコピーします（上の「監査」の欄で指定）。"
        )
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

/// Where a long job stands.
pub fn audit_state(state: &AuditState, paused: bool, looked: u64, listed: u64) -> String {
    let (looked, listed) = (format::count(looked), format::count(listed));
    let how = match state {
        AuditState::Running if paused => Text::new("Paused", "一時停止中"),
        AuditState::Running => Text::new("Looking", "確認中"),
        AuditState::Done => Text::new("Done", "完了"),
        AuditState::Cancelled => Text::new("Stopped", "停止"),
        AuditState::Failed(_) => Text::new("Ended", "中断"),
    };
    said!(
        "{how}: {looked} of {listed} objects looked at.",
        "{how}: オブジェクト {listed} 個のうち {looked} 個を確認しました。"
    )
}

/// What was seen of objects, in words.
pub fn seen(seen: &Seen) -> String {
    match seen {
        Seen::Layers(SseState::None, CseState::None) => Text::new(
            "Encrypted by nobody",
            "ストレージでもクライアントでも暗号化されていません",
        )
        .into(),
        Seen::Layers(sse, cse) => {
            let (storage, client) = (super::sse(sse), super::cse(*cse));
            match language() {
                Language::English => {
                    let client = match cse {
                        CseState::None => "not by a client",
                        CseState::Hidden => "client side hidden by CORS",
                        CseState::Unknown => "client side unknown",
                        _ => client.get(),
                    };
                    format!("{storage}, {client}")
                }
                Language::Japanese => format!("SSE: {storage}、CSE: {client}"),
            }
        }
        Seen::Unreadable(why) => why.clone(),
    }
}

/// So many of all: the number, and percent that never say 0 or 100 of what is there or missing.
pub fn share(count: u64, all: u64) -> String {
    let percent = count * 100 / all.max(1);
    let under_one = percent == 0 && count > 0;
    let count = format::count(count);
    if under_one {
        said!("{count} (under 1 %)", "{count}（1% 未満）")
    } else {
        said!("{count} ({percent} %)", "{count}（{percent}%）")
    }
}

/// That there are more exceptions than shown.
pub fn more_exceptions(shown: usize, all: u64) -> String {
    let (shown, all) = (format::count(shown as u64), format::count(all));
    said!(
        "The first {shown} of {all}. The saved files have them all.",
        "{all} 個のうち最初の {shown} 個を表示しています。保存したファイルには、すべてが含まれます。"
    )
}

/// What became of a copy.
pub fn copy_outcome(outcome: &CopyOutcome) -> String {
    match outcome {
        CopyOutcome::Verified => Text::new("copied and verified", "コピーして検証済み").into(),
        CopyOutcome::Exists => Text::new(
            "is there already; left alone",
            "コピー先にすでにあるため、変更していません。",
        )
        .into(),
        CopyOutcome::TooLarge => Text::new(
            "larger than 5 GiB, which no storage copies in one request; use the command below",
            "5 GiB を超えるため、どのストレージでも 1 回のリクエストではコピーできません。下のコマンドを使ってください。",
        )
        .into(),
        CopyOutcome::MetadataHidden => Text::new(
            "copied and encrypted, but CORS hides from this page whether its metadata came along: apply the CORS rule to the new \
            bucket, then compare",
            "コピーされ、暗号化されていますが、メタデータもコピーされたかどうかは CORS により見えません。新しいバケットに CORS ルールを\
            適用してから、比較してください。",
        )
        .into(),
        CopyOutcome::Differs(what) => {
            let wrong = match what {
                CopyDifference::Size => Text::new("its size differs", "サイズが元のオブジェクトと異なります"),
                CopyDifference::Encryption => Text::new(
                    "HEAD does not show that it is encrypted",
                    "暗号化されていることを HEAD で確認できません",
                ),
                CopyDifference::ContentType => Text::new(
                    "its content type differs",
                    "Content-Type が元のオブジェクトと異なります",
                ),
                CopyDifference::Metadata => Text::new(
                    "its metadata differs",
                    "メタデータが元のオブジェクトと異なります",
                ),
            };
            said!(
                "copied, but {wrong}: do not rely on it",
                "コピーされましたが、{wrong}。このコピーを正しいものとして扱わないでください。"
            )
        }
        CopyOutcome::Failed(problem) => super::problem(problem).0,
    }
}

/// How far the copying is.
pub fn copied(verified: usize, others: usize, state: &AuditState) -> String {
    let how = match state {
        AuditState::Running => Text::new("Copying", "コピー中"),
        AuditState::Done => Text::new("Done", "完了"),
        AuditState::Cancelled => Text::new("Stopped", "停止"),
        AuditState::Failed(_) => Text::new("Ended", "中断"),
    };
    said!(
        "{how}: {verified} copied and verified, {others} not.",
        "{how}: コピーして検証済み {verified} 個、それ以外 {others} 個"
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
    use super::super::speak;
    use super::*;

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
