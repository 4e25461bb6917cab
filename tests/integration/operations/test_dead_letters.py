"""A full dead-letter queue: look at it, repair the cause, send the messages back."""

from collections.abc import Callable
from typing import Any

from tests.integration.conftest import Deployment, wait_until

Deploy = Callable[..., Deployment]
Operate = Callable[..., tuple[int, dict[str, Any]]]


def parked_keys(document: dict[str, Any]) -> list[str]:
    return sorted(row["upload"]["key"] if row["upload"] else "" for row in document["parked"])


def hide_ledger(stack: Deployment, table: str) -> None:
    """Point the function at a ledger; a wrong one makes every file fail until it is repaired."""
    function = stack.outputs["FunctionName"]
    client = stack.client("lambda")
    variables = client.get_function_configuration(FunctionName=function)["Environment"]
    variables["Variables"]["LEDGER_TABLE"] = table
    client.update_function_configuration(FunctionName=function, Environment=variables)


def test_parked_files_are_listed_and_redriven(deploy: Deploy, operate: Operate) -> None:
    stack = deploy(FunctionTimeout="10")
    prefix = stack.outputs["UploadPrefix"]
    sqs = stack.client("sqs")
    assert operate("parked", stack.name) == (0, {"stack": stack.name, "parked": [], "hidden": 0})

    # One file is parked by the function, one message is no event, one file is given up by SQS.
    sqs.send_message(QueueUrl=stack.outputs["IngestQueueUrl"], MessageBody="from a stranger")
    stack.upload("damaged.txt", b"x", sha256="0" * 64)
    wait_until("two parked messages", lambda: len(stack.parked()) == 2)
    hide_ledger(stack, "no-such-table")
    stack.retry_after(1)  # too short for files that succeed
    given_up = stack.upload("given up.txt", b"12345")
    wait_until("three parked messages", lambda: len(stack.parked()) == 3)
    stack.retry_after(60)

    # On a busy machine, SQS gives up before the function has said why.
    def explained() -> Any:
        code, document = operate("parked", stack.name, "--logs")
        assert code == 5
        return "no log line" not in str(document) and document

    document = wait_until("a line of the log about it", explained)
    assert parked_keys(document) == ["", prefix + "damaged.txt", prefix + "given up.txt"]
    by_key = {row["upload"]["key"]: row for row in document["parked"] if row["upload"]}
    assert by_key[prefix + "damaged.txt"]["reason"].startswith("declared SHA-256 is 000")
    row = by_key[prefix + "given up.txt"]
    assert row["reason"].startswith("failed at every attempt; ResourceNotFoundException: ")
    assert row["upload"]["version_id"] == given_up
    assert row["upload"]["size"] == 5
    assert row["state"] == "current"
    (stranger,) = (row for row in document["parked"] if not row["upload"])
    assert stranger["body"] == "from a stranger"
    assert stranger["reason"].startswith("not an S3 event")

    # Nothing was taken, and without the log the reason is only that it failed.
    assert len(stack.parked()) == 3
    _, document = operate("parked", stack.name)
    reasons = [row["reason"] for row in document["parked"]]
    assert "failed at every attempt; --logs shows why" in reasons

    # Without a terminal nobody can agree; the plan is shown all the same.
    code, document = operate("redrive", stack.name, "--all")
    assert (code, len(document["planned"]), document["moved"]) == (2, 3, 0)
    assert len(stack.parked()) == 3

    hide_ledger(stack, stack.outputs["LedgerTableName"])
    key = prefix + "given up.txt"
    code, document = operate("redrive", stack.name, "--key", key, "--yes")
    assert (code, document["moved"], document["problem"]) == (0, 1, "")
    assert stack.wait_for_receipt("given up.txt").version_id == given_up
    code, document = operate("redrive", stack.name, "--key", key, "--yes")
    assert (code, document["planned"]) == (0, [])

    # What cannot be repaired is parked again, with its reason.
    before = {message["MessageId"] for message in stack.parked()}
    code, document = operate("redrive", stack.name, "--all", "--yes")
    assert (code, document["moved"]) == (0, 2)
    parked = wait_until("both again", lambda: len(m := stack.parked()) == 2 and m)
    assert not before & {message["MessageId"] for message in parked}

    # What nobody can repair is given up, by name; the file stays, and without a receipt it would
    # be enqueued again.
    (stranger,) = (m["MessageId"] for m in parked if m["Body"] == "from a stranger")
    damaged = ("--key", prefix + "damaged.txt", "--yes")
    assert operate("discard", stack.name, "--message", stranger, "--yes")[1]["discarded"] == 1
    assert operate("discard", stack.name, *damaged)[1]["discarded"] == 1
    assert operate("parked", stack.name) == (0, {"stack": stack.name, "parked": [], "hidden": 0})
    _, document = operate("reconcile", stack.name)
    assert [row["upload"]["key"] for row in document["planned"]] == [prefix + "damaged.txt"]
