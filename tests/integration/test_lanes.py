"""Ten processors in one stack: each takes its own uploads, and no others."""

import io
import json
import zipfile
from functools import partial

from generators.application import build
from generators.inline import source
from generators.render import render
from generators.retention import Retention
from tests.fixture_lanes import lane

from .conftest import Deploy, Deployment, wait_until

SUFFIXES = {"a": ".csv", "b": ".json", "c": ".txt", "d": ".csv.gz", "e": ".xml"}
FOLDERS = ("in/", "out/")
LANES = {
    f"{name}{folder[:-1]}": (folder, suffix)
    for name, suffix in SUFFIXES.items()
    for folder in FOLDERS
}
TEMPLATE = render(
    build(
        Retention.EPHEMERAL,
        [
            lane(
                name,
                handler="own:run",
                folder=folder,
                suffixes=[suffix],
                settings={"WORD": name},
            )
            for name, (folder, suffix) in LANES.items()
        ],
    )
).decode()


def package() -> bytes:
    """Return a processor whose receipts say which lane it runs in."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", source("file_processor"))
        archive.writestr(
            "own.py",
            "import os\n\n\ndef run(file, context):\n    return {'word': os.environ['WORD']}\n",
        )
    return content.getvalue()


def test_each_lane_takes_its_own_files(deploy: Deploy) -> None:
    stack = deploy()
    s3 = stack.client("s3")
    s3.create_bucket(
        Bucket="ten-lanes",
        CreateBucketConfiguration={"LocationConstraint": stack.session.region_name},
    )
    s3.put_object(Bucket="ten-lanes", Key="own.zip", Body=package())
    keys = {f"{name.capitalize()}CodeKey": "own.zip" for name in LANES}
    stack.update(TEMPLATE, CodeBucket="ten-lanes", **keys)
    names = [f"{folder}file{suffix}" for folder in FOLDERS for suffix in SUFFIXES.values()]
    for name in [*names, "in/file.CSV", "elsewhere/file.csv"]:
        stack.upload(name, b"content")
    lanes = json.loads(stack.outputs["Lanes"])
    assert lanes.keys() == LANES.keys()
    for name, (folder, suffix) in LANES.items():
        table = lanes[name]["ledger"]
        wait_until(f"an entry of {name}", partial(entries, stack, table))
        assert entries(stack, table) == {f"{folder}file{suffix}": name}


def entries(stack: Deployment, table: str) -> dict[str, str]:
    """Return which lane entered a file in a ledger, by the file's name."""
    items = stack.client("dynamodb").scan(TableName=table)["Items"]
    prefix = stack.outputs["UploadPrefix"]
    return {
        item["object_key"]["S"].removeprefix(prefix): item["receipt"]["M"]["word"]["S"]
        for item in items
    }
