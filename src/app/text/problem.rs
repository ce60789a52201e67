//! What went wrong, and the next step.

use super::detail::{detail, translated};
use super::{Language, SAVE_FIRST, Text, downloads, gap, language, preview, said, storage};
use crate::app::format;
use crate::driver::Problem;

/// The next step where the browser refused something.
const TRY_AGAIN: Text = Text::new(
    "Try again. If it happens again, reload the page once no transfer is running: a reload \
    interrupts them.",
    "もう一度試してください。再び発生する場合は、\
    実行中の転送がないときにページを再読み込みしてください\
    （再読み込みすると転送は中断されます）。",
);

/// What happened, and the next step.
pub fn problem(problem: &Problem) -> (String, String) {
    let plain = |what: Text, next: Text| (what.into(), next.into());
    match problem {
        Problem::Offline => plain(
            Text::new("This computer is offline.", "このコンピューターはオフラインです。"),
            Text::new(
                "Transfers go on by themselves when the network is back; anything else, try again then.",
                "転送は、ネットワークが復旧すると自動的に再開されます。ほかの操作は、\
                復旧後にもう一度試してください。",
            ),
        ),
        Problem::MixedContent { endpoint } => (
            said!(
                "This page came over https, and browsers do not let it talk to {endpoint}.",
                "このページは https で読み込まれているため、\
                ブラウザーは {endpoint} との通信を許可しません。"
            ),
            Text::new(
                "Use the storage's https endpoint, or open this page from http on the same computer.",
                "ストレージの https エンドポイントを使用するか、\
                このページを同じコンピューター上の http（http://localhost など）から開いてください。",
            )
            .into(),
        ),
        Problem::PlainHttp { host } => (
            said!(
                "The connection to {host} is plain http: names, and files without client-side \
                encryption, can be read on the way.",
                "{host} への接続は、暗号化されていない http です。名前や、\
                クライアント側で暗号化されていないファイルの内容が、通信経路上で読み取られる可能性があります。"
            ),
            Text::new(
                "Use https if the storage offers it.",
                "ストレージが対応している場合は、https を使用してください。",
            )
            .into(),
        ),
        Problem::BadEndpoint { endpoint } => (
            said!(
                "“{endpoint}” is not an endpoint URL.",
                "「{endpoint}」はエンドポイント URL ではありません。"
            ),
            Text::new(
                "Write it like https://s3.example.org, without a bucket or a key.",
                "バケット名やオブジェクトキーを含めず、https://s3.example.org のように入力してください。",
            )
            .into(),
        ),
        Problem::BadBucketName { bucket } => (
            said!(
                "“{bucket}” cannot be a bucket's name at this address.",
                "このエンドポイントでは、「{bucket}」をバケット名として使用できません。"
            ),
            Text::new(
                "Check its spelling; try path-style addressing.",
                "つづりを確認してください。または、アドレス形式をパス形式に変えて試してください。",
            )
            .into(),
        ),
        Problem::Missing { field: "connection" } => plain(
            Text::new("No bucket is connected.", "バケットに接続していません。"),
            Text::new("Connect to one first.", "先にバケットに接続してください。"),
        ),
        Problem::Missing { field } => {
            let field = self::field(field);
            (
                said!("{field} is empty.", "「{field}」が入力されていません。"),
                Text::new(
                    "Fill it in and try again.",
                    "入力してから、もう一度試してください。",
                )
                .into(),
            )
        }
        Problem::Unreachable { endpoint } => (
            said!("Nothing answers at {endpoint}.", "{endpoint} から応答がありません。"),
            Text::new(
                "Check the endpoint's name and port, the certificate, and whether this network reaches \
                it (VPN, firewall).",
                "エンドポイントの名前とポート、証明書、およびこのネットワークから到達できるかどうか\
                （VPN、ファイアウォール）を確認してください。",
            )
            .into(),
        ),
        Problem::BucketHostUnreachable { host, endpoint } => (
            said!(
                "{endpoint} answers, but nothing answers at {host}, where the bucket's name is in the host.",
                "{endpoint} は応答していますが、バケット名を含むホスト {host} からは応答がありません。"
            ),
            Text::new(
                "Choose path-style addressing, or check the bucket's name and whether the certificate is for that host too.",
                "アドレス形式に「パス形式」を選択するか、バケット名と、証明書がそのホストにも有効かどうかを確認してください。",
            )
            .into(),
        ),
        Problem::CorsBlocked { endpoint, origin } => (
            said!(
                "{endpoint} answers, but the browser may not read it.",
                "{endpoint} は応答していますが、ブラウザーはその応答を読み取れません。"
            ),
            said!(
                "Either the bucket has no CORS rule for {origin}, or the access key, the bucket name or \
                this computer's clock is wrong: many storages send such refusals without CORS. Check \
                the key and the name first, then have the bucket's owner set the CORS rule this page \
                needs.",
                "バケットに {origin} のための CORS ルールがないか、アクセスキー、バケット名、\
                またはこのコンピューターの時計が正しくありません（多くのストレージは、\
                認証エラーなどで拒否するときの応答に CORS ヘッダーを付けません）。\
                先にアクセスキーとバケット名を確認し、それから、\
                このページに必要な CORS ルールの設定をバケットの所有者に依頼してください。"
            ),
        ),
        Problem::UnknownAccessKey => plain(
            Text::new(
                "The storage does not know this access key ID.",
                "ストレージに、このアクセスキー ID は登録されていません。",
            ),
            Text::new(
                "Check it, and the endpoint it belongs to.",
                "アクセスキー ID と、それが属するエンドポイントを確認してください。",
            ),
        ),
        Problem::WrongSecret => plain(
            Text::new(
                "The secret access key does not fit the access key ID.",
                "シークレットアクセスキーが、このアクセスキー ID のものではありません。",
            ),
            Text::new(
                "Paste it again, without spaces around it.",
                "前後に空白が入らないように、もう一度貼り付けてください。",
            ),
        ),
        Problem::ExpiredToken => plain(
            Text::new(
                "The session token has expired.",
                "セッショントークンの有効期限が切れています。",
            ),
            Text::new(
                "Get new credentials, connect again, and retry.",
                "新しい認証情報を取得し、接続し直してから再試行してください。",
            ),
        ),
        Problem::WrongRegion { expected } => (
            Text::new(
                "The bucket is in another region.",
                "バケットは別のリージョンにあります。",
            )
            .into(),
            match expected {
                Some(region) => said!(
                    "Set the region to {region}.",
                    "リージョンを {region} に設定してください。"
                ),
                None => Text::new(
                    "The storage sends the request elsewhere without saying where. Ask the bucket's owner \
                    for its region, and use the endpoint of that region.",
                    "ストレージは、リクエストを別の場所に送るよう応答しましたが、その場所を示していません。\
                    リージョンをバケットの所有者に確認し、そのリージョンのエンドポイントを使用してください。",
                )
                .into(),
            },
        ),
        Problem::ClockSkew { seconds: 0 } => plain(
            Text::new(
                "The storage refuses the request as too early or too late: this computer's clock may be off.",
                "リクエストの時刻がずれているため、ストレージが拒否しました。このコンピューターの時計がずれている可能性があります。",
            ),
            Text::new(
                "Set the clock (turn automatic time on), then try again.",
                "時計を合わせて（時刻の自動設定をオンにして）から、もう一度試してください。",
            ),
        ),
        Problem::ClockSkew { seconds } => {
            let off = off_by(*seconds);
            (
                match *seconds > 0 {
                    true => said!(
                        "This computer's clock is {off} ahead of the storage's.",
                        "このコンピューターの時計は、ストレージの時計より {off} 進んでいます。"
                    ),
                    false => said!(
                        "This computer's clock is {off} behind the storage's.",
                        "このコンピューターの時計は、ストレージの時計より {off} 遅れています。"
                    ),
                },
                Text::new(
                    "It is corrected for in this page; set the clock when you can.",
                    "このページの中では補正されています。可能なときに時計を合わせてください。",
                )
                .into(),
            )
        }
        Problem::NoSuchBucket { bucket } => (
            said!(
                "There is no bucket named {bucket}.",
                "{bucket} という名前のバケットはありません。"
            ),
            Text::new(
                "Check its name and the endpoint.",
                "バケット名とエンドポイントを確認してください。",
            )
            .into(),
        ),
        Problem::NoSuchKey { key } => (
            said!(
                "There is no object {key} any more.",
                "オブジェクト {key} はもうありません。"
            ),
            Text::new("Refresh the list.", "一覧を更新してください。").into(),
        ),
        Problem::AccessDenied { operation } => (
            said!(
                "These credentials may not do that ({operation}).",
                "この認証情報には、この操作（{operation}）の権限がありません。"
            ),
            Text::new(
                "Ask the bucket's owner for the permission; check that this is the right bucket and the \
                right key.",
                "バケットの所有者に権限の付与を依頼してください。バケットとアクセスキーが正しいことも確認してください。",
            )
            .into(),
        ),
        Problem::Archived => plain(
            Text::new(
                "This object is archived (Glacier, for one): the storage does not give its content out.",
                "このオブジェクトはアーカイブされているため（Glacier など）、\
                ストレージは内容を返しません。",
            ),
            Text::new(
                "Have it restored first (“Initiate restore” in Amazon's console, or aws s3api \
                restore-object), then try again.",
                "先に復元してから（Amazon のコンソールの「復元を開始」、\
                または aws s3api restore-object）、もう一度試してください。",
            ),
        ),
        Problem::NotImplemented { operation, message } => {
            let words = in_its_words(message);
            (
                said!(
                    "This storage does not offer {operation}{words}.",
                    "このストレージは {operation} に対応していません{words}。"
                ),
                Text::new("Nothing you can do here.", "このページで行える対処はありません。").into(),
            )
        }
        Problem::ServerBusy { status } => (
            said!(
                "The storage is busy or broken (status {status}); several tries did not help.",
                "ストレージが混雑しているか、障害が発生しています（ステータス {status}）。\
                何度か再試行しましたが、解消しませんでした。"
            ),
            Text::new("Retry later.", "後で再試行してください。").into(),
        ),
        Problem::Contradictory { what } => {
            let what = detail(what);
            (
                said!(
                    "What this object says about its encryption does not fit together: {what}. It is refused \
                    as a whole; no reading of it is tried.",
                    "このオブジェクトの暗号化に関する記述に矛盾があります（{what}）。このオブジェクトは、\
                    どのような解釈でも読み取りません。"
                ),
                Text::new(
                    "Somebody changed it, or a program copied only part of its metadata. Get another copy, \
                    or download it as stored.",
                    "誰かが変更したか、プログラムがメタデータの一部だけをコピーしたと考えられます。\
                    別のコピーを入手するか、復号せずにダウンロードしてください。",
                )
                .into(),
            )
        }
        Problem::EnvelopeHidden => plain(
            Text::new(
                "This object is encrypted, but the bucket's CORS rule hides part of what it says about \
                that.",
                "このオブジェクトは暗号化されていますが、暗号化に関する記述の一部が CORS により見えません。",
            ),
            Text::new(
                "Ask the bucket's owner to expose every x-amz-meta-x-amz-* header of this portal's rule; \
                Bucket encryption → CORS check shows which are missing.",
                "バケットの所有者に、このポータルのルールにあるすべての x-amz-meta-x-amz-* ヘッダーの公開\
                （ExposeHeaders への追加）を依頼してください。\
                不足しているヘッダーは「バケットの暗号化」→「CORS の確認」に表示されます。",
            ),
        ),
        Problem::InstructionFileMissing { file } => (
            said!(
                "This object's key is in an instruction file that is not there: {file}.",
                "このオブジェクトの鍵を含むインストラクションファイル {file} がありません。"
            ),
            Text::new(
                "Without it nobody can read the object. Look whether it was moved or deleted, and put it \
                back.",
                "このファイルがないと、誰もオブジェクトを読み取れません。\
                移動または削除されていないか確認し、元に戻してください。",
            )
            .into(),
        ),
        Problem::Base64Message => plain(
            Text::new(
                "This is a message of the AWS Encryption SDK that was stored as base64 text, not as \
                bytes.",
                "このオブジェクトは AWS Encryption SDK のメッセージですが、\
                バイト列ではなく Base64 のテキストとして保存されています。",
            ),
            Text::new(
                "Download it as stored, decode it (base64 -d), and upload the result without encryption: \
                then it opens here and everywhere else.",
                "復号せずにダウンロードしてデコードし（base64 -d）、その結果を暗号化せずにアップロードしてください。\
                そうすると、ここでもほかのプログラムでも開けるようになります。",
            ),
        ),
        Problem::NoPreview(why) => preview::none(*why),
        Problem::Paused => plain(Text::new("Paused.", "一時停止しています。"), Text::same("")),
        Problem::OtherFile => plain(
            Text::new(
                "This is not the file that was begun: its size or date differs.",
                "開始したときのファイルではありません。サイズまたは日時が異なります。",
            ),
            Text::new(
                "Choose the same file, or discard the unfinished upload and upload this one anew.",
                "同じファイルを選択するか、未完了のアップロードを破棄して、\
                このファイルを新たにアップロードしてください。",
            ),
        ),
        Problem::UsedElsewhere => plain(
            Text::new(
                "Another tab goes on with this transfer.",
                "この転送は、別のタブで続行されています。",
            ),
            Text::new(
                "Let it finish there, or close that tab and resume here.",
                "そのタブで完了するのを待つか、そのタブを閉じてここで再開してください。",
            ),
        ),
        Problem::SameKey => plain(
            Text::new(
                "Another file in this queue becomes the same object; this one was not sent, so that \
                neither is lost.",
                "キューにある別のファイルが、同じオブジェクトキーになります。どちらも失われないように、\
                このファイルは送信していません。",
            ),
            Text::new(
                "Rename one of them, or add this one again when the other has arrived: you will be asked.",
                "どちらかの名前を変更するか、もう一方のアップロードが完了してからこのファイルを追加し直してください\
                （その際に、置き換えるかどうかの確認が表示されます）。",
            ),
        ),
        Problem::AlreadyExists => plain(
            Text::new(
                "An object with this key exists already.",
                "このオブジェクトキーのオブジェクトはすでに存在します。",
            ),
            Text::new(
                "Upload again and choose to replace it.",
                "もう一度アップロードし、既存のファイルの置き換えを選択してください。",
            ),
        ),
        Problem::ListDenied { bucket } => (
            said!(
                "The storage does not let these credentials list {bucket}: nothing of it can be shown.",
                "ストレージは、この認証情報で {bucket} の一覧を取得することを許可していません。\
                バケットの中身は何も表示できません。"
            ),
            Text::new(
                "If its name is right, uploading may work all the same; that a file is there, you have \
                only the storage's word for then.",
                "バケット名が正しければ、アップロードはできる可能性があります。ただし、\
                ファイルが保存されたことの根拠は、ストレージの応答だけになります。",
            )
            .into(),
        ),
        Problem::Unconfirmed { why } => {
            let (why, next) = self::problem(why);
            let next = said!(
                "{next} Retry looks again, and sends nothing.",
                "{next}「再試行」を押すと、確認だけをやり直します。ファイルは送信されません。"
            );
            (
                said!(
                    "The storage took the file, but it could not be looked at, so nobody knows that all of \
                    it is there: {why}",
                    "ストレージはファイルを受け取りましたが、確認できなかったため、\
                    すべてが保存されたかどうかはわかりません。{why}"
                ),
                next.trim_start().to_owned(),
            )
        }
        Problem::WrittenOver { key } => (
            said!(
                "The storage took the file, but {key} is another object by now: somebody else wrote to \
                it.",
                "ストレージはファイルを受け取りましたが、{key} はすでに別のオブジェクトになっています。\
                ほかの誰かが書き込みました。"
            ),
            Text::new(
                "Look at that object; to replace it, upload this file again.",
                "そのオブジェクトを確認してください。置き換える場合は、\
                このファイルをもう一度アップロードしてください。",
            )
            .into(),
        ),
        Problem::PartsRemain => plain(
            Text::new(
                "This browser has forgotten the upload, but these credentials may not remove the parts \
                that were sent.",
                "このブラウザーからアップロードの記録は削除されましたが、この認証情報には、\
                送信済みのパートを削除する権限がありません。",
            ),
            Text::new(
                "They stay in the bucket, unseen: ask its owner to abort incomplete multipart uploads.",
                "パートは、一覧に表示されないままバケットに残ります。\
                不完全なマルチパートアップロードの中止をバケットの所有者に依頼してください。",
            ),
        ),
        Problem::CopiedPartsRemain { bucket, why } => {
            let (why, _) = self::problem(why);
            let gap = gap();
            (
                said!(
                    "{why}{gap}The parts that were copied could not be removed from {bucket}.",
                    "{why}{gap}コピー済みのパートを {bucket} から削除できませんでした。"
                ),
                said!(
                    "Connect to {bucket} and abort this object's incomplete upload there.",
                    "{bucket} に接続し、このオブジェクトの不完全なアップロードを中止してください。"
                ),
            )
        }
        Problem::ObjectChanged => plain(
            Text::new(
                "The object was changed while it was being read.",
                "読み取り中にオブジェクトが変更されました。",
            ),
            Text::new(
                "Try again: the new version will be read.",
                "もう一度試してください。新しいバージョンが読み取られます。",
            ),
        ),
        Problem::Refused {
            operation,
            status,
            code,
            message,
        } => {
            // Ours, of an upload that the storage does not know any more; any other words are the storage's.
            let message = match code.as_str() {
                "NoSuchUpload" => detail(message),
                _ => message.as_str().into(),
            };
            let words = [code.as_str(), &*message].into_iter().filter(|word| !word.is_empty());
            match words.collect::<Vec<_>>().join(" ") {
                // An answer to HEAD has no words.
                words if words.is_empty() => (
                    said!(
                        "The storage refused {operation} (status {status}) without saying why.",
                        "ストレージは {operation} を拒否しました（ステータス {status}）。理由は示されていません。"
                    ),
                    Text::new(
                        "Ask the storage's operators if it goes on.",
                        "続く場合は、ストレージの運用者に問い合わせてください。",
                    )
                    .into(),
                ),
                words => (
                    said!(
                        "The storage refused {operation}: {words} (status {status}).",
                        "ストレージは {operation} を拒否しました: {words}（ステータス {status}）。"
                    ),
                    Text::new(
                        "If the words do not help, ask the storage's operators.",
                        "この応答で解決しない場合は、ストレージの運用者に問い合わせてください。",
                    )
                    .into(),
                ),
            }
        }
        Problem::BadAnswer { operation, detail: why } => {
            let why = detail(why);
            (
                said!(
                    "The answer to {operation} makes no sense: {why}.",
                    "{operation} への応答が正しくありません（{why}）。"
                ),
                Text::new(
                    "Check that the endpoint is an S3 storage.",
                    "エンドポイントが S3 ストレージであることを確認してください。",
                )
                .into(),
            )
        }
        Problem::SizeMismatch { sent, found } => (
            said!(
                "{sent} bytes were sent, but the bucket has {found}: do not trust this object.",
                "{sent} バイトを送信しましたが、バケットにあるのは {found} バイトです。\
                このオブジェクトを信頼しないでください。"
            ),
            Text::new("Retry the upload.", "アップロードを再試行してください。").into(),
        ),
        Problem::FileUnreadable => plain(
            Text::new(
                "The file cannot be read: it was moved, changed or deleted.",
                "ファイルを読み取れません。移動、変更、または削除されています。",
            ),
            Text::new("Pick it again.", "もう一度選択してください。"),
        ),
        Problem::FileNotAllowed => plain(
            Text::new(
                "The browser was not allowed to read the file again.",
                "ブラウザーに、ファイルをもう一度読み取る許可が与えられませんでした。",
            ),
            Text::new(
                "Press Resume once more and allow it, or choose the file again.",
                "「再開」をもう一度押して許可するか、ファイルをもう一度選択してください。",
            ),
        ),
        Problem::EncryptedWrongly => plain(
            Text::new(
                "A part did not open right after it was encrypted: this computer or its browser computes \
                wrongly. The part was not sent.",
                "パートを暗号化した直後に、復号できませんでした。\
                このコンピューターまたはブラウザーの計算に誤りがあります。このパートは送信していません。",
            ),
            Text::new(
                "Do not trust this computer with the file; try another one, or another browser.",
                "このコンピューターでこのファイルを扱わないでください。別のコンピューター、\
                または別のブラウザーで試してください。",
            ),
        ),
        Problem::FileChanged => plain(
            Text::new(
                "The file changed while it was being uploaded.",
                "アップロード中にファイルが変更されました。",
            ),
            Text::new(
                "Retry: it starts over with a fresh key.",
                "再試行してください。新しいデータキーで最初からやり直します。",
            ),
        ),
        Problem::BadObjectKey { key } => (
            said!(
                "“{key}” cannot be sent: object keys in a browser must not be empty, hold “.” or \
                “..” as a folder, or be over 1024 bytes.",
                "「{key}」は送信できません。空のオブジェクトキー、\
                「.」または「..」という名前のフォルダーを含むオブジェクトキー、\
                1024 バイトを超えるオブジェクトキーは、ブラウザーでは扱えません。"
            ),
            Text::new(
                "Rename the file or the folder.",
                "ファイルまたはフォルダーの名前を変更してください。",
            )
            .into(),
        ),
        Problem::AstralKey { key } => (
            said!(
                "The storage does not take a request about “{key}”. Some (Scality 7.4) cannot check \
                signatures of names with emoji or other characters beyond U+FFFF.",
                "ストレージは、「{key}」に関するリクエストを受け付けません。一部のストレージ\
                （Scality 7.4）は、絵文字など U+FFFF を超える文字を含む名前の署名を検証できません。"
            ),
            Text::new(
                "Rename the file and try again; if other files fail too, check the secret access key.",
                "ファイル名を変更して、もう一度試してください。ほかのファイルも失敗する場合は、\
                シークレットアクセスキーを確認してください。",
            )
            .into(),
        ),
        Problem::TooLarge { limit } => {
            let limit = format::size(*limit);
            (
                said!(
                    "This is larger than the limit of {limit}.",
                    "上限の {limit} を超えています。"
                ),
                Text::new("Split it.", "分割してください。").into(),
            )
        }
        Problem::BadKeyMaterial => plain(
            Text::new("This is not a 256-bit key.", "256 ビットの鍵ではありません。"),
            Text::new(
                "Use 32 raw bytes, 64 hex digits, base64 of 32 bytes, or an RSA key in PEM.",
                "32 バイトのバイナリ、64 桁の 16 進数、32 バイトの Base64、\
                または PEM 形式の RSA 鍵を使用してください。",
            ),
        ),
        Problem::Locked { why } => {
            let why = detail(why);
            (
                said!(
                    "This object is in an older format and stays closed: {why}.",
                    "このオブジェクトは古い形式のため、開きません。{why}。"
                ),
                Text::new(
                    "If you know where it comes from, open it in its details with “Unlock and download”.",
                    "出所がわかっている場合は、オブジェクトの詳細で「ロックを解除してダウンロード」を選択して\
                    ください。",
                )
                .into(),
            )
        }
        Problem::KmsUnreachable { endpoint } => (
            said!(
                "No readable answer from KMS at {endpoint}: it is not there, or it does not allow this \
                page (CORS).",
                "{endpoint} の KMS から、読み取れる応答がありません。KMS がそこにないか、\
                このページからのアクセスを許可していません（CORS）。"
            ),
            Text::new(
                "AWS itself allows no pages: use a proxy that adds CORS, or a key of your own instead.",
                "AWS の KMS は Web ページからのアクセスを許可しません。\
                CORS ヘッダーを付けるプロキシを使用するか、KMS の代わりに手元の鍵を使用してください。",
            )
            .into(),
        ),
        Problem::KmsRefused { code, message } => {
            // What has no code, or was not sent, are our own words.
            let (code, message) = match code.as_str() {
                "" | "not sent" => (detail(code), detail(message)),
                _ => (code.as_str().into(), message.as_str().into()),
            };
            (
                match &*code {
                    "" => said!("KMS refused: {message}", "KMS の応答を使用できません: {message}"),
                    code => said!(
                        "KMS refused ({code}): {message}",
                        "KMS が拒否しました（{code}）: {message}"
                    ),
                },
                Text::new(
                    "Check the key's id and its policy, and that these credentials may use it.",
                    "KMS キー ID とキーポリシー、およびこの認証情報にキーの使用権限があることを確認してください。",
                )
                .into(),
            )
        }
        Problem::KmsClockOff { seconds } => {
            let off = off_by(*seconds);
            (
                match *seconds > 0 {
                    true => said!(
                        "KMS refuses the request: this computer's clock is {off} ahead of its own.",
                        "KMS がリクエストを拒否しました。このコンピューターの時計は、KMS の時計より {off} 進んでいます。"
                    ),
                    false => said!(
                        "KMS refuses the request: this computer's clock is {off} behind its own.",
                        "KMS がリクエストを拒否しました。このコンピューターの時計は、KMS の時計より {off} 遅れています。"
                    ),
                },
                Text::new(
                    "Set the clock (turn automatic time on), then try again.",
                    "時計を合わせて（時刻の自動設定をオンにして）から、もう一度試してください。",
                )
                .into(),
            )
        }
        Problem::KmsReadsOnly { key_id } => (
            said!(
                "These credentials may not encrypt with the KMS key {key_id} (kms:GenerateDataKey). It is used to open objects only.",
                "この認証情報には、KMS キー {key_id} で暗号化する権限（kms:GenerateDataKey）がありません。\
                このキーは、オブジェクトの復号にのみ使用されます。"
            ),
            Text::new(
                "Choose another key for uploads, or ask for that permission.",
                "アップロードには別の鍵を選択するか、その権限の付与を依頼してください。",
            )
            .into(),
        ),
        Problem::BadRsaKey { detail: why } => {
            let why = detail(why);
            (
                said!("This key cannot be used: {why}.", "この鍵は使用できません。{why}。"),
                Text::new("Choose another file.", "別のファイルを選択してください。").into(),
            )
        }
        Problem::PublicKeyOnly => plain(
            Text::new(
                "Only the public half of this key is here: it encrypts, but opens nothing.",
                "この鍵は公開鍵だけです。暗号化はできますが、復号はできません。",
            ),
            Text::new(
                "Load the private key to read.",
                "読み取るには、秘密鍵を読み込んでください。",
            ),
        ),
        Problem::ReservedNamespace => plain(
            Text::new(
                "Namespaces that start with aws-kms belong to AWS KMS keys.",
                "aws-kms で始まる名前空間は、AWS KMS のキー専用です。",
            ),
            Text::new("Choose another namespace.", "別の名前空間を指定してください。"),
        ),
        Problem::DuplicateKey { label } => (
            said!(
                "This key is here already, as {label}.",
                "この鍵は、すでに {label} として読み込まれています。"
            ),
            Text::new("Use that one.", "その鍵を使用してください。").into(),
        ),
        Problem::RecipientMissing { missing } => {
            let missing = listed(missing);
            (
                said!(
                    "This upload must start over, but not for fewer recipients than it was begun for: \
                    {missing} is missing.",
                    "このアップロードは最初からやり直す必要がありますが、\
                    開始したときより受信者を減らすことはできません。不足している鍵: {missing}。"
                ),
                Text::new(
                    "Load that key, or discard the upload and upload the file anew.",
                    "その鍵を読み込むか、アップロードを破棄して、ファイルを新たにアップロードしてください。",
                )
                .into(),
            )
        }
        Problem::ContextMismatch { stored, required } => (
            match stored.as_str() {
                "" => said!(
                    "You require the encryption context {required}, and this object has none. Nothing was \
                    saved.",
                    "必須の暗号化コンテキスト（{required}）が、このオブジェクトにはありません。\
                    何も保存していません。"
                ),
                stored => said!(
                    "You require the encryption context {required}, and this object has {stored}. Nothing \
                    was saved.",
                    "必須の暗号化コンテキストは {required} ですが、このオブジェクトのものは {stored} です。\
                    何も保存していません。"
                ),
            },
            Text::new(
                "It may be another object than you think. If it is the right one, change what you \
                require on the Keys page.",
                "想定とは別のオブジェクトの可能性があります。このオブジェクトで正しい場合は、\
                「鍵」ページで必須のコンテキストを変更してください。",
            )
            .into(),
        ),
        Problem::OneRecipient => plain(
            Text::new(
                "Objects of the S3 Encryption Client have one recipient.",
                "S3 Encryption Client のオブジェクトの受信者は、1 人だけです。",
            ),
            Text::new(
                "Choose the AWS Encryption SDK format, or one key.",
                "AWS Encryption SDK の形式を選択するか、鍵を 1 つだけ選択してください。",
            ),
        ),
        Problem::OnePassphrase => plain(
            Text::new(
                "An object can be opened with one passphrase only.",
                "1 つのオブジェクトを開けるパスフレーズは、1 つだけです。",
            ),
            Text::new(
                "Take one of them out on the Keys page.",
                "「鍵」ページで、どちらかを外してください。",
            ),
        ),
        Problem::NoKey => plain(
            Text::new("No key is chosen.", "鍵が選択されていません。"),
            Text::new("Choose one on the Keys page.", "「鍵」ページで選択してください。"),
        ),
        Problem::KeyNotSaved => plain(
            Text::new("This key was not saved yet.", "この鍵はまだ保存されていません。"),
            SAVE_FIRST,
        ),
        Problem::KeyNeeded { needed } => (
            Text::new(
                "None of your keys opens this object. Nothing was saved.",
                "手元のどの鍵でも、このオブジェクトを開けません。何も保存していません。",
            )
            .into(),
            match needed {
                Some(needed) => key_needed(needed),
                None => Text::new(
                    "Load its key on the Keys page.",
                    "このオブジェクトの鍵を、「鍵」ページで読み込んでください。",
                )
                .into(),
            },
        ),
        Problem::NotAuthentic => plain(
            Text::new(
                "The object is not authentic: it was damaged or tampered with. Nothing was saved.",
                "オブジェクトの真正性を確認できません。破損しているか、改ざんされています。\
                何も保存していません。",
            ),
            Text::new(
                "Retry once; if it stays, get another copy, and tell the bucket's owner.",
                "一度だけ再試行してください。解消しない場合は、別のコピーを入手し、\
                バケットの所有者に知らせてください。",
            ),
        ),
        Problem::UnsupportedEncryption { what } => {
            let what = detail(what);
            (
                said!(
                    "This version of sealdrop cannot read {what}. Nothing was saved.",
                    "このバージョンの sealdrop では読み取れません（{what}）。何も保存していません。"
                ),
                Text::new(
                    "Download it as stored and open it with the official library.",
                    "復号せずにダウンロードし、公式ライブラリで開いてください。",
                )
                .into(),
            )
        }
        Problem::NoSpace { needed, free } => {
            let (needed, free) = ((*needed > 0).then(|| format::size(*needed)), free.map(format::size));
            (
                match (needed, free) {
                    (None, _) => Text::new(
                        "The disk, or this browser's share of it, is full.",
                        "ディスク、またはこのブラウザーに割り当てられた領域に空きがありません。",
                    )
                    .into(),
                    (Some(needed), Some(free)) => said!(
                        "{needed} are needed, {free} are free for this page.",
                        "{needed} が必要ですが、このページで使用できる空きは {free} です。"
                    ),
                    (Some(needed), None) => said!(
                        "{needed} are needed; this browser has less.",
                        "{needed} が必要ですが、このブラウザーの空きはそれより少なくなっています。"
                    ),
                },
                Text::new(
                    "Free some space and retry. What was downloaded just now counts for some minutes more, \
                    until the browser has surely saved it.",
                    "空きを増やしてから再試行してください。ダウンロードしたばかりのファイルは、\
                    ブラウザーが確実に保存し終えるまで、さらに数分間は使用量に含まれます。",
                )
                .into(),
            )
        }
        Problem::NotRemoved => plain(
            Text::new(
                "What had come of this download is still in this browser's private storage: the browser \
                does not let go of it.",
                "このダウンロードの受信済みの部分が、このブラウザー内の専用領域に残っています。\
                ブラウザーが解放しないため、削除できません。",
            ),
            Text::new(
                "Close other tabs of this page, then press Discard.",
                "このページのほかのタブを閉じてから、「破棄」を押してください。",
            ),
        ),
        Problem::NotWritten { detail: why } => {
            let why = detail(why);
            (
                said!(
                    "The browser does not write this file into the folder: {why}",
                    "ブラウザーが、このファイルをフォルダーに書き込みません: {why}"
                ),
                Text::new(
                    "Download it by itself, or everything as a ZIP.",
                    "このファイルだけをダウンロードするか、すべてを ZIP としてダウンロードしてください。",
                )
                .into(),
            )
        }
        Problem::Unpacked => plain(
            Text::new(
                "This object was stored packed (Content-Encoding), and the browser unpacks it on the \
                way, or fails to: its stored bytes do not arrive. Nothing was saved.",
                "このオブジェクトは圧縮された状態で保存されており（Content-Encoding）、\
                ブラウザーが受信時に展開する（または展開に失敗する）ため、保存されたとおりのデータを受け取れません。\
                何も保存していません。",
            ),
            Text::new(
                "This storage cannot be asked not to. Fetch the object with a program that leaves it \
                packed, such as aws s3 cp.",
                "このストレージでは、展開を避けるように要求できません。aws s3 cp など、\
                圧縮されたまま受け取るプログラムで取得してください。",
            ),
        ),
        Problem::PartsHidden => plain(
            Text::new(
                "This page may read the object as a whole, but not in parts, as it must: the storage's answers to \
                byte ranges (206) seem to have no CORS headers. Nothing was saved.",
                "このページは、オブジェクト全体の応答は読み取れますが、ダウンロードに必要な、部分ごとの応答を読み取れません。\
                バイト範囲への応答（206）に CORS ヘッダーがないと考えられます。何も保存していません。",
            ),
            Text::new(
                "Ask whoever runs the storage, or what stands before it (a proxy, a CDN), to send the same CORS \
                headers with 206 as with 200. Until then fetch the object with a program, such as aws s3 cp.",
                "ストレージ、またはその手前にあるもの（プロキシ、CDN）の管理者に、200 と同じ CORS ヘッダーを 206 にも付けるよう依頼してください。\
                それまでは、aws s3 cp などのプログラムで取得してください。",
            ),
        ),
        Problem::SomeMissing { missing, saved } => downloads::some_missing(*missing, *saved),
        Problem::CannotSave { limit } => {
            let limit = format::size(*limit);
            (
                said!(
                    "This browser window cannot save more than {limit} safely.",
                    "このブラウザーのウィンドウでは、{limit} を超えるファイルを安全に保存できません。"
                ),
                Text::new(
                    "Use a normal (not private) window.",
                    "プライベートウィンドウではなく、通常のウィンドウを使用してください。",
                )
                .into(),
            )
        }
        Problem::SseRefused {
            status,
            code,
            kind,
            message,
        } => (
            match status {
                0 => Text::new(
                    "The storage refuses the server-side encryption that was asked for, in a way this page \
                    may not read: without the wish, a test object is stored.",
                    "ストレージは、要求されたサーバー側の暗号化を拒否していますが、\
                    その応答はこのページから読み取れません。要求しない場合は、テストオブジェクトが保存されます。",
                )
                .into(),
                _ => {
                    let words = in_its_words(message);
                    said!(
                        "The storage refuses the server-side encryption that was asked for ({code}, status \
                        {status}{words}).",
                        "ストレージは、要求されたサーバー側の暗号化を拒否しました（{code}、\
                        ステータス {status}）{words}。"
                    )
                }
            },
            storage::sse_refused(*status, *kind).into(),
        ),
        Problem::SseUnconfirmed { key } => (
            said!(
                "{key} was stored, but HEAD does not show the server-side encryption it asked for.",
                "{key} は保存されましたが、要求したサーバー側の暗号化が HEAD の結果に示されていません。"
            ),
            Text::new(
                "Do not rely on it: encrypt in the browser (CSE), or use a bucket that encrypts. The \
                badges tell which files it concerns.",
                "暗号化されているものとして扱わないでください。ブラウザーで暗号化するか（CSE）、\
                暗号化を行うバケットを使用してください。該当するファイルはバッジでわかります。",
            )
            .into(),
        ),
        Problem::NoBucketDefaults => plain(
            Text::new(
                "This storage knows no default encryption for buckets, so the new one would be plain. \
                Nothing was created.",
                "このストレージはバケットのデフォルトの暗号化に対応していないため、新しいバケットを作成しても、\
                オブジェクトは暗号化されません。何も作成していません。",
            ),
            Text::new(
                "If it is a Scality storage of before 7.10, as ABCI 2.0's was, choose “Scality header” \
                under “By”; only a bucket that is created so will ever encrypt.",
                "7.10 より前の Scality ストレージ（ABCI 2.0 など）の場合は、\
                「方法」で「Scality ヘッダー」を選択してください。暗号化を行うのは、\
                この方法で作成したバケットだけです。",
            ),
        ),
        Problem::NewBucketUnreadable { bucket } => (
            said!(
                "Nothing about {bucket} can be read from this page: it is not there yet, or it has no \
                CORS rule for it.",
                "このページからは、{bucket} について何も読み取れません。バケットがまだないか、\
                このページのための CORS ルールがありません。"
            ),
            Text::new(
                "Run the commands below, the one for the CORS rule too, then check again.",
                "下のコマンドを、CORS ルールのものも含めて実行してから、もう一度確認してください。",
            )
            .into(),
        ),
        Problem::ClockOff { seconds } => {
            let off = off_by(*seconds);
            (
                match *seconds > 0 {
                    true => said!(
                        "This computer's clock is {off} ahead: the storage refuses every request.",
                        "このコンピューターの時計が {off} 進んでいるため、\
                        ストレージはすべてのリクエストを拒否しています。"
                    ),
                    false => said!(
                        "This computer's clock is {off} behind: the storage refuses every request.",
                        "このコンピューターの時計が {off} 遅れているため、\
                        ストレージはすべてのリクエストを拒否しています。"
                    ),
                },
                Text::new(
                    "Set the clock (turn automatic time on), then connect again.",
                    "時計を合わせてから（時刻の自動設定をオンにしてください）、もう一度接続してください。",
                )
                .into(),
            )
        }
        Problem::KeyRefusedUnreadably => plain(
            Text::new(
                "The bucket is there and this page may read about it, but the answer to the signed \
                request is kept from this page.",
                "バケットは存在し、このページからその情報を読み取れますが、\
                署名付きリクエストへの応答はこのページから読み取れません。",
            ),
            Text::new(
                "Most storages do that with a wrong access key ID or secret access key: check both, and \
                the region.",
                "アクセスキー ID またはシークレットアクセスキーが間違っていると、\
                ほとんどのストレージがこのように応答します。両方とリージョンを確認してください。",
            ),
        ),
        Problem::CustomerKeyNeeded => plain(
            Text::new(
                "This object was stored with SSE-C: the storage shows nothing of it without the key it \
                was stored with.",
                "このオブジェクトは SSE-C で保存されています。保存時の鍵がなければ、ストレージは何も返しません。",
            ),
            Text::new(
                "Open the object's details and give its SSE-C key.",
                "オブジェクトの詳細を開き、SSE-C の鍵を入力してください。",
            ),
        ),
        Problem::CustomerKeyInClear => plain(
            Text::new(
                "The connection is plain http: everybody on the way could read the SSE-C key. It was not \
                sent.",
                "接続が暗号化されていない http のため、通信経路上の誰もが SSE-C の鍵を読み取れます。\
                鍵は送信していません。",
            ),
            Text::new(
                "Connect through the storage's https endpoint.",
                "ストレージの https エンドポイントに接続してください。",
            ),
        ),
        Problem::CustomerKeyUnreadable => plain(
            Text::new("This is no SSE-C key.", "SSE-C の鍵ではありません。"),
            Text::new(
                "Give 64 hex digits, or base64 of 32 bytes.",
                "64 桁の 16 進数、または 32 バイトの Base64 を入力してください。",
            ),
        ),
        Problem::CustomerKeyOfUpload => plain(
            Text::new(
                "This upload was begun with another SSE-C key; every part needs the same one.",
                "このアップロードは、別の SSE-C の鍵で開始されています。\
                すべてのパートに同じ鍵が必要です。",
            ),
            Text::new(
                "Give that key, or discard the upload and upload the file anew.",
                "その鍵を入力するか、アップロードを破棄して、ファイルを新たにアップロードしてください。",
            ),
        ),
        Problem::BadEncryptionContext => plain(
            Text::new(
                "The encryption context must be a JSON object of strings.",
                "暗号化コンテキストは、値がすべて文字列の JSON オブジェクトである必要があります。",
            ),
            Text::new(
                "Write it like {\"project\": \"climate\"}, or leave it empty.",
                "{\"project\": \"climate\"} のように入力するか、空のままにしてください。",
            ),
        ),
        Problem::CustomerKeyWrong => plain(
            Text::new(
                "The storage does not open the object with this key. The key was not kept.",
                "ストレージは、この鍵ではオブジェクトを開けません。鍵は保持していません。",
            ),
            Text::new(
                "Give the key the object was stored with.",
                "オブジェクトを保存したときの鍵を入力してください。",
            ),
        ),
        Problem::CustomerKeyBlocked { origin } => (
            Text::new(
                "The SSE-C key travels in headers, and the bucket's CORS rule does not let this page \
                send them.",
                "SSE-C の鍵はヘッダーで送信されますが、バケットの CORS ルールにより、\
                このページからはそのヘッダーを送信できません。",
            )
            .into(),
            said!(
                "Allow the headers x-amz-server-side-encryption-customer-* (AllowedHeaders) for {origin}\
                ; Bucket encryption → CORS check shows the rule.",
                "バケットの CORS ルールで、{origin} にヘッダー x-amz-server-side-encryption-customer-* を\
                許可してください（AllowedHeaders に追加）。ルールは「バケットの暗号化」→「CORS の確認」に表示されます。"
            ),
        ),
        Problem::BucketExists { bucket } => (
            said!(
                "There is a bucket named {bucket} already. Nothing was changed.",
                "{bucket} という名前のバケットはすでに存在します。何も変更していません。"
            ),
            Text::new("Choose another name.", "別の名前を指定してください。").into(),
        ),
        Problem::BrowserCannotCreate => plain(
            Text::new(
                "This storage does not let a browser create buckets: one that does not exist yet has no \
                CORS rule.",
                "このストレージでは、ブラウザーからバケットを作成できません。\
                まだ存在しないバケットには CORS ルールがないためです。",
            ),
            Text::new(
                "Run the command below in a terminal, then press “Check it now”.",
                "下のコマンドをターミナルで実行してから、「今すぐ確認」を押してください。",
            ),
        ),
        Problem::NotEncrypting { bucket } => (
            said!(
                "A test object in {bucket} was not shown as encrypted. Nothing was copied.",
                "{bucket} のテストオブジェクトが暗号化されていることを、確認できませんでした。何もコピーしていません。"
            ),
            Text::new(
                "Choose a bucket that encrypts; create one above.",
                "暗号化を行うバケットを選択してください。バケットは上で作成できます。",
            )
            .into(),
        ),
        Problem::RulesChanged => plain(
            Text::new(
                "Somebody changed the bucket's CORS rules meanwhile. Nothing was written.",
                "その間に、誰かがバケットの CORS ルールを変更しました。何も書き込んでいません。",
            ),
            Text::new(
                "Check again, and look at the difference.",
                "もう一度確認し、変更される内容を見直してください。",
            ),
        ),
        Problem::Browser { detail: words } => (
            translated(words).map_or_else(|| words.clone(), |words| format!("{words}。")),
            TRY_AGAIN.into(),
        ),
        Problem::NotPicked { paths } => (super::unreadable(paths), TRY_AGAIN.into()),
        Problem::LeftBehind { files, bucket } => {
            let count = format::count(*files as u64);
            (
                match (language(), files) {
                    (Language::English, 1) => format!(
                        "A file that was chosen for {bucket} still waited, and was not uploaded: another bucket \
                        is connected now."
                    ),
                    (Language::English, _) => format!(
                        "{count} files that were chosen for {bucket} still waited, and were not uploaded: \
                        another bucket is connected now."
                    ),
                    (Language::Japanese, _) => format!(
                        "{bucket} に送るために選択され、待機していた {count} 個のファイルは、\
                        アップロードされませんでした。現在は別のバケットに接続しています。"
                    ),
                },
                Text::new(
                    "Choose them again where they are to go.",
                    "送り先のバケットで、もう一度選択してください。",
                )
                .into(),
            )
        }
        Problem::Cancelled => plain(Text::new("Cancelled.", "キャンセルしました。"), Text::same("")),
    }
}

/// A field of a form, by its accessible name.
fn field(name: &'static str) -> Text {
    match name {
        "Endpoint URL" => super::ENDPOINT,
        "Region" => super::REGION,
        "Bucket" => super::BUCKET_NAME,
        "Access key ID" => super::ACCESS_KEY_ID,
        "Secret access key" => super::SECRET_ACCESS_KEY,
        "KMS key ID" => Text::new("KMS key ID", "KMS キー ID"),
        other => Text::same(other),
    }
}

/// Which key to load: by fingerprint or name, or what kind of key.
fn key_needed(needed: &str) -> String {
    let is_kind = ["a ", "an "].iter().any(|article| needed.starts_with(article));
    match language() {
        Language::English if is_kind => format!("Load {needed} on the Keys page."),
        Language::English => format!("Load the key {needed} on the Keys page."),
        Language::Japanese => {
            let any = needed.split(" or ").map(listed).collect::<Vec<_>>().join("、または ");
            format!("次の鍵を「鍵」ページで読み込んでください: {any}")
        }
    }
}

/// Names, which are joined with commas.
fn listed(names: &str) -> String {
    match language() {
        Language::English => names.to_owned(),
        Language::Japanese => names.split(", ").map(detail).collect::<Vec<_>>().join("、"),
    }
}

/// What the storage said, to be put behind our own words.
fn in_its_words(message: &str) -> String {
    match message.trim().trim_end_matches('.') {
        "" => String::new(),
        message => said!(" – “{message}”", "（応答:「{message}」）"),
    }
}

/// How far a clock is off, either way: in whole minutes, at least one. A Date header says no more than the second, and the
/// answer was under way for a while.
fn off_by(seconds: i64) -> String {
    let minutes = (seconds.unsigned_abs() as f64 / 60.0).round().max(1.0);
    format::duration(minutes * 60.0)
}

#[cfg(test)]
mod tests {
    use super::super::speak;
    use super::*;

    #[test]
    fn a_clock_is_off_by_minutes() {
        let said = |seconds| problem(&Problem::ClockSkew { seconds }).0;
        for seconds in [1199, 1200, 1201, 1229] {
            assert_eq!(said(seconds), "This computer's clock is 20 min ahead of the storage's.");
        }
        assert_eq!(said(-10_801), "This computer's clock is 3 h behind the storage's.");
        assert_eq!(off_by(1), "1 min");
    }

    #[test]
    fn what_comes_from_below_is_said_in_the_language_too() {
        let contradictory = Problem::Contradictory {
            what: "x-amz-iv is missing".into(),
        };
        let refused = Problem::NotImplemented {
            operation: "GetBucketCors",
            message: "A header is missing.".into(),
        };
        let lost = Problem::Browser {
            detail: "the worker lost the digest".into(),
        };
        let needed = |needed: &str| {
            problem(&Problem::KeyNeeded {
                needed: Some(needed.into()),
            })
            .1
        };
        assert!(problem(&contradictory).0.contains("together: x-amz-iv is missing. It"));
        assert_eq!(needed("a raw AES-256 key"), "Load a raw AES-256 key on the Keys page.");
        assert_eq!(needed("12ab-34cd"), "Load the key 12ab-34cd on the Keys page.");
        speak(Language::Japanese);
        let clock = problem(&Problem::ClockSkew { seconds: -3600 }).0;
        assert!(clock.contains("遅れています"), "{clock}");
        assert!(problem(&contradictory).0.contains("（x-amz-iv がありません）"));
        assert_eq!(
            problem(&refused).0,
            "このストレージは GetBucketCors に対応していません（応答:「A header is missing」）。",
            "words of a storage stay"
        );
        assert_eq!(
            problem(&lost).0,
            "ワーカーの応答に必要なもの（ダイジェスト）がありません。"
        );
        assert!(needed("12ab-34cd or lab / S3AESKey").ends_with(": 12ab-34cd、または lab / S3AESKey"));
        let field = problem(&Problem::Missing { field: "Endpoint URL" }).0;
        assert_eq!(field, "「エンドポイント URL」が入力されていません。");
        let unconfirmed = Problem::Unconfirmed {
            why: Box::new(Problem::Cancelled),
        };
        assert!(problem(&unconfirmed).1.starts_with("「再試行」"));
        speak(Language::English);
    }

    /// Every field that is named where it is found empty.
    #[test]
    fn every_field_has_a_name_in_japanese() {
        for name in [
            "Endpoint URL",
            "Region",
            "Bucket",
            "Access key ID",
            "Secret access key",
            "KMS key ID",
        ] {
            assert_eq!(field(name).get(), name);
            assert_ne!(field(name), Text::same(name), "{name}");
        }
    }
}
