//! Words of our own code that reach a sentence from below (what does not fit, why a key cannot be used), in the other
//! language.
//!
//! The modules that find them know no languages: they say them in English. Here they are recognised and said anew. What is
//! not recognised stays as it is: words of a storage, of a browser, names.

use std::borrow::Cow;

use super::{Language, language};

/// The same in the language spoken now; as it is, where nothing is known of it.
pub fn detail(english: &str) -> Cow<'_, str> {
    translated(english).map_or(Cow::Borrowed(english), Cow::Owned)
}

/// The same where it is known and the language is not English.
pub(super) fn translated(english: &str) -> Option<String> {
    match language() {
        Language::English => None,
        Language::Japanese => japanese(english),
    }
}

fn japanese(english: &str) -> Option<String> {
    DETAILS.iter().find_map(|(pattern, japanese)| {
        let held = held(pattern, english)?;
        // Every other piece is the number of what is held there.
        let pieces = japanese.split(['{', '}']).enumerate().map(|(at, piece)| match at % 2 {
            0 => Cow::Borrowed(piece),
            _ => {
                let words = piece.parse().ok().and_then(|number: usize| held.get(number - 1));
                words.map_or(Cow::Borrowed(""), |words| known(words))
            }
        });
        Some(pieces.collect())
    })
}

fn known(english: &str) -> Cow<'_, str> {
    japanese(english).map_or(Cow::Borrowed(english), Cow::Owned)
}

/// What the holes of a pattern hold, if it fits.
fn held<'e>(pattern: &str, english: &'e str) -> Option<Vec<&'e str>> {
    let Some((before, rest)) = pattern.split_once('{') else {
        return (pattern == english).then(Vec::new);
    };
    let (hole, after) = rest.split_once('}')?;
    let rest = english.strip_prefix(before)?;
    let next = after.split('{').next().unwrap_or_default();
    let ends = rest.match_indices(next).map(|(at, _)| at).filter(|_| !next.is_empty());
    ends.chain((next.is_empty()).then_some(rest.len())).find_map(|end| {
        let (words, rest) = rest.split_at(end);
        let fits = hole == "*" || !words.contains(char::is_whitespace);
        let mut more = held(after, rest).filter(|_| fits)?;
        more.insert(0, words);
        Some(more)
    })
}

/// Each in English and in Japanese, the particular before the general. `{}` holds what has no spaces, `{*}` any words; `{1}`
/// is what the first of them holds, itself in the other language where it is known. Japanese without 。 at the end: the
/// sentence around has it.
#[rustfmt::skip]
const DETAILS: &[(&str, &str)] = &[
    // What does not fit in an object's entries.
    ("{} is too long or stands twice", "{1} が長すぎるか、重複しています"),
    ("the instruction file is not one JSON object of texts", "インストラクションファイルが、値がすべて文字列の単一の JSON オブジェクトではありません"),
    ("entries stand with the object and in an instruction file", "エントリがオブジェクトとインストラクションファイルの両方にあります"),
    ("the instruction file has entries of its own", "インストラクションファイルに未知のエントリがあります"),
    ("{} does not belong into this instruction file", "{1} は、このインストラクションファイルにあるべきエントリではありません"),
    ("{} of object and instruction file differ", "オブジェクトとインストラクションファイルで {1} が異なります"),
    ("entries of more than one format", "複数の形式のエントリが混在しています"),
    ("entries without a data key", "エントリはありますが、データキーがありません"),
    ("{} is missing", "{1} がありません"),
    ("{} is not base64", "{1} が Base64 ではありません"),
    ("{} has not {} bytes", "{1} が {2} バイトではありません"),
    ("{} is not one JSON object of texts", "{1} が、値がすべて文字列の単一の JSON オブジェクトではありません"),
    ("{} is no number", "{1} が数値ではありません"),
    ("the instruction file is empty", "インストラクションファイルが空です"),
    ("the encryption context names another content algorithm", "暗号化コンテキストが、別のコンテンツ暗号化アルゴリズムを示しています"),
    ("the encryption context is of another wrap", "暗号化コンテキストが、別のラップ方式のものです"),
    ("the wrapped key has a length that its wrap does not give", "ラップされたデータキーの長さが、ラップ方式と一致しません"),
    ("a tag length other than 128 bits", "タグの長さが 128 ビットではありません"),
    ("a tag length with AES-CBC, which has no tag", "タグのない AES-CBC に、タグの長さが指定されています"),
    ("a material description with KMS, or an encryption context without", "KMS を使っているのにマテリアルの説明があるか、KMS を使っていないのに暗号化コンテキストがあります"),
    // What this version does not read or write.
    ("a passphrase key with unknown, too cheap or too expensive parameters", "パスフレーズから導出した鍵のうち、パラメーターが未知のもの、または計算コストが低すぎるか高すぎるもの"),
    ("an encryption context with names reserved for AWS", "AWS が予約している名前を含む暗号化コンテキスト"),
    ("an encryption context for another content algorithm", "別のコンテンツ暗号化アルゴリズムのための暗号化コンテキスト"),
    ("an RSA key this short", "この長さでは短すぎる RSA 鍵"),
    ("text that is not US-ASCII in object metadata", "オブジェクトのメタデータにある、US-ASCII ではないテキスト"),
    ("a data key wrapped with RSA PKCS#1 v1.5 (old V1 format): reading it is unsafe in any program that shows errors. Re-encrypt the object with an official client",
     "RSA PKCS#1 v1.5 でラップされたデータキー。古い V1 形式で、エラーを表示するプログラムで読み取るのは安全ではありません。公式クライアントでオブジェクトを暗号化し直してください"),
    ("S3 encryption suite {}", "S3 の暗号化スイート {1}"),
    ("S3 content encryption {}", "S3 のコンテンツ暗号化 {1}"),
    ("S3 key wrap {}", "S3 の鍵ラップ {1}"),
    ("{} recipients", "受信者が {1} 人のメッセージ"),
    ("a header over 1 MiB", "1 MiB を超えるヘッダー"),
    ("a signed message (suite {}) in pieces", "署名付きメッセージ（スイート {1}）の部分的な読み取り"),
    ("message version 1 (suite {}), which has no key commitment", "キーコミットメントのないメッセージバージョン 1（スイート {1}）"),
    ("frames of {} bytes", "{1} バイトのフレーム"),
    ("a non-framed message over 64 MiB", "64 MiB を超える、フレーム化されていないメッセージ"),
    // Why an object stays closed.
    ("the message is not bound to one key: whoever holds its data key could have made it decrypt to different content for different recipients",
     "メッセージが 1 つの鍵に結び付けられていないため、データキーを持つ人が、受信者ごとに異なる内容に復号されるように作成した可能性があります"),
    ("the object is not bound to one key: someone with write access to the bucket could have exchanged its wrapped key and so what it decrypts to",
     "オブジェクトが 1 つの鍵に結び付けられていないため、バケットへの書き込み権限を持つ人が、ラップされたデータキーをすり替えて復号結果を変えた可能性があります"),
    ("nothing protects the content against changes: what comes out may have been altered",
     "内容を変更から保護するものがないため、復号された内容が改変されている可能性があります"),
    ("its key is wrapped in an old way that does not say how the content is encrypted, so the object's description can be altered unnoticed",
     "データキーのラップ方式が古く、内容の暗号化方法と結び付けられていないため、オブジェクトの記述を気付かれずに改変される可能性があります"),
    // Why a key cannot be used.
    ("no RSA key in PEM form (PKCS#8, SPKI or PKCS#1)", "PEM 形式の RSA 鍵（PKCS#8、SPKI、または PKCS#1）ではありません"),
    ("the key file is locked with a passphrase: unlock it first, with `openssl pkey`", "鍵ファイルがパスフレーズで保護されています。先に `openssl pkey` で保護を解除してください"),
    ("this is {*}; only RSA keys wrap data keys here: make a pair with Generate key pair, or with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`",
     "{1}です。ここでデータキーをラップできるのは RSA 鍵だけです。「鍵ペアを生成」、または `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072` で鍵ペアを作成してください"),
    ("an RSA-PSS key, which only signs", "署名専用の RSA-PSS 鍵"),
    ("an elliptic curve key", "楕円曲線暗号の鍵"),
    ("an X25519 or X448 key", "X25519 または X448 の鍵"),
    ("an Ed25519 or Ed448 key, which only signs", "署名専用の Ed25519 または Ed448 の鍵"),
    ("a DSA key", "DSA 鍵"),
    ("a key of another algorithm", "別のアルゴリズムの鍵"),
    ("this is an SSH key file: for an RSA key, `ssh-keygen -p -m PKCS8 -f COPY` rewrites a copy of the private one, and `ssh-keygen -e -m PKCS8 -f FILE` prints the public one",
     "SSH の鍵ファイルです。RSA 鍵の場合、秘密鍵はそのコピーを `ssh-keygen -p -m PKCS8 -f COPY` で変換でき、公開鍵は `ssh-keygen -e -m PKCS8 -f FILE` で出力できます"),
    ("this is a certificate, not a key: `openssl x509 -pubkey -noout -in FILE` prints the public key in it",
     "鍵ではなく証明書です。含まれる公開鍵は `openssl x509 -pubkey -noout -in FILE` で出力できます"),
    ("the RSA key has {} bits; 2048 to 4096 are used here", "RSA 鍵の長さが {1} ビットです。使用できるのは 2048～4096 ビットです"),
    // Which key is needed.
    ("a raw AES-256 key", "AES-256 の鍵"),
    ("an RSA private key of {} bits", "{1} ビットの RSA 秘密鍵"),
    ("an AWS KMS key", "AWS KMS のキー"),
    ("a KMS key that was not noted", "記録されていない KMS キー"),
    ("the alias stands for another key by now", "このエイリアスは、現在は別のキーを指しています"),
    ("of AWS KMS that wrapped it", "このオブジェクトのデータキーをラップした AWS KMS のキー"),
    // A credentials file that is none.
    ("neither an AWS credentials file nor AWS's access key CSV", "AWS の認証情報ファイルでも、AWS のアクセスキーの CSV でもありません"),
    ("no profile with both an access key ID and a secret access key", "アクセスキー ID とシークレットアクセスキーの両方を含むプロファイルがありません"),
    // Answers that make no sense, and requests that cannot be made.
    ("the answer is not UTF-8", "応答が UTF-8 ではありません"),
    ("unreadable Content-Range", "Content-Range を読み取れません"),
    ("unreadable {}: {*}", "{1} を読み取れません: {2}"),
    ("expected {}, got no XML", "{1} が返されるはずですが、応答が XML ではありません"),
    ("expected {}, got <{*}>", "{1} が返されるはずですが、<{2}> が返されました"),
    ("the answer has no upload id", "応答にアップロード ID がありません"),
    ("the answer has no Content-Length", "応答に Content-Length がありません"),
    ("the storage ignores byte ranges", "ストレージがバイト範囲の指定を無視しています"),
    ("the storage sent another byte range", "ストレージが別のバイト範囲を返しました"),
    ("the storage sent another range than was asked for", "ストレージが、要求とは異なる範囲を返しました"),
    ("a part came where all was asked for", "全体を要求しましたが、一部だけが返されました"),
    ("an answer without bytes", "応答にデータがありません"),
    ("a key is not UTF-8", "オブジェクトキーが UTF-8 ではありません"),
    ("a listed key is not UTF-8", "一覧のオブジェクトキーが UTF-8 ではありません"),
    ("a truncated listing without an end", "一覧が途中で切れていますが、続きの位置が示されていません"),
    ("the listing says there is more, but does not go on", "一覧に続きがあると示されていますが、先に進みません"),
    ("a part that was sent is not in the list", "送信したパートが一覧にありません"),
    ("the parts that were sent are gone", "送信したパートがなくなっています"),
    ("the storage changed the object's metadata ({}), without which nothing can open it", "オブジェクトを開くために必要なメタデータ（{1}）を、ストレージが変更しました"),
    ("{} is not a part number from 1 to 10000", "{1} は 1～10000 のパート番号ではありません"),
    ("the list of parts is empty or out of order", "パートの一覧が空か、順序が正しくありません"),
    ("the byte range is empty", "バイト範囲が空です"),
    ("the header {} cannot be sent", "ヘッダー {1} を送信できません"),
    ("the request does not fit into a URL", "リクエストが URL に収まりません"),
    ("the request has no host", "リクエストにホストがありません"),
    ("{} is not signed in the query", "{1} はクエリ文字列で署名できません"),
    ("{} must be signed, and the query cannot do that", "{1} には署名が必要ですが、クエリ文字列では署名できません"),
    ("{} holds characters that cannot be signed", "{1} に、署名できない文字が含まれています"),
    ("the signed request would be too long", "署名付きリクエストが長くなりすぎます"),
    ("the credentials hold characters that cannot be sent", "認証情報に、送信できない文字が含まれています"),
    ("the answer is not one of AWS KMS", "AWS KMS の応答ではありません"),
    ("not sent", "未送信"),
    // What a browser does not do, or lost.
    ("it has no memory for {} MiB of a part", "ブラウザーに、パートの {1} MiB 分のメモリがありません"),
    ("it makes no RSA keys on this page", "ブラウザーは、このページでは RSA 鍵を生成できません"),
    ("it can neither keep nor forget what is needed to go on with this upload", "ブラウザーが、このアップロードの続行に必要な記録を保存することも削除することもできません"),
    ("the worker lost the {*}", "ワーカーの応答に必要なもの（{1}）がありません"),
    ("the task came without a {*}", "ワーカーへの指示に必要なもの（{1}）がありません"),
    ("the buffer is shorter than its part", "バッファーがパートより短くなっています"),
    ("the worker did not start", "ワーカーが起動しませんでした"),
    ("the worker crashed ({*})", "ワーカーが異常終了しました（{1}）"),
    ("the message cannot be sent to a worker", "ワーカーにメッセージを送信できません"),
    ("the worker's answer has no parts", "ワーカーの応答の形式が正しくありません"),
    ("the browser's cryptography refused", "ブラウザーの暗号機能が処理を拒否しました"),
    ("NotSupportedError: this browser has no {*}", "このブラウザーは次の機能に対応していません: {1}"),
    ("AbortError: the browser did not keep the record", "ブラウザーが記録を保存しませんでした"),
    ("AbortError: the stream was cancelled", "ストリームがキャンセルされました"),
    ("TypeError: the stream is not of bytes", "ストリームがバイト列ではありません"),
    // Parts of those.
    ("data key", "データキー"),
    ("command", "コマンド"),
    ("plan", "計画"),
    ("part's length", "パートの長さ"),
    ("buffer", "バッファー"),
    ("signing key", "署名鍵"),
    ("tally", "集計"),
    ("tag", "タグ"),
    ("encrypted part", "暗号化されたパート"),
    ("entry's end", "エントリの終わり"),
    ("entry", "エントリ"),
    ("whole entry", "エントリ全体"),
    ("file's end", "ファイルの終わり"),
    ("file", "ファイル"),
    ("private file", "プライベートファイル"),
    ("private files", "プライベートファイル"),
    ("object", "オブジェクト"),
    ("worker", "ワーカー"),
    ("record of the upload", "アップロードの記録"),
    ("digest", "ダイジェスト"),
    ("plaintext", "平文"),
    ("key", "鍵"),
    ("request", "リクエスト"),
    ("body", "本文"),
    ("dialog for choosing a folder", "フォルダーを選択するダイアログ"),
    ("dialog for choosing files", "ファイルを選択するダイアログ"),
    ("dialog for choosing where to save", "保存先を選択するダイアログ"),
    ("locks", "ロック"),
    ("clipboard here", "このページからのクリップボードの使用"),
    ("file behind this handle", "このハンドルが指すファイル"),
    ("way to give a buffer back", "バッファーを返す方法"),
    ("blobs", "Blob オブジェクト"),
    ("synchronous file handles outside of workers", "ワーカー以外での同期ファイルハンドル"),
    ("synchronous file handles", "同期ファイルハンドル"),
    ("private file system", "プライベートファイルシステム"),
    // Mistakes in config.json.
    ("unknown field {}, expected one of {*} at line {} column {}", "{3} 行 {4} 列に不明なフィールド {1} があります（使用できるのは {2}）"),
    ("unknown field {}, expected {*} at line {} column {}", "{3} 行 {4} 列に不明なフィールド {1} があります（使用できるのは {2}）"),
    ("a value of the wrong kind at line {} column {}", "{1} 行 {2} 列の値の型が正しくありません"),
    ("unknown provider \"{*}\"; known are {*}", "不明なプロバイダー「{1}」です（使用できるのは {2}）"),
    ("unknown style \"{*}\"; known are {*}", "不明なアドレス形式「{1}」です（使用できるのは {2}）"),
    ("unknown format \"{*}\"; known are {*}", "不明な形式「{1}」です（使用できるのは {2}）"),
    ("publicKey must be PEM text or the name of a file beside the page", "publicKey は、PEM のテキストか、ページと同じ場所にあるファイルの名前である必要があります"),
    ("publicKey holds a private key, which everybody can read now: replace the key pair", "publicKey に秘密鍵が含まれており、すでに誰でも読み取れます。鍵ペアを新しいものに替えてください"),
    ("publicKey: {*}", "publicKey: {1}"),
    ("the file of publicKey, {*}, is not beside the page", "publicKey のファイル {1} が、ページと同じ場所にありません"),
    ("the file of publicKey, {*}: {*}", "publicKey のファイル {1}: {2}"),
    ("it is not UTF-8 text", "UTF-8 のテキストではありません"),
    ("the page's server answers with status {}", "ページのサーバーがステータス {1} を返しました"),
    ("the page's server gave no answer ({*})", "ページのサーバーから応答がありません（{1}）"),
    ("no readable answer", "読み取れる応答なし"),
    ("aborted", "中断"),
    ("timed out", "タイムアウト"),
    ("{*} at line {} column {}", "{2} 行 {3} 列: {1}"),
    // What kind of file a preview is of.
    ("a PDF document", "PDF 文書"),
    ("a ZIP archive or an Office document", "ZIP アーカイブまたは Office 文書"),
    ("gzip-compressed data", "gzip で圧縮されたデータ"),
    ("bzip2-compressed data", "bzip2 で圧縮されたデータ"),
    ("xz-compressed data", "xz で圧縮されたデータ"),
    ("Zstandard-compressed data", "Zstandard で圧縮されたデータ"),
    ("a 7-Zip archive", "7-Zip アーカイブ"),
    ("a tar archive", "tar アーカイブ"),
    ("an HDF5 file", "HDF5 ファイル"),
    ("a NetCDF file", "NetCDF ファイル"),
    ("a NumPy array", "NumPy 配列"),
    ("an Apache Parquet file", "Apache Parquet ファイル"),
    ("an Apache Arrow file", "Apache Arrow ファイル"),
    ("an SQLite database", "SQLite データベース"),
    ("a FITS file", "FITS ファイル"),
    ("a TIFF picture", "TIFF 画像"),
    ("a video, or a picture of the MP4 family", "動画、または MP4 系の画像"),
    ("a Matroska or WebM video", "Matroska または WebM の動画"),
    ("an Ogg recording", "Ogg 音声"),
    ("a FLAC recording", "FLAC 音声"),
    ("an MP3 recording", "MP3 音声"),
    ("a WAV recording", "WAV 音声"),
    ("a Linux program", "Linux プログラム"),
    ("a WebAssembly module", "WebAssembly モジュール"),
    ("a DICOM picture", "DICOM 画像"),
    ("a file encrypted with age", "age で暗号化されたファイル"),
    ("a file encrypted with OpenSSL", "OpenSSL で暗号化されたファイル"),
    ("a file encrypted with rclone", "rclone で暗号化されたファイル"),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::speak;
    use super::*;
    use crate::app::config::{Config, text_of};
    use crate::encryption::esdk::version1;
    use crate::encryption::s3ec::Risk;
    use crate::encryption::{BadRsaKey, RsaPublicKey};
    use crate::s3::{CredentialsFileError, RequestError};

    fn assert_known(english: &str) {
        let japanese = japanese(english).unwrap_or_else(|| panic!("not in the list: {english}"));
        assert!(!japanese.contains(['{', '}']), "{japanese}");
        assert!(!japanese.is_ascii(), "{japanese}");
    }

    #[test]
    fn english_and_what_is_not_ours_stay() {
        assert_eq!(detail("x-amz-iv is missing"), "x-amz-iv is missing");
        speak(Language::Japanese);
        assert_eq!(detail("x-amz-iv is missing"), "x-amz-iv がありません");
        assert_eq!(
            detail("x-amz-iv has not 12 bytes"),
            "x-amz-iv が 12 バイトではありません"
        );
        for words in [
            "NotFoundError: A file is missing",
            "",
            "3f2a-11d0",
            "We encountered an internal error.",
        ] {
            assert_eq!(detail(words), words);
        }
        assert_eq!(
            detail("the file of publicKey, my keys/a.pem: the page's server gave no answer (timed out)"),
            "publicKey のファイル my keys/a.pem: ページのサーバーから応答がありません（タイムアウト）"
        );
        assert_eq!(
            detail("the worker lost the file's end"),
            "ワーカーの応答に必要なもの（ファイルの終わり）がありません"
        );
        speak(Language::English);
    }

    #[test]
    fn every_reason_that_is_a_value_is_known() {
        for what in [
            RsaPublicKey::from_pem("-----BEGIN EC PRIVATE KEY-----", "", ""),
            RsaPublicKey::from_pem("-----BEGIN DSA PRIVATE KEY-----", "", ""),
            Err(BadRsaKey::Unreadable),
            Err(BadRsaKey::Encrypted),
            Err(BadRsaKey::Ssh),
            Err(BadRsaKey::Certificate),
            Err(BadRsaKey::Size { bits: 1024 }),
        ] {
            let error = what.expect_err("no key").to_string();
            assert_known(&error);
            assert_known(&format!("publicKey: {error}"));
        }
        for risk in [Risk::NoKeyCommitment, Risk::UnauthenticatedContent, Risk::LegacyKeyWrap] {
            assert_known(risk.explanation());
        }
        assert_known(version1::RISK);
        for error in [CredentialsFileError::NotCredentials, CredentialsFileError::Incomplete] {
            assert_known(&error.to_string());
        }
        for error in [
            RequestError::PartNumber(0),
            RequestError::Parts,
            RequestError::EmptyRange,
            RequestError::Header("x-amz-meta-a".into()),
            RequestError::QueryTooLong,
            RequestError::Sign(crate::s3::SignError::Credentials),
            RequestError::Sign(crate::s3::SignError::TooLong),
        ] {
            assert_known(&error.to_string());
        }
        for json in [
            r#"{"provider": "azure"}"#,
            r#"{"style": "dns"}"#,
            r#"{"buckets": "x"}"#,
            r#"{"formats": ["zip"]}"#,
            r#"{"title": 1}"#,
            r#"{"publicKey": " "}"#,
            r#"{"publicKey": "-----BEGIN PRIVATE KEY-----"}"#,
            r#"{"publicKey": "-----BEGIN CERTIFICATE-----"}"#,
            "{",
        ] {
            assert_known(&Config::parse(json, "localhost").expect_err(json));
        }
        assert_known(&text_of(500, b"").expect_err("a status"));
        assert_known(&text_of(200, b"\xff").expect_err("no text"));
    }

    /// The literal that begins here, with something in its holes.
    fn literal(source: &str) -> Option<String> {
        let source = source.trim_start().trim_start_matches("format!(").trim_start();
        let mut rest = source.strip_prefix('"')?.chars();
        let mut said = String::new();
        loop {
            match rest.next()? {
                '"' => return Some(said),
                '\\' => match rest.next()? {
                    '\n' => rest = rest.as_str().trim_start().chars(),
                    escaped => said.push(escaped),
                },
                '{' => {
                    rest = rest.as_str().split_once('}')?.1.chars();
                    said.push_str("12");
                }
                other => said.push(other),
            }
        }
    }

    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                let code = text.split("#[cfg(test)]\nmod tests").next().expect("code");
                found.push((path.display().to_string(), code.to_owned()));
            }
        }
    }

    /// What follows these words in the sources whose path has one of these parts, if it is a literal.
    fn said(places: &[&str], starts: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        found.retain(|(path, _)| places.iter().any(|place| path.replace('\\', "/").contains(place)));
        assert!(found.len() >= places.len(), "{places:?}");
        let after = found
            .iter()
            .flat_map(|(_, code)| starts.iter().flat_map(move |start| code.split(*start).skip(1)));
        let literals: Vec<_> = after.filter_map(literal).collect();
        assert!(!literals.is_empty(), "{starts:?}");
        literals
    }

    #[test]
    fn every_reason_in_the_sources_is_known() {
        let below = ["src/encryption/", "src/s3/", "src/driver/", "src/worker/"];
        let calls = ["contradictory(", "unsupported(", "malformed("];
        let fields = ["detail: ", "let detail = ", "let what = ", "why: ", "needed: Some("];
        let shown = [
            "s3/operation.rs",
            "s3/sign.rs",
            "workers/worker.rs",
            "platform/webcrypto.rs",
        ];
        let mut reasons = said(&below, &calls);
        reasons.extend(said(&below, &fields));
        reasons.extend(said(&["src/driver/", "src/kms/"], &["code: ", "message: "]));
        reasons.extend(said(&shown, &["write_str(", "write!(f, "]));
        reasons.extend(said(&["app/config.rs", "app/root.rs"], &["Err("]));
        // Codes of S3 have no spaces.
        reasons.retain(|reason| reason.contains(' '));
        assert!(reasons.len() > 80, "{reasons:#?}");
        let unknown: Vec<_> = reasons.iter().filter(|reason| japanese(reason).is_none()).collect();
        assert!(unknown.is_empty(), "not in the list: {unknown:#?}");
        for (start, sentence) in [
            ("lost(", "the worker lost the "),
            ("lacks(", "the task came without a "),
            ("BrowserError::missing(", "NotSupportedError: this browser has no "),
        ] {
            for part in said(&["src/driver/", "src/worker/", "src/platform/"], &[start]) {
                assert_known(&part);
                assert_known(&format!("{sentence}{part}"));
            }
        }
    }

    #[test]
    fn every_kind_of_key_and_file_is_known() {
        let kinds = said(&["encryption/rsa_key.rs"], &["what: ", "\" => ", "_ => "]);
        let kinds: Vec<_> = kinds.iter().filter(|kind| kind.contains(" key")).collect();
        assert!(kinds.len() >= 8, "{kinds:?}");
        kinds.into_iter().for_each(|kind| assert_known(kind));
        let names: Vec<_> = said(&["preview/mod.rs"], &["\", "])
            .into_iter()
            .filter(|name| name.contains(' '))
            .collect();
        assert!(names.len() > 25, "{names:?}");
        names.iter().for_each(|name| assert_known(name));
    }
}
