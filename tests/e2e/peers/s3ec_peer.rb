#!/usr/bin/env ruby
# Small peer around the official S3 Encryption Client of aws-sdk-s3 for Ruby (EncryptionV2, Debian's ruby-aws-sdk-s3).
#
#   s3ec_peer.rb get|put ENDPOINT BUCKET KEY FILE [KEY FILE …] [options]
#     --aes HEX | --rsa PEM-FILE | --kms ARN --kms-endpoint URL     the key
#     --ctx k=v          an entry of the KMS encryption context
#     --instruction-file the envelope goes into an instruction file (put), or is looked for there (get)
#   Credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
#   Exit 0 done; 3 the official client refused (message on stderr; what FILE holds then is worth nothing).
require "aws-sdk-kms"
require "aws-sdk-s3"
require "optparse"

options = { ctx: {} }
OptionParser.new do |parser|
  parser.on("--aes HEX") { |hex| options[:aes] = [hex].pack("H*") }
  parser.on("--rsa FILE") { |file| options[:rsa] = OpenSSL::PKey::RSA.new(File.read(file)) }
  parser.on("--kms ARN") { |arn| options[:kms] = arn }
  parser.on("--kms-endpoint URL") { |url| options[:kms_endpoint] = url }
  parser.on("--ctx PAIR") { |pair| options[:ctx].store(*pair.split("=", 2)) }
  parser.on("--instruction-file") { options[:location] = :instruction_file }
end.parse!
what, endpoint, bucket, *pairs = ARGV

settings = { region: "us-east-1" }
key_of = if options[:aes]
  { encryption_key: options[:aes], key_wrap_schema: :aes_gcm }
elsif options[:rsa]
  { encryption_key: options[:rsa], key_wrap_schema: :rsa_oaep_sha1 }
else
  kms = Aws::KMS::Client.new(endpoint: options[:kms_endpoint], **settings)
  { kms_key_id: options[:kms], kms_client: kms, key_wrap_schema: :kms_context }
end
client = Aws::S3::EncryptionV2::Client.new(
  client: Aws::S3::Client.new(endpoint: endpoint, force_path_style: true, **settings),
  content_encryption_schema: :aes_gcm_no_padding,
  security_profile: :v2,
  envelope_location: options[:location] || :metadata,
  **key_of
)
context = options[:kms] ? { kms_encryption_context: options[:ctx] } : {}

# Debian's KMS gem is older than its S3 gem: its answer does not say which key it was, so that is not compared.
reading = options[:kms] ? context.merge(kms_allow_decrypt_with_any_cmk: true) : context

begin
  pairs.each_slice(2) do |key, file|
    if what == "put"
      File.open(file, "rb") { |body| client.put_object(bucket: bucket, key: key, body: body, **context) }
    else
      client.get_object(bucket: bucket, key: key, response_target: file, **reading)
    end
  end
rescue Aws::S3::EncryptionV2::Errors::EncryptionError, OpenSSL::Cipher::CipherError, Aws::Errors::ServiceError => error
  warn "refused: #{error.class}: #{error.message}"
  exit 3
end
