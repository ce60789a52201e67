//! Words and sentences without variable parts, of every page.

use super::Text;

// The frame around every page.

/// The keyboard's way past the places.
pub const SKIP: Text = Text::new("Skip to content", "コンテンツへスキップ");
/// Names the links to the pages, for those who do not see them.
pub const PLACES: Text = Text::new("Places", "メインメニュー");
/// Link to the objects' page.
pub const BROWSE: Text = Text::new("Browse", "オブジェクト一覧");
/// Link to the transfers' page, its title, and the name of the lists.
pub const TRANSFERS: Text = Text::new("Transfers", "転送");
/// Link to the keys' page, its title, and the name of the list.
pub const KEYS: Text = Text::new("Keys", "鍵");
/// Link to the page of the bucket's encryption, and its title.
pub const BUCKET: Text = Text::new("Bucket encryption", "バケットの暗号化");
/// Link to the page where a bucket is connected.
pub const CONNECTION: Text = Text::new("Connection", "接続");
/// Closes a problem, the details or a report.
pub const CLOSE: Text = Text::new("Close", "閉じる");
/// In a field that may stay empty.
pub const OPTIONAL: Text = Text::new("optional", "省略可");
/// Shown while files are dragged over the page.
pub const DROP_HERE: Text = Text::new(
    "Drop to upload into this folder",
    "ドロップしてこのフォルダーにアップロード",
);
/// Shown while a file is dragged over the page before there is a bucket.
pub const DROP_CREDENTIALS: Text = Text::new("Drop a credentials file", "認証情報ファイルをドロップ");
/// Transfers wait for other credentials.
pub const CREDENTIALS_WANTED: Text = Text::new(
    "Transfers are paused until there are other credentials.",
    "新しい認証情報を入力するまで、転送は一時停止したままになります。",
);
/// Link from that notice to the connection's page.
pub const ENTER_CREDENTIALS: Text = Text::new("Enter new credentials", "新しい認証情報を入力");
/// A text was copied.
pub const COPIED: Text = Text::new("Copied.", "コピーしました。");
/// It was not.
pub const NOT_COPIED: Text = Text::new(
    "This page may not copy: select the text, and copy it with the keyboard.",
    "このページにはコピーが許可されていません。テキストを選択し、キーボードでコピーしてください。",
);

// The connection.

/// Title, and the link from pages that need a bucket.
pub const CONNECT_TITLE: Text = Text::new("Connect to a bucket", "バケットに接続");
/// Under the title: what the app does.
pub const TAGLINE: Text = Text::new(
    "Files are encrypted in this browser and go straight to your bucket.",
    "ファイルはこのブラウザーで暗号化され、バケットに直接送信されます。",
);
/// How it stands: nothing was tried.
pub const NOT_CONNECTED: Text = Text::new("Not connected to a bucket yet.", "まだバケットに接続していません。");
/// How it stands: an attempt is under way.
pub const CONNECTING: Text = Text::new("Connecting…", "接続しています…");
/// A group of fields.
pub const STORAGE: Text = Text::new("Storage and bucket", "ストレージとバケット");
/// Field: whose storage it is.
pub const PROVIDER: Text = Text::new("Provider", "プロバイダー");
/// Field: where requests name the bucket.
pub const STYLE: Text = Text::new("Addressing style", "アドレス形式");
/// Field: the storage's address.
pub const ENDPOINT: Text = Text::new("Endpoint URL", "エンドポイント URL");
/// Field: the region that requests are signed for.
pub const REGION: Text = Text::new("Region", "リージョン");
/// Field: the bucket's name.
pub const BUCKET_NAME: Text = Text::new("Bucket", "バケット");
/// Field: the folder that is opened first.
pub const PREFIX: Text = Text::new("Prefix", "プレフィックス");
/// A group of fields.
pub const ACCESS_KEYS: Text = Text::new("Access keys", "アクセスキー");
/// Which of several sets of credentials.
pub const PROFILE: Text = Text::new("Profile", "プロファイル");
/// Field of the credentials.
pub const ACCESS_KEY_ID: Text = Text::new("Access key ID", "アクセスキー ID");
/// Field of the credentials.
pub const SECRET_ACCESS_KEY: Text = Text::new("Secret access key", "シークレットアクセスキー");
/// Field of temporary credentials.
pub const SESSION_TOKEN: Text = Text::new("Session token", "セッショントークン");
/// Field: the file that fills the others.
pub const CREDENTIALS_FILE: Text = Text::new("Credentials file", "認証情報ファイル");
/// Under the fields: where credentials go.
pub const CREDENTIALS_STAY: Text = Text::new(
    "Credentials stay in this page's memory and sign requests here. They are never stored or sent to anyone else.",
    "認証情報はこのページのメモリ内にのみ保持され、リクエストの署名はこのページ内で行われます。\
    保存されたり、ほかの相手に送信されたりすることはありません。",
);
/// The file chooser was left without a file.
pub const NO_FILE: Text = Text::new("No file was chosen.", "ファイルが選択されませんでした。");
/// Sends the form.
pub const CONNECT: Text = Text::new("Connect", "接続");
/// Leaves the bucket.
pub const DISCONNECT: Text = Text::new("Disconnect", "切断");
/// Heading of buckets that fill the form.
pub const RECENT: Text = Text::new("Recent buckets", "最近使用したバケット");

// What will happen to the next file: above the objects, and on the page of the bucket's encryption.

/// Before the names of the keys in use.
pub const ENCRYPTED_WITH: Text = Text::new(
    "New files will be encrypted with",
    "新しいファイルの暗号化に使用する鍵:",
);
/// No encryption was chosen.
pub const ENCRYPTION_IS_OFF: Text = Text::new(
    "Encryption is off: new files are stored as they are.",
    "暗号化はオフです。新しいファイルはそのまま保存されます。",
);
/// Nothing was chosen.
pub const NO_KEY_YET: Text = Text::new(
    "Choose a key before you upload: files are encrypted with it.",
    "アップロードする前に鍵を選択してください。ファイルはその鍵で暗号化されます。",
);
/// Leads to the keys' page.
pub const CHOOSE_KEY: Text = Text::new("Choose a key", "鍵を選択");
/// Asks first.
pub const TURN_ENCRYPTION_OFF: Text = Text::new("Turn encryption off…", "暗号化をオフにする…");
/// Back to the key that was in use.
pub const TURN_ENCRYPTION_ON: Text = Text::new("Turn encryption on", "暗号化をオンにする");

// The objects.

/// Names the way from the bucket down to the folder.
pub const BREADCRUMBS: Text = Text::new("Folders", "フォルダーの階層");
/// Button that opens the browser's chooser.
pub const UPLOAD_FILES: Text = Text::new("Upload files", "ファイルをアップロード");
/// Button likewise.
pub const UPLOAD_FOLDER: Text = Text::new("Upload folder", "フォルダーをアップロード");
/// Names the hidden field behind its button.
pub const CHOOSE_FILES: Text = Text::new("Choose files", "ファイルを選択");
/// Likewise.
pub const CHOOSE_FOLDER: Text = Text::new("Choose folder", "フォルダーを選択");
/// Field: leaves the rows that have these letters.
pub const FILTER: Text = Text::new("Filter", "絞り込み");
/// Lists the folder anew.
pub const REFRESH: Text = Text::new("Refresh", "更新");
/// Names the part that scrolls.
pub const OBJECT_LIST: Text = Text::new("List of objects", "オブジェクトの一覧");
/// Names the table in it.
pub const OBJECTS: Text = Text::new("Objects", "オブジェクト");
/// Column.
pub const NAME: Text = Text::new("Name", "名前");
/// Column, and of one object in its details.
pub const SIZE: Text = Text::new("Size", "サイズ");
/// Column.
pub const MODIFIED: Text = Text::new("Modified", "更新日時");
/// Column of the badges.
pub const PROTECTION: Text = Text::new("Protection", "保護");
/// Column of the buttons.
pub const ACTIONS: Text = Text::new("Actions", "操作");
/// Opens an object's details.
pub const DETAILS: Text = Text::new("Details", "詳細");
/// Fetches and decrypts an object, a folder or what is selected.
pub const DOWNLOAD: Text = Text::new("Download", "ダウンロード");
/// Asks first.
pub const DELETE: Text = Text::new("Delete", "削除");
/// In place of rows.
pub const EMPTY_FOLDER: Text = Text::new(
    "Nothing here yet. Drop files or folders anywhere on this page.",
    "まだ何もありません。ファイルやフォルダーをこのページにドロップしてください。",
);

// Questions, and their answers.

/// Leaves a question without doing anything; ends a transfer.
pub const CANCEL: Text = Text::new("Cancel", "キャンセル");
/// Before an upload.
pub const CONFLICTS_TITLE: Text = Text::new("Some files exist already", "一部のファイルはすでに存在します");
/// One answer.
pub const REPLACE: Text = Text::new("Replace existing", "既存のファイルを置き換える");
/// Another.
pub const SKIP_EXISTING: Text = Text::new("Skip existing", "既存のファイルをスキップ");
/// Before an object is deleted.
pub const DELETE_TITLE: Text = Text::new("Delete for good?", "完全に削除しますか？");
/// Its answer.
pub const DELETE_OBJECT: Text = Text::new("Delete object", "オブジェクトを削除");
/// Before encryption is turned off.
pub const OFF_TITLE: Text = Text::new("Upload without encryption?", "暗号化せずにアップロードしますか？");
/// What it means.
pub const OFF_BODY: Text = Text::new(
    "New files will be stored as they are. Everybody who can read the bucket, and the storage's \
    operators, can read them.",
    "新しいファイルはそのまま保存されます。バケットを読み取れるすべての人と、ストレージの運用者が、その内容を読めるようになります。",
);
/// Its answer.
pub const TURN_OFF: Text = Text::new("Turn encryption off", "暗号化をオフにする");
/// Before a key leaves the page.
pub const REMOVE_KEY_TITLE: Text = Text::new("Forget this key?", "この鍵をこのページから削除しますか？");
/// Its answer.
pub const REMOVE_KEY: Text = Text::new("Forget key", "ページから削除");
/// Before an upload for which there is no key; the answer leads to the keys.
pub const NEED_KEY_TITLE: Text = Text::new("Choose a key first", "先に鍵を選択してください");

// The details of one object.

/// Names the details.
pub const OBJECT_DETAILS: Text = Text::new("Object details", "オブジェクトの詳細");
/// While HEAD is asked.
pub const LOOKING: Text = Text::new("Looking…", "確認しています…");
/// Downloads to where the person says.
pub const SAVE_AS: Text = Text::new("Save as…", "名前を付けて保存…");
/// Downloads without decrypting.
pub const DOWNLOAD_AS_STORED: Text = Text::new("Download as stored", "復号せずにダウンロード");
/// Opens a risky object.
pub const UNLOCK: Text = Text::new("Unlock and download", "ロックを解除してダウンロード");
/// Introduces the risks.
pub const LOCKED: Text = Text::new(
    "An older format, which stays closed unless you unlock it:",
    "古い形式です。次の理由により、ロックを解除するまで開けません:",
);
/// One of the two layers; also on the page of the bucket's encryption.
pub const SSE: Text = Text::new("Server-side encryption", "サーバー側の暗号化");
/// The other.
pub const CSE: Text = Text::new("Client-side encryption", "クライアント側の暗号化");
/// Of the content before it was encrypted.
pub const ORIGINAL_SIZE: Text = Text::new("Original size", "元のサイズ");
/// Instead of that size.
pub const UNKNOWN: Text = Text::new("unknown", "不明");
/// Name of the header.
pub const ETAG: Text = Text::same("ETag");
/// Beside the date of the header.
pub const LAST_MODIFIED: Text = Text::new("Last modified", "最終更新日時");
/// Beside what the storage computed or kept.
pub const CHECKSUM: Text = Text::new("Checksum", "チェックサム");
/// Beside the version's ID.
pub const VERSION: Text = Text::new("Version", "バージョン");
/// Beside the pairs that came with the upload.
pub const USER_METADATA: Text = Text::new("User metadata", "ユーザー定義メタデータ");
/// No checksum, or no pairs: whether there are any is not known.
pub const NONE_SHOWN: Text = Text::new("none shown", "表示できるものはありません");
/// Instead of a header that the CORS rule hides.
pub const NOT_VISIBLE: Text = Text::new("not visible to this page (CORS)", "CORS により見えません");

// The transfers.

/// In place of the list.
pub const NO_TRANSFERS: Text = Text::new("No transfers yet.", "転送はまだありません。");
/// Names the bar of all together.
pub const ALL_TRANSFERS: Text = Text::new("All transfers", "すべての転送");
/// Stop for now.
pub const PAUSE: Text = Text::new("Pause", "一時停止");
/// Go on.
pub const RESUME: Text = Text::new("Resume", "再開");
/// Stop all for now.
pub const PAUSE_ALL: Text = Text::new("Pause all", "すべて一時停止");
/// Go on with all.
pub const RESUME_ALL: Text = Text::new("Resume all", "すべて再開");
/// Begins what failed anew.
pub const RETRY: Text = Text::new("Retry", "再試行");
/// Takes a transfer that is over off the list; a key too, after a question.
pub const REMOVE: Text = Text::new("Remove", "一覧から削除");
/// Takes all that are over off the list.
pub const REMOVE_FINISHED: Text = Text::new("Remove finished", "終了した転送を一覧から削除");
/// Uploads that an earlier page left.
pub const UNFINISHED: Text = Text::new("Unfinished uploads", "未完了のアップロード");
/// What to do with them.
pub const UNFINISHED_HINT: Text = Text::new(
    "Interrupted when the page was closed. Resume, or choose the same file again, and the upload goes on where it stopped, once what was sent has been compared with the file.",
    "ページを閉じたときに中断されました。「再開」を押すか、同じファイルをもう一度選択してください。\
    送信済みの内容がファイルと照合された後、中断したところから続行されます。",
);
/// Opens the file chooser.
pub const CHOOSE_AGAIN: Text = Text::new("Choose the file again", "ファイルをもう一度選択");
/// Remove what was sent.
pub const DISCARD: Text = Text::new("Discard", "破棄");

// The keys that are held.

/// Under the title: what keys do, and what losing one means.
pub const KEYS_INTRO: Text = Text::new(
    "Your key encrypts files before they leave this computer. It stays in this page's memory only: \
    if you lose the key file, your files are lost, and nobody can help.",
    "ファイルは、このコンピューターから送信される前に、ユーザーの鍵で暗号化されます。\
    鍵はこのページのメモリ内にのみ保持されます。鍵ファイルを紛失するとファイルは失われ、誰にも復元できません。",
);
/// In place of the list.
pub const NO_KEYS: Text = Text::new(
    "No keys yet. Generate one, or load one you have.",
    "鍵はまだありません。生成するか、手元の鍵を読み込んでください。",
);
/// Marks the key of new files.
pub const IN_USE: Text = Text::new("In use", "使用中");
/// Before the digits that tell keys apart.
pub const FINGERPRINT: Text = Text::new("Fingerprint", "フィンガープリント");
/// What a public key alone is good for.
pub const DROP_BOX: Text = Text::new(
    "Drop-box: this page can encrypt for the owner of the private key, but cannot read back. Everyone may have a public key, so nothing proves who sent such an object.",
    "投函専用（公開鍵のみ）: このページから秘密鍵の所有者に宛てて暗号化することはできますが、復号はできません。\
    公開鍵は誰でも持てるため、このようなオブジェクトの送信者を証明するものはありません。",
);
/// Saves a key as a file; only then can it be used.
pub const SAVE_KEY_FILE: Text = Text::new("Save key file", "鍵ファイルを保存");
/// Saves the half that may be given away.
pub const SAVE_PUBLIC_KEY: Text = Text::new("Save public key", "公開鍵を保存");
/// Of a key that was made here, why it cannot be used yet.
pub const SAVE_FIRST: Text = Text::new(
    "Save the key file first; then the key can be used.",
    "先に鍵ファイルを保存してください。保存すると、鍵を使用できるようになります。",
);
/// Announced after that.
pub const KEY_SAVED: Text = Text::new(
    "Key file saved. Keep it somewhere safe: without it nobody can read your files.",
    "鍵ファイルを保存しました。安全な場所に保管してください。これがないと、誰もファイルを読み取れません。",
);
/// Encrypts new files with the key from now on.
pub const USE_KEY: Text = Text::new("Use key", "鍵を使用");

// New keys, KMS, and how files are written.

/// Heading of the fields and buttons for a new key.
pub const ADD_KEY: Text = Text::new("Add a key", "鍵を追加");
/// Field: what the page calls the new key.
pub const LABEL: Text = Text::new("Label", "ラベル");
/// Field: loads a key.
pub const KEY_FILE: Text = Text::new("Key file", "鍵ファイル");
/// Under it: what can be loaded.
pub const KEY_SHAPES: Text = Text::new(
    "32 raw bytes, 64 hex digits, base64, or an RSA key in PEM.",
    "32 バイトのバイナリ、64 桁の 16 進数、Base64、または PEM 形式の RSA 鍵。",
);
/// Field: takes a key as text.
pub const PASTE_KEY: Text = Text::new("Paste key", "鍵を貼り付け");
/// Opens the two names.
pub const NAMES_FOR_LIBRARIES: Text = Text::new("Names for the official libraries", "公式ライブラリ用の名前");
/// What they are for.
pub const NAMES_HINT: Text = Text::new(
    "The AWS Encryption SDK opens an object only if its keyring has the same namespace and name. The defaults are those of ABCI's documented recipe.",
    "AWS Encryption SDK は、キーリングの名前空間と名前が同じ場合にのみオブジェクトを開けます。デフォルトの値は、\
    ABCI のドキュメントに記載されている手順のものです。",
);
/// Field of the two.
pub const NAMESPACE: Text = Text::new("Key namespace", "鍵の名前空間");
/// Field of the two.
pub const KEY_NAME: Text = Text::new("Key name", "鍵の名前");
/// Makes an AES key.
pub const GENERATE_KEY: Text = Text::new("Generate key", "鍵を生成");
/// Makes an RSA pair.
pub const GENERATE_PAIR: Text = Text::new("Generate key pair", "鍵ペアを生成");
/// Field: what a key is derived from.
pub const PASSPHRASE: Text = Text::new("Passphrase", "パスフレーズ");
/// Fills the field with random words.
pub const SUGGEST_PASSPHRASE: Text = Text::new("Suggest a passphrase", "パスフレーズを提案");
/// Takes the passphrase.
pub const USE_PASSPHRASE: Text = Text::new("Use passphrase", "パスフレーズを使用");
/// Heading of the fields for a key that KMS keeps.
pub const KMS: Text = Text::same("AWS KMS");
/// What it is for.
pub const KMS_HINT: Text = Text::new(
    "Data keys come from a key that KMS keeps (CSE-KMS), asked for with this connection's credentials. AWS's own KMS allows no web pages: it works through an endpoint that answers with CORS.",
    "データキーは、KMS が保管するキーから、この接続の認証情報を使って取得されます（CSE-KMS）。\
    AWS の KMS は Web ページからのアクセスを許可しないため、CORS に対応したエンドポイントを経由して使用します。",
);
/// Field: which of its keys.
pub const KMS_KEY: Text = Text::new("KMS key ID or ARN", "KMS キー ID または ARN");
/// Field: where it answers.
pub const KMS_ENDPOINT: Text = Text::new("KMS endpoint URL", "KMS エンドポイントの URL");
/// Takes the KMS key.
pub const USE_KMS: Text = Text::new("Use KMS key", "KMS キーを使用");
/// Heading over the format.
pub const WRITE_AS: Text = Text::new("How new files are written", "新しいファイルの書き込み方法");
/// Field: the container of new files.
pub const FORMAT: Text = Text::new("Format", "形式");

// The bucket's encryption.

/// Not checked on this page so far.
pub const NOT_CHECKED: Text = Text::new("Not looked yet.", "まだ確認していません。");
/// A check is under way.
pub const CHECKING: Text = Text::new("Looking…", "確認しています…");
/// Looks at objects that are there.
pub const CHECK_WITH_HEAD: Text = Text::new("Check with HEAD", "HEAD で確認");
/// Looks at one that it makes.
pub const CREATE_TEST_OBJECT: Text = Text::new("Create a test object", "テストオブジェクトを作成");
/// What becomes of it.
pub const TEST_OBJECT_HINT: Text = Text::new(
    "The test object has a name of its own, is looked at with HEAD, and is removed again.",
    "テストオブジェクトは固有の名前で作成され、HEAD で確認された後、削除されます。",
);
/// What a check of a bucket without objects means.
pub const EMPTY_BUCKET: Text = Text::new(
    "The bucket has no objects, so HEAD has nothing to show. Create a test object: it is looked at and removed.",
    "HEAD で確認できるオブジェクトがまだありません（バケットは空です）。\
    テストオブジェクトを作成してください。確認された後、削除されます。",
);
/// What it means that objects differ.
pub const MIXED_BUCKET: Text = Text::new(
    "Objects differ: some were perhaps stored before encryption was switched on.",
    "オブジェクトによって状態が異なります。一部は、暗号化が有効になる前に保存された可能性があります。",
);
