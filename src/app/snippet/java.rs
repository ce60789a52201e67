//! Java, Amazon S3 Encryption Client 4.

use super::{Snippet, Subject, quoted};
use crate::driver::CseState;

pub(super) fn program(subject: &Subject<'_>) -> Snippet {
    let (target, facts) = (subject.target, subject.facts);
    let (imports, key, option) = match subject.recipient.wrap {
        "rsa" => (
            "import java.security.KeyFactory;\nimport java.security.spec.PKCS8EncodedKeySpec;\nimport java.util.Base64;\n\
             import software.amazon.encryption.s3.materials.PartialRsaKeyPair;\n",
            "String pem = Files.readString(Path.of(\"sealdrop-private-key.pem\")).replaceAll(\"-----.*-----|\\\\s\", \"\");\n        \
             var key = KeyFactory.getInstance(\"RSA\").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));",
            "rsaKeyPair(new PartialRsaKeyPair(key, null))",
        ),
        _ => (
            "import java.util.HexFormat;\nimport javax.crypto.spec.SecretKeySpec;\n",
            "var hex = Files.readString(Path.of(\"sealdrop-key.txt\")).strip();\n        \
             var key = new SecretKeySpec(HexFormat.of().parseHex(hex), \"AES\");",
            "aesKey(key)",
        ),
    };
    let mut options = String::new();
    let mut policy = "";
    if facts.cse.state != CseState::S3ecV3 {
        policy = "import software.amazon.encryption.s3.CommitmentPolicy;\n";
        options.push_str("\n                .commitmentPolicy(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)");
    }
    if subject.is_legacy() {
        options
            .push_str("\n                .enableLegacyUnauthenticatedModes(true).enableLegacyWrappingAlgorithms(true)");
    }
    let program = format!(
        "// Not run by sealdrop's tests. Maven: software.amazon.encryption.s3:amazon-s3-encryption-client-java:4.0.1\n\
         import java.net.URI;\n\
         import java.nio.file.Files;\n\
         import java.nio.file.Path;\n\
         {imports}\
         import software.amazon.awssdk.regions.Region;\n\
         import software.amazon.awssdk.services.s3.S3AsyncClient;\n\
         import software.amazon.awssdk.services.s3.S3Client;\n\
         {policy}\
         import software.amazon.encryption.s3.S3EncryptionClient;\n\n\
         public class Decrypt {{\n    \
         public static void main(String[] args) throws Exception {{\n        \
         {key}\n        \
         var endpoint = URI.create({});\n        \
         var region = Region.of({});\n        \
         try (var s3 = S3EncryptionClient.builderV4()\n                \
         .wrappedClient(S3Client.builder().endpointOverride(endpoint).region(region).forcePathStyle(true).build())\n                \
         .wrappedAsyncClient(S3AsyncClient.builder().endpointOverride(endpoint).region(region).forcePathStyle(true).build())\n                \
         .{option}{options}\n                \
         .setBufferSize({}L)\n                \
         .build()) {{\n            \
         var file = s3.getObjectAsBytes(get -> get.bucket({}).key({}));\n            \
         Files.write(Path.of({}), file.asByteArray());\n        \
         }}\n    \
         }}\n\
         }}\n",
        quoted(&target.endpoint),
        quoted(&target.region),
        facts.size.max(16),
        quoted(&target.bucket),
        quoted(&facts.key),
        quoted(subject.file()),
    );
    Snippet {
        library: "Amazon S3 Encryption Client, Java",
        program,
        tested: false,
    }
}
