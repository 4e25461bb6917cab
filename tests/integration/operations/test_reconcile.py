"""Lost notifications and old files are found, once, and processed."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.emulator import Emulator
from local.faults import actions
from local.faults.proxy import FaultProxy
from serverlessapp.operations.events import uploads_in
from tests.integration.conftest import Deployment, wait_until

ROOT = Path(__file__).resolve().parents[3]
Deploy = Callable[..., Deployment]
Operate = Callable[..., tuple[int, dict[str, Any]]]


def silence(stack: Deployment) -> Any:
    """Let uploads go unnoticed; return the notifications to put back."""
    s3, bucket = stack.client("s3"), stack.outputs["UploadBucketName"]
    notifications = s3.get_bucket_notification_configuration(Bucket=bucket)
    notifications.pop("ResponseMetadata")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    return notifications


def test_what_was_never_processed_is_enqueued_once(deploy: Deploy, operate: Operate) -> None:
    stack = deploy()
    s3, bucket = stack.client("s3"), stack.outputs["UploadBucketName"]
    prefix = stack.outputs["UploadPrefix"]
    stack.upload("seen.txt", b"seen")
    old = stack.upload("changed.txt", b"old")
    stack.wait_for_receipt("changed.txt", old)
    stack.wait_for_receipt("seen.txt")
    stack.upload("damaged.txt", b"x", sha256="0" * 64)
    stack.wait_for_parked()
    notifications = silence(stack)
    lost = stack.upload("lost ÄÖ+%.txt", b"lost")
    newer = stack.upload("changed.txt", b"newer")
    stack.upload("folder/", b"")
    stack.upload("deleted.txt", b"d")
    s3.delete_object(Bucket=bucket, Key=prefix + "deleted.txt")
    s3.put_object(Bucket=bucket, Key="elsewhere.txt", Body=b"e")

    code, document = operate("reconcile", stack.name)
    assert code == 2  # no terminal to ask on
    plan = {row["upload"]["key"]: row for row in document["planned"]}
    assert set(plan) == {prefix + "lost ÄÖ+%.txt", prefix + "changed.txt"}
    assert plan[prefix + "lost ÄÖ+%.txt"]["why"] == "never processed"
    assert plan[prefix + "changed.txt"]["why"] == "the bucket has a newer version than the ledger"
    assert plan[prefix + "changed.txt"]["upload"]["version_id"] == newer
    assert [file["key"] for file in document["parked"]] == [prefix + "damaged.txt"]
    code, document = operate("reconcile", stack.name, "--prefix", prefix + "l")
    assert [row["upload"]["key"] for row in document["planned"]] == [prefix + "lost ÄÖ+%.txt"]
    assert operate("reconcile", stack.name, "--prefix", "elsewhere") == (2, {})
    code, document = operate("reconcile", stack.name, "--since", "2999-01-01")
    assert (code, document["planned"]) == (0, [])

    code, document = operate("reconcile", stack.name, "--yes")
    assert (code, document["sent"]) == (0, 2)
    assert stack.wait_for_receipt("lost ÄÖ+%.txt").version_id == lost
    stack.wait_for_receipt("changed.txt", newer)
    wait_until("an idle queue", lambda: operate("reconcile", stack.name)[1]["waiting"] == 0)
    code, document = operate("reconcile", stack.name, "--yes")
    assert (code, document["planned"], document["sent"]) == (0, [], 0)

    # A later event from S3 itself wins over what reconcile wrote.
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=notifications)
    for name in ("lost ÄÖ+%.txt", "changed.txt"):
        stack.wait_for_receipt(name, stack.upload(name, b"by S3"))


def test_killed_anywhere_it_goes_on_and_nothing_is_lost_or_sent_twice(
    deploy: Deploy, emulator: Emulator, tmp_path: Path
) -> None:
    """Each kill may repeat the batch that was under way, and no other message."""
    stack = deploy()
    silence(stack)
    keys = {stack.outputs["UploadPrefix"] + f"{number:03} ä" for number in range(430)}
    s3, sqs = stack.client("s3"), stack.client("sqs")
    for key in keys:
        s3.put_object(Bucket=stack.outputs["UploadBucketName"], Key=key, Body=b"x")
    seed = os.urandom(4).hex()
    print(f"seed: {seed}")  # pytest shows it when this fails
    chance, killed = random.Random(seed), 0  # noqa: S311  no secret
    with stack.paused(), FaultProxy(emulator.endpoint) as proxy:
        command = [sys.executable, "-m", "serverlessapp", "reconcile", "--yes", "--stack"]
        variables = {"AWS_ENDPOINT_URL": proxy.endpoint, "XDG_STATE_HOME": str(tmp_path)}

        def run() -> int:
            return subprocess.run(
                [*command, stack.name],
                cwd=ROOT,
                env={**os.environ, **emulator.session().environment, **variables},
                capture_output=True,
            ).returncode

        for _ in range(5):
            proxy.add("*", actions.forward, times=chance.randrange(1, 13))
            killing = chance.choice((actions.kill, actions.kill_afterwards))
            proxy.add("*", killing, times=1)
            killed += run() == -signal.SIGKILL
            proxy.heal()
        assert killed == 5
        assert run() == 0
        queue = stack.outputs["IngestQueueUrl"]
        sent: Counter[str] = Counter()
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            sent.update(u.key for message in messages for u in uploads_in(message["Body"]))
    assert sent.keys() == keys
    assert sent.total() - len(keys) <= 10 * killed
