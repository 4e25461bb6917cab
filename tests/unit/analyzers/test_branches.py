"""What analyzers without Fn::If get to see."""

from tests.analyzers.branches import decided
from tests.unit.serverlessapp.rules.policies.samples import template

NOTHING = {"Ref": "AWS::NoValue"}


def test_one_branch_of_every_condition() -> None:
    properties = {
        "Key": {"Fn::If": ["Own", {"Fn::If": ["Old", "a", "b"]}, NOTHING]},
        "List": [{"Fn::If": ["Own", NOTHING, "c"]}, "d"],
    }
    sample = template(
        {
            "Plain": {"Type": "A", "Properties": properties},
            "Sometimes": {"Type": "A", "Condition": "Own"},
        },
        Conditions={"Own": {}},
        Rules={},
    )
    assert decided(sample, conditions=True) == {
        "Resources": {
            "Plain": {"Type": "A", "Properties": {"Key": "a", "List": ["d"]}},
            "Sometimes": {"Type": "A"},
        }
    }
    assert decided(sample, conditions=False) == {
        "Resources": {"Plain": {"Type": "A", "Properties": {"List": ["c", "d"]}}}
    }
