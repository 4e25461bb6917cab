"""The samples are what they say they are."""

import hashlib
from dataclasses import replace

from local.demo import samples
from serverlessapp.processors.definition import read
from serverlessapp.processors.uploads import Uploads
from tests.fixture_lanes import LANES


def test_at_least_six_files_of_different_kinds() -> None:
    files = samples.processed()
    assert len(files) >= 6
    assert {file.media_type for file in files} >= {
        "text/plain",
        "application/json",
        "image/png",
        "application/octet-stream",
    }
    assert max(len(file.content) for file in files) == 20_000_000
    assert any(set(" +%&üÆ") & set(file.name) >= set(" +%&") for file in files)


def test_the_same_files_every_time() -> None:
    assert [f.sha256 for f in samples.processed()] == [f.sha256 for f in samples.processed()]


def test_the_damaged_file_is_not_what_its_sender_declared() -> None:
    file = samples.damaged()
    assert file.metadata["sha256"] != hashlib.sha256(file.content).hexdigest()


def test_the_skipped_one_is_a_folder_marker() -> None:
    assert samples.skipped().name.endswith("/")
    assert samples.skipped().content == b""


def test_only_receipts_for_all_uploads_get_strange_files() -> None:
    receipts = read(LANES / "receipts")
    assert samples.of(receipts) == samples.processed()
    narrowed = replace(receipts, uploads=Uploads(folder="in/"))
    assert [sample.name for sample in samples.of(narrowed)] == ["in/invoice.txt"]
    (sample,) = samples.of(replace(receipts, name="csv"))
    assert sample.content == (LANES / "receipts/samples/invoice.txt").read_bytes()
