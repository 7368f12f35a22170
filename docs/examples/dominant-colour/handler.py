"""The colour that most of a picture has, written into its record as `x-dominant-colour`, such as `#3a5f0b`.

It is read off the placeholder in the picture's markup, a PNG of at most 12 × 12 pixels, so nothing has to be fetched
and nothing but what Lambda's Python has is needed.
"""

import base64
import os
import re
import zlib
from collections import defaultdict

import boto3
from botocore.exceptions import ClientError

# An older boto3, as Linux distributions have it, does not look for a laptop's endpoint by itself.
dynamodb = boto3.client("dynamodb", endpoint_url=os.environ.get("AWS_ENDPOINT_URL_DYNAMODB"))
table = os.environ["CATALOG_TABLE"]
attribute = os.environ["ATTRIBUTE"]


def handle(event, context):
    for change in event["Records"]:
        picture = change["dynamodb"]["NewImage"]
        picture_id = picture["pictureId"]["S"]
        colour = dominant(pixels_of(picture["markup"]["M"]["html"]["S"]))
        print(f"{picture_id} {write(picture_id, colour)} {colour}")


def write(picture_id, colour):
    """Adds to the record. A picture may have been forgotten while its change was waiting: nothing is kept of that."""
    key = {"pk": {"S": f"picture#{picture_id}"}, "sk": {"S": "record"}}
    record = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    if record is None or record["status"]["S"] in ("forgetting", "forgotten"):
        return "is gone, not"
    try:
        dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET #mine = :colour",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#mine": attribute},
            ExpressionAttributeValues={":colour": {"S": colour}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return "is gone, not"
    return "is"


def pixels_of(html):
    """The placeholder's (red, green, blue, alpha), row by row: Darkroom writes 8 bits a channel and filters no row."""
    png = base64.b64decode(re.search(r"data:image/png;base64,([A-Za-z0-9+/=]+)", html)[1])
    width = int.from_bytes(png[16:20], "big")
    at, packed = 8, b""
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    rows = zlib.decompress(packed)
    stride = 1 + 4 * width
    for row in range(0, len(rows), stride):
        for x in range(row + 1, row + stride, 4):
            yield tuple(rows[x : x + 4])


def dominant(pixels):
    """The mean of the fullest of 64 equal boxes of colour."""
    boxes = defaultdict(list)
    for *colour, alpha in pixels:
        if alpha > 127:
            boxes[tuple(channel // 64 for channel in colour)].append(colour)
    fullest = max(boxes.values(), key=len, default=[(255, 255, 255)])
    return "#" + "".join(f"{sum(channel) // len(fullest):02x}" for channel in zip(*fullest))
