"""Owns reading and writing buckets with Amazon's own Python SDK, so that what our code wrote is judged by another tool.

Must not share anything with the product. Called by bucket-tool.ts as
    /usr/bin/python3 bucket.py ACTION BUCKET < one JSON object a line
with the server in the environment (S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION). Packages: python3-boto3.
"""

import hashlib
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

THREADS = 8
ACTION, BUCKET = sys.argv[1:3]

client = boto3.client(
    "s3",
    endpoint_url=os.environ["S3_ENDPOINT"],
    aws_access_key_id=os.environ["S3_ACCESS_KEY"],
    aws_secret_access_key=os.environ["S3_SECRET_KEY"],
    region_name=os.environ["S3_REGION"],
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, max_pool_connections=THREADS),
)


def put(line):
    """{"key", "file", "contentType"?, "cacheControl"?, "metadata"?}: stores the file's bytes in one request."""
    headers = {
        "ContentType": line.get("contentType"),
        "CacheControl": line.get("cacheControl"),
        "Metadata": line.get("metadata"),
    }
    with open(line["file"], "rb") as body:
        given = {name: value for name, value in headers.items() if value is not None}
        client.put_object(Bucket=BUCKET, Key=line["key"], Body=body, **given)
    return None


def remove(line):
    client.delete_object(Bucket=BUCKET, Key=line["key"])
    return None


def read(key):
    answer = client.get_object(Bucket=BUCKET, Key=key)
    digest = hashlib.sha256()
    size = 0
    for piece in answer["Body"].iter_chunks(1024 * 1024):
        digest.update(piece)
        size += len(piece)
    return {
        "key": key,
        "sizeBytes": size,
        "sha256": digest.hexdigest(),
        "contentType": answer.get("ContentType"),
        "cacheControl": answer.get("CacheControl"),
        "metadata": answer.get("Metadata", {}),
    }


def listed_keys():
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for entry in page.get("Contents", []):
            yield entry["Key"]


def run(action, items):
    """Runs the action on all items at once; the first error ends the program with a traceback."""
    with ThreadPoolExecutor(THREADS) as pool:
        for answer in pool.map(action, items):
            if answer is not None:
                print(json.dumps(answer))


if ACTION == "make":
    client.create_bucket(Bucket=BUCKET)
elif ACTION == "put":
    run(put, [json.loads(line) for line in sys.stdin])
elif ACTION == "remove":
    run(remove, [json.loads(line) for line in sys.stdin])
elif ACTION == "read":
    run(read, list(listed_keys()))
else:
    sys.exit(f"unknown action {ACTION}")
