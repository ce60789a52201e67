"""Writes botocore.json beside this file: signed requests made by botocore, AWS's own signer for Python.

    python3 -m venv /tmp/botocore && /tmp/botocore/bin/pip install botocore==1.44.5
    /tmp/botocore/bin/python tests/vectors/sigv4/make_botocore.py

Query vectors come from its client as a whole (URL building included), header vectors from its S3 signer on the URLs
of that client. The keys are AWS's documented examples: they open nothing.
"""

import datetime
import json
import pathlib
from urllib.parse import urlsplit

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.utils import percent_encode

TIME = datetime.datetime(2026, 2, 28, 23, 59, 59, tzinfo=datetime.timezone.utc)
EXPIRES = 900
BUCKET = "example-bucket"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLE//token+with/odd=characters=="

PLACES = [
    # name, endpoint, region, style, token
    ("virtual", "https://s3.eu-west-1.amazonaws.com", "eu-west-1", "virtual", None),
    ("path-port", "http://127.0.0.1:8333", "us-east-1", "path", None),
    ("path-token", "https://s3.v3.abci.ai", "ap-northeast-1", "path", TOKEN),
    ("virtual-port-token", "https://s3.example.com:8443", "garage", "virtual", TOKEN),
]

KEYS = [
    "plain.txt",
    "folder/file name with spaces.txt",
    "a+b=c&d?e#f.txt",
    "100%.txt",
    "%2e%2e/%20",
    "tilde~dash-under_score.dot",
    "/leading",
    "trailing/",
    "double//slash///triple",
    "//",
    "日本語/データ.csv",
    "cafe\u0301 and café",
    "emoji 🦀👩‍🚀.bin",
    "!*'();:@$,[]",
    "quote\"back\\slash^`{|}<>",
    "new\nline\ttab\x7f",
    "...",
    "k" * 1024,
]


class UnsignedPayload(botocore.auth.S3SigV4Auth):
    def _should_sha256_sign_payload(self, request):
        return False


class HashedPayload(botocore.auth.S3SigV4Auth):
    def _should_sha256_sign_payload(self, request):
        return True


def client_for(endpoint, region, style, token):
    session = botocore.session.Session()
    session.set_credentials(KEY_ID, SECRET, token)
    config = Config(signature_version="s3v4", s3={"addressing_style": style})
    return session.create_client("s3", region_name=region, endpoint_url=endpoint, config=config)


def sign_headers(signer, place, url, method, query, headers, body):
    _, _, region, _, token = place
    pairs = [percent_encode(name) + ("" if value is None else "=" + percent_encode(value)) for name, value in query]
    url += "?" + "&".join(pairs) if pairs else ""
    request = AWSRequest(method=method, url=url, headers=headers, data=body)
    signer(Credentials(KEY_ID, SECRET, token), "s3", region).add_auth(request)
    return {
        "url": url,
        "authorization": request.headers["Authorization"],
        "content_sha256": request.headers["X-Amz-Content-SHA256"],
    }


def vectors():
    for place in PLACES:
        name, endpoint, region, style, token = place
        client = client_for(endpoint, region, style, token)
        base = {
            "endpoint": endpoint,
            "region": region,
            "style": style,
            "bucket": BUCKET,
            "access_key_id": KEY_ID,
            "secret_access_key": SECRET,
            "session_token": token,
            "time": int(TIME.timestamp()),
        }
        for key in KEYS:
            object_base = {**base, "name": f"{name}: {key[:40]!r}", "key": key}
            urls = {}
            for operation, member in [("head_object", "HeadObject"), ("get_object", "GetObject")]:
                params = {"Bucket": BUCKET, "Key": key}
                if member == "GetObject":
                    params["ResponseContentEncoding"] = "identity"
                url = client.generate_presigned_url(operation, Params=params, ExpiresIn=EXPIRES)
                urls[member] = url
                if member == "HeadObject" or key == KEYS[0]:
                    yield {**object_base, "operation": member, "url": url}
            parts = urlsplit(urls["GetObject"])
            bare = f"{parts.scheme}://{parts.netloc}{parts.path}"
            query = [("partNumber", "10000"), ("uploadId", "a+b/c=d~e")]
            signed = sign_headers(UnsignedPayload, place, bare, "PUT", query, {}, b"")
            yield {**object_base, "operation": "UploadPart", "query": query, **signed}
        for prefix in ["", "folder/with spaces + plus/", "日本語/🦀"]:
            params = {"Bucket": BUCKET, "Prefix": prefix, "Delimiter": "/", "MaxKeys": 7}
            if not prefix:
                del params["Prefix"]
            url = client.generate_presigned_url("list_objects_v2", Params=params, ExpiresIn=EXPIRES)
            yield {**base, "name": f"{name}: list {prefix!r}", "operation": "ListObjectsV2", "prefix": prefix, "url": url}
        parts = urlsplit(client.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "key"}))
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "If-None-Match": "*",
            "x-amz-meta-note": "two  spaces  inside",
        }
        url = f"{parts.scheme}://{parts.netloc}{parts.path}"
        signed = sign_headers(HashedPayload, place, url, "PUT", [], headers, "Grüße".encode())
        yield {
            **base,
            "name": f"{name}: put",
            "operation": "PutObject",
            "key": "key",
            "content_type": headers["Content-Type"],
            "metadata": {"note": headers["x-amz-meta-note"]},
            "body": "Grüße",
            **signed,
        }


def main():
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: TIME.replace(tzinfo=None) if remove_tzinfo else TIME
    target = pathlib.Path(__file__).with_name("botocore.json")
    lines = [json.dumps(vector, ensure_ascii=False) for vector in vectors()]
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    print(f"{len(lines)} vectors")


if __name__ == "__main__":
    main()
