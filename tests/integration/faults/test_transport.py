"""S3 is busy, the network breaks, the bytes are not those that were stored."""

import pytest

from local.faults import actions
from local.faults.exchange import Action

from .trial import LATE_REDELIVERY, Trial

CONTENT = bytes(range(256)) * 1024  # more than fits into the buffers on the way
HALF = len(CONTENT) // 2


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(actions.error(503, "SlowDown"), id="S3 SlowDown once"),
        pytest.param(actions.reset, id="Connection reset once"),
    ],
)
def test_hiccup(trial: Trial, action: Action) -> None:
    """{case}.

    The SDK tries again, and the file is processed in the same receive.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.proxy.add("GetObject", action, times=1)
    trial.upload("file")
    trial.wait_for_receipt("file")
    assert [call.status for call in trial.proxy.made("GetObject")] == [0, 200]
    assert not [
        line
        for line in trial.stack.log()
        if line.get("key") == trial.key("file") and line["level"] == "ERROR"
    ]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        pytest.param(actions.abort_body(HALF), "onnection", id="Body aborted by a reset"),
        pytest.param(actions.end_body(HALF), "IncompleteRead", id="Body truncated"),
        pytest.param(actions.flip_body, "did not match", id="Body with a flipped bit"),
    ],
)
def test_bad_body(trial: Trial, action: Action, words: str) -> None:
    """{case}.

    No receipt for bytes that were not stored; the log says why, its batch mate is processed, and
    the next receive reads the whole file.
    """
    trial.proxy.add("GetObject", action, times=1, key=trial.key("file"))
    with trial.stack.paused():
        trial.upload("file", CONTENT)
        trial.upload("mate")
    trial.wait_for_receipt("file")
    assert trial.writes("file") == [200]
    assert trial.reads("file") == 2
    assert trial.reads("mate") == 1
    assert words in trial.wait_for_log("SQS delivers it again", "file")["error"]
