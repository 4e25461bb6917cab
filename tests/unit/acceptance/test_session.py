"""Of all that taskcat prints, what matters is shown."""

import pytest

from tests.acceptance.session import Progress


def shown(*lines: str) -> tuple[str, str]:
    said: list[str] = []
    progress = Progress(said.append)
    for line in lines:
        progress.taskcat(line)
    return "\n".join(said), progress.last_error


@pytest.mark.parametrize(
    "line",
    [
        "default us-west-2: receipts (2.3 s)",
        "[INFO   ] : kept ap-southeast-2 DELETE_COMPLETE",
        "my-test us-gov-west-1: FAILED: no receipt",
    ],
)
def test_news_of_a_stack_is_shown(line: str) -> None:
    assert line.removeprefix("[INFO   ] : ") in shown(line)[0]


@pytest.mark.parametrize(
    "line",
    [
        "[S3: -> ] s3://tcat-serverlessapp-1-us-west-2/serverlessapp/packages/words.zip",
        "[WARN   ] : posthooks is alpha functionality, use with caution.",
        "[INFO   ] : Deleting stack: arn:aws:cloudformation:us-west-2:1:stack/tCaT-a/1",
    ],
)
def test_anything_else_is_not(line: str) -> None:
    assert shown(line)[0] == ""


def test_an_error_is_shown_and_kept() -> None:
    text, last = shown("[ERROR  ] : first", "[ERROR  ] : One or more hooks failed", "bye")
    assert "first" in text
    assert last == "One or more hooks failed"
