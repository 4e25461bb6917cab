"""A template larger than a request may be, in YAML, is made into a stack and leaves no bucket."""

import pytest
from botocore.exceptions import ClientError

from local import stacks
from local.emulator import Emulator
from local.enforcement.principals import user

REQUEST_BYTES = 51_200
TEMPLATE = f"""\
Parameters:
  Word: {{Type: String, Default: "yes", AllowedValues: ["yes", "no"]}}
Conditions:
  Said: !Equals [!Ref Word, "yes"]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Said
    Properties:
      TopicName: !Sub "${{AWS::StackName}}-010"
      DisplayName: |
        # {"a comment" * (REQUEST_BYTES // 9)}
Outputs:
  Name: {{Value: !GetAtt Topic.TopicName}}
"""
CALLS = {"Effect": "Allow", "Action": ["cloudformation:*", "sns:*"], "Resource": "*"}


def test_in_two_regions_by_somebody_who_may_not_use_s3(enforcing: Emulator) -> None:
    assert len(TEMPLATE) > REQUEST_BYTES
    root = enforcing.session("eu-west-1")
    somebody = user(root, "somebody", CALLS)
    with pytest.raises(ClientError, match="AccessDenied"):
        somebody.client("s3").create_bucket(Bucket="any")
    for region in ("eu-west-1", "us-east-1"):
        client = somebody.in_region(region).client("cloudformation")
        made = stacks.deploy(client, stack="large", template=TEMPLATE, parameters={})
        assert made == {"Name": "large-010"}
        assert client.get_template(StackName="large")["TemplateBody"] == TEMPLATE
        with pytest.raises(stacks.StackError, match="AllowedValues"):
            stacks.plan(client, stack="large", template=TEMPLATE, parameters={"Word": "maybe"})
    assert not root.client("s3").list_buckets()["Buckets"]
