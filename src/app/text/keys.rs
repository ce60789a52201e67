//! Sentences about keys, recipients and how files are written.

use super::{Language, Text, detail, language, said};
use crate::driver::{ContextFault, KeyInfo};
use crate::encryption::s3ec::CommitmentPolicy;

/// Encrypts with it again.
pub const USE_THIS_KMS_KEY: Text = Text::new("Use this KMS key", "この KMS キーを使用");
/// Between the key in use and the others.
pub const ALSO_FOR: Text = Text::new(", and also for ", "、追加の受信者: ");
/// Beside a KMS key that may not encrypt.
pub const OPENS_ONLY: Text = Text::new("opens objects only", "復号のみ");
/// Drop-box.
pub const NO_READING_BACK: Text = Text::new(
    "With public keys alone this page cannot read them back, and nothing proves to the reader who sent them.",
    "公開鍵だけで暗号化するため、これらのファイルをこのページで復号することはできません。また、\
    誰が送ったかを受信者に証明するものはありません。",
);
/// KMS opens it.
pub const OPENS_WITH_KMS: Text = Text::new("Opens with the KMS key you use.", "使用中の KMS キーで開けます。");
/// Below the two buttons.
pub const WHICH_KEY: Text = Text::new(
    "One key encrypts and decrypts. A pair has two halves: whoever has the public one can send you files.",
    "「鍵」は、1 つで暗号化と復号の両方に使用します。「鍵ペア」は公開鍵と秘密鍵からなり、公開鍵を持つ人は誰でも、\
    秘密鍵の所有者宛てにファイルを送れます。",
);
/// Names that are taken where none is given.
pub const DEFAULT_NAMES: Text = Text::new("S3AESKey, or S3RSAKey for RSA", "S3AESKey（RSA の場合は S3RSAKey）");
/// Heading of a key's names.
pub const NAMES: Text = Text::new("Names for its readers", "読み取る側が指定する名前");
/// What they are for.
pub const NAMES_HINT: Text = Text::new(
    "Readers who use the AWS Encryption SDK configure the same namespace and name (and, for RSA, the same padding). \
    The defaults are those of ABCI's documented recipe. A change counts for new files; sealdrop itself opens them either way.",
    "AWS Encryption SDK で読み取る側は、同じ名前空間と名前（RSA の場合は同じパディングも）を設定する必要があります。\
    デフォルトの値は、ABCI のドキュメントに記載されている手順のものです。変更は新しいファイルに適用されます。\
    sealdrop 自体は、名前に関係なくファイルを開けます。",
);
/// Field: the first of the two names.
pub const ITS_NAMESPACE: Text = Text::new("Namespace of this key", "この鍵の名前空間");
/// Field: the second.
pub const ITS_NAME: Text = Text::new("Name of this key", "この鍵の名前");
/// Field of an RSA key: how data keys are encrypted with it.
pub const PADDING: Text = Text::new("Padding", "パディング");
/// Takes them.
pub const CHANGE_NAMES: Text = Text::new("Change names", "名前を変更");
/// Field: how strictly files are bound to one key; also what opens it.
pub const POLICY: Text = Text::new("Commitment policy", "コミットメントポリシー");
/// What no policy allows.
pub const POLICY_LIMIT: Text = Text::new(
    "Whatever is chosen here: objects with unprotected content (CBC) or an old key wrap (AESWrap, kms) stay closed until you \
    unlock them, one by one, in their details.",
    "どのポリシーを選択しても、内容が改ざんから保護されていないオブジェクト（CBC）と、\
    古い方式で鍵がラップされたオブジェクト（AESWrap、kms）は開きません。開くには、\
    オブジェクトの詳細で 1 つずつロックを解除してください。",
);
/// Opens the pairs for new files, and names their list.
pub const CONTEXT: Text = Text::new("Encryption context", "暗号化コンテキスト");
/// What it is.
pub const CONTEXT_HINT: Text = Text::new(
    "Names and values that are bound to new files: a file opens only together with them, so they say what it belongs to. They are stored \
    readably, so no secrets. The S3 Encryption Client formats have a context only with AWS KMS.",
    "新しいファイルに結び付けられる名前と値です。ファイルはこれらがそろわないと開けないため、\
    何に属するファイルかを示すのに使えます。暗号化されずに保存されるので、機密情報は入力しないでください。\
    S3 Encryption Client の形式では、AWS KMS を使用する場合にのみコンテキストを付けられます。",
);
/// Field: the name in a new pair.
pub const CONTEXT_NAME: Text = Text::new("Context name", "コンテキストの名前");
/// Field: the value in a new pair.
pub const CONTEXT_VALUE: Text = Text::new("Context value", "コンテキストの値");
/// Takes the pair.
pub const ADD_PAIR: Text = Text::new("Add to the context", "コンテキストに追加");
/// Takes a pair out.
pub const REMOVE_PAIR: Text = Text::new("Take out", "削除");
/// Demands it.
pub const CONTEXT_REQUIRED: Text = Text::new(
    "Open only files that have it (objects of the S3 Encryption Client with your own keys cannot have it, and open)",
    "このコンテキストを持つファイルだけを開く（手元の鍵を使用した S3 Encryption Client のオブジェクトはコンテキストを\
    持てないため、この設定に関係なく開きます）",
);
/// The phrase is in use, and nowhere else.
pub const NOTE_PASSPHRASE: Text = Text::new(
    "Write this passphrase down now: it is used as soon as you have it. It is not shown again, and whoever loses it loses the files:",
    "このパスフレーズを今すぐ書き留めてください。「書き留めました」を押すと、すぐに使用されます。再表示はできません。\
    パスフレーズを失うと、ファイルも失われます:",
);
/// Of a key whose passphrase was made here.
pub const NOTE_FIRST: Text = Text::new(
    "Write its passphrase down first, or save the key file; then the key can be used.",
    "先にパスフレーズを書き留めるか、鍵ファイルを保存してください。その後、鍵を使用できるようになります。",
);
/// Hands it over as a file.
pub const SAVE_PASSPHRASE: Text = Text::new("Save passphrase file", "パスフレーズファイルを保存");
/// Away with it.
pub const PASSPHRASE_NOTED: Text = Text::new("I have it", "書き留めました");
/// Introduces risks that a policy allows.
pub const ALLOWED: Text = Text::new(
    "An older format, which your commitment policy allows to be opened:",
    "古い形式ですが、コミットメントポリシーにより、開くことが許可されています。次のリスクがあります:",
);

/// Chosen, but not written for.
pub fn left_out(labels: &str) -> String {
    said!(
        "Not for {labels}: an object of the S3 Encryption Client has one recipient. For several, choose the AWS Encryption SDK \
         format on the Keys page.",
        "{labels} 宛てには暗号化されません。S3 Encryption Client のオブジェクトの受信者は 1 人だけです。\
        複数の受信者に宛てるには、「鍵」ページで AWS Encryption SDK の形式を選択してください。",
    )
}

/// Beside another key.
pub fn also_for(label: &str) -> String {
    said!("Also encrypt for {label}", "{label} 宛てにも暗号化")
}

/// A key goes by other names.
pub fn named(key: &KeyInfo) -> String {
    let KeyInfo {
        label, namespace, name, ..
    } = key;
    said!(
        "{label} is named {namespace} / {name} in new files.",
        "新しいファイルでは、{label} の名前は {namespace} / {name} です。",
    )
}

/// The key that is missing.
pub fn needed(needed: &str, by_passphrase: bool) -> String {
    let needed = detail(needed);
    if by_passphrase {
        said!(
            "Needs the key {needed}, or the passphrase it comes of. Passphrases on the Keys page are tried when you download.",
            "必要な鍵: {needed}（または、その元になったパスフレーズ）。\
            「鍵」ページのパスフレーズは、ダウンロード時に試されます。",
        )
    } else {
        said!(
            "Needs the key {needed}, which is not loaded.",
            "必要な鍵: {needed}。まだ読み込まれていません。",
        )
    }
}

/// What a policy means.
pub fn policy(policy: CommitmentPolicy) -> Text {
    match policy {
        CommitmentPolicy::RequireEncryptRequireDecrypt => Text::new(
            "The safest, and the usual one. Every file is bound to exactly one key, when it is written and when it is read. Older \
            objects without that bond stay closed; each can be unlocked in its details, once you have read why it is risky.",
            "最も安全な、標準の設定です。書き込むファイルにも読み取るファイルにも、\
            ただ 1 つの鍵に結び付けられていることを求めます。この結び付きのない古いオブジェクトは開きません。\
            リスクの説明を読んだうえで、オブジェクトの詳細で 1 つずつロックを解除できます。",
        ),
        CommitmentPolicy::RequireEncryptAllowDecrypt => Text::new(
            "New files are bound to one key. Older objects without that bond (S3 Encryption Client V2, AWS Encryption SDK version 1) \
            are opened without asking, although somebody who may write to the bucket could have exchanged what they decrypt to. For \
            an archive of old objects that you trust.",
            "新しいファイルは 1 つの鍵に結び付けられます。\
            この結び付きのない古いオブジェクト（S3 Encryption Client V2、AWS Encryption SDK バージョン 1）は、\
            確認なしで開かれます。ただし、バケットに書き込める人が復号結果をすり替えている可能性があります。\
            信頼できる古いオブジェクトのアーカイブに使用してください。",
        ),
        CommitmentPolicy::ForbidEncryptAllowDecrypt => Text::new(
            "New files are written in the older format V2, for programs that cannot read newer ones, and older objects are opened \
            without asking. Only for as long as such programs are in use.",
            "新しいファイルは、新しい形式を読み取れないプログラムのために古い形式 V2 で書き込まれます。\
            古いオブジェクトは確認なしで開かれます。そのようなプログラムを使用している間だけ選択してください。",
        ),
    }
}

/// How many pairs.
pub fn context_count(pairs: usize) -> String {
    match (language(), pairs) {
        (Language::English, 0) => "none".into(),
        (Language::English, 1) => "1 pair".into(),
        (Language::English, pairs) => format!("{pairs} pairs"),
        (Language::Japanese, 0) => "なし".into(),
        (Language::Japanese, pairs) => format!("{pairs} 組"),
    }
}

/// Why a pair was not taken.
pub fn context_fault(fault: ContextFault) -> Text {
    match fault {
        ContextFault::Empty => Text::new("Give a name and a value.", "名前と値を入力してください。"),
        ContextFault::Reserved => Text::new(
            "Names that start with aws:, aws-crypto- or sealdrop-, and kms_cmk_id, are kept for the libraries. Choose another name.",
            "aws:、aws-crypto-、sealdrop- で始まる名前と kms_cmk_id は、ライブラリ用に予約されています。\
            別の名前にしてください。",
        ),
        ContextFault::NotAscii => Text::new(
            "Use letters, digits and signs of US-ASCII only: the official clients could not read the file otherwise.",
            "US-ASCII の文字、数字、記号のみを使用してください。それ以外の文字が含まれていると、\
            公式クライアントではファイルを読み取れません。",
        ),
        ContextFault::TooLong => Text::new(
            "All names and values together may have 1024 characters. Shorten them.",
            "名前と値は、すべて合わせて 1024 文字までです。短くしてください。",
        ),
    }
}

/// The browser did not take the passphrase file.
pub fn passphrase_unsaved(why: &str) -> String {
    let why = detail(why);
    said!(
        "It was not saved ({why}). Write it down by hand: reloading the page would lose it.",
        "保存されませんでした（{why}）。手で書き留めてください。ページを再読み込みすると失われます。",
    )
}

/// Strength of a passphrase.
pub fn passphrase_strength(bits: u32, is_made: bool) -> String {
    match bits {
        0 => Text::new(
            "For readers who have no key file. Write it down before you use it: whoever forgets it loses the files.",
            "鍵ファイルを持たない人が読み取るためのものです。使用する前に書き留めてください。\
            忘れるとファイルは失われます。",
        )
        .into(),
        _ if is_made => Text::new(
            "Made at random for you: 96 bits, strong. Write it down, or type over it to use one of your own.",
            "無作為に生成された 96 ビットのパスフレーズで、十分な強さがあります。書き留めてください。\
            自分のパスフレーズを使用する場合は、上書きして入力してください。",
        )
        .into(),
        1..50 => said!(
            "About {bits} bits: too weak, it can be guessed. Use a longer one.",
            "約 {bits} ビット: 弱すぎるため、推測されるおそれがあります。もっと長いものを使用してください。",
        ),
        50..80 => said!(
            "About {bits} bits: fair. Words of a language are worth less than this says.",
            "約 {bits} ビット: 中程度です。実在する単語を含む場合、実際の強さはこの値より低くなります。",
        ),
        _ => said!(
            "About {bits} bits: strong. Write it down before you use it.",
            "約 {bits} ビット: 十分な強さです。使用する前に書き留めてください。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::speak;
    use super::*;

    #[test]
    fn pairs_are_counted_in_each_language() {
        let counts = || [0, 1, 2].map(context_count);
        assert_eq!(counts(), ["none", "1 pair", "2 pairs"]);
        speak(Language::Japanese);
        assert_eq!(counts(), ["なし", "1 組", "2 組"]);
        speak(Language::English);
    }
}
