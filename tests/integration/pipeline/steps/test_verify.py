"""A sample goes through every lane of what was deployed."""

from pathlib import Path
from typing import Any

import pytest

from generators import lanes
from generators.editions import Edition
from pipeline.steps import command, verify
from serverlessapp.operations import ledger, receipts
from serverlessapp.operations.messages import Depth
from serverlessapp.operations.stack import find

from ... import foreign
from ...conftest import wait_until
from .conftest import FIRST, OTHER, REGION, Delivered, Json

NAME = f"uploads/pipeline/{FIRST}/invoice.txt"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "POLL_SECONDS", 0.1)


def with_code(text: str) -> Any:
    """Return a change of a template: its function does this to every file."""

    def change(template: Json) -> None:
        code = template["Resources"]["FileProcessor"]["Properties"]["Code"]["Fn::If"][2]
        before, at, after = code["ZipFile"].partition("@cache\ndef runtime(")
        assert after
        code["ZipFile"] = f"{before}def sign_receipt(file, context):\n    {text}\n\n\n{at}{after}"

    return change


def test_every_lane_signs_a_sample_in_every_region(delivered: Delivered) -> None:
    delivered.package()
    delivered.deploy()
    code, out = delivered.step("verify")
    assert code == 0, out
    for region in (REGION, OTHER):
        assert f"{region}: receipts: signed entry, verified" in out
        session = delivered.emulator.session(region)
        (lane,) = find(session.client("cloudformation"), delivered.stack).lanes
        ((entry,),) = ledger.pages(session.client("dynamodb"), lane.ledger)
        assert receipts.Receipt.from_item(entry).key == NAME
    again, out = delivered.step("verify")
    assert again == 0, "a build that is tried again waits for its own version"


def test_a_sample_goes_into_a_bucket_that_is_there_already(delivered: Delivered) -> None:
    delivered.toml(template="existing-bucket")
    for region in (REGION, OTHER):
        foreign.bucket(delivered.emulator.session(region), f"somebody-in-{region}")
    delivered.package(edition=Edition.EXISTING_BUCKET, SourceBucket="somebody-in-{region}")
    delivered.deploy()
    code, out = delivered.step("verify")
    assert code == 0, out
    assert out.count("receipts: signed entry, verified") == 2
    s3 = delivered.emulator.session(OTHER).client("s3")
    (sample,) = s3.list_objects_v2(Bucket=f"somebody-in-{OTHER}")["Contents"]
    assert sample["Key"] == NAME


def test_a_processor_that_refuses_its_sample(
    delivered: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered.package(with_code("raise PermanentError('no invoices today')"))
    delivered.deploy()
    time = [0.0]

    def parked() -> bool:
        depths = []
        for region in (REGION, OTHER):
            session = delivered.emulator.session(region)
            (lane,) = find(session.client("cloudformation"), delivered.stack).lanes
            depths.append(Depth.of(session.client("sqs"), lane.dead_letter_queue).visible)
        return depths == [1, 1]

    def pause(_: float) -> None:
        wait_until("samples in dead-letter queues", parked)
        time[0] += verify.WAIT_SECONDS + 1

    monkeypatch.setitem(
        command.STEPS, "verify", lambda settings: verify.verify(settings, lambda: time[0], pause)
    )
    code, out = delivered.step("verify")
    assert code == 1
    assert out.count(f"{NAME} failed: no entry in ledger") == 2
    assert "DeadLetterQueue" in out


def test_an_older_entry_of_the_same_name_does_not_count(
    delivered: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that is tried again uploads a new version, which nobody processes here."""
    delivered.package()
    delivered.deploy()
    assert delivered.step("verify")[0] == 0
    for region in (REGION, OTHER):
        session = delivered.emulator.session(region)
        (lane,) = find(session.client("cloudformation"), delivered.stack).lanes
        lambdas = session.client("lambda")
        mappings = lambdas.list_event_source_mappings(FunctionName=lane.function)
        for mapping in mappings["EventSourceMappings"]:
            lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    time = [0.0]

    def pause(_: float) -> None:
        time[0] += verify.WAIT_SECONDS + 1

    monkeypatch.setitem(
        command.STEPS, "verify", lambda settings: verify.verify(settings, lambda: time[0], pause)
    )
    code, out = delivered.step("verify")
    assert code == 1
    assert out.count(f"{NAME} failed: no entry in ledger") == 2


def test_an_entry_that_is_not_true(delivered: Delivered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts.Receipt, "is_signed_by", lambda *_: False)
    delivered.package()
    delivered.deploy()
    code, out = delivered.step("verify")
    assert code == 1
    assert "its ledger entry does not verify: the signature does not match" in out


def test_a_processor_may_say_that_its_samples_do_harm(
    delivered: Delivered, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "processors/receipts"
    (folder / "samples").mkdir(parents=True)
    (folder / "samples/a.txt").write_text("a")
    (folder / "processor.toml").write_text('handler = "index:sign_receipt"\nverify = false\n')
    monkeypatch.setattr(lanes, "PROCESSORS", folder.parent)
    delivered.package()
    delivered.deploy()
    code, out = delivered.step("verify")
    assert code == 0
    assert out.count("receipts: skipped (verify = false)") == 2


def test_there_is_no_stack(delivered: Delivered) -> None:
    code, out = delivered.step("verify")
    assert code == 2
    assert out.startswith(f"error: stack serverlessapp-prod does not exist in {REGION}; ")
