"""Which queues a dead-letter queue takes messages from."""

import json

import pytest

from local.enforcement.redrive import takes

OURS, OTHER = "arn:aws:sqs:eu-west-1:123456789012:ours", "arn:aws:sqs:eu-west-1:123456789012:other"


@pytest.mark.parametrize(
    ("policy", "ours", "other"),
    [
        (None, True, True),
        ({"redrivePermission": "allowAll"}, True, True),
        ({"redrivePermission": "denyAll"}, False, False),
        ({"redrivePermission": "byQueue", "sourceQueueArns": [OURS]}, True, False),
    ],
)
def test_only_what_its_policy_names(
    policy: dict[str, object] | None, ours: bool, other: bool
) -> None:
    attributes = {"RedriveAllowPolicy": json.dumps(policy)} if policy else {}
    assert (takes(attributes, OURS), takes(attributes, OTHER)) == (ours, other)
