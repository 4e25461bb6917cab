"""Resources have the names of what is really there, or those that CloudFormation would make up."""

from typing import Any

import pytest

from local.emulator import ACCOUNT
from local.emulator import REGION as HOME
from local.pipeline.names import Names, Place, pseudo
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template

RESOURCES = {
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "b-${Bucket}"}}},
    "Role": {"Type": "AWS::IAM::Role"},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Project": {"Type": "AWS::CodeBuild::Project"},
    "Secret": {"Type": "AWS::SecretsManager::Secret"},
}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "AWS::StackName"}, "s"),
        ({"Ref": "Bucket"}, "s-bucket"),
        ({"Ref": "Named"}, "b-s-bucket"),
        ({"Fn::GetAtt": ["Named", "Arn"]}, "arn:aws:s3:::b-s-bucket"),
        ({"Fn::GetAtt": "Role.Arn"}, f"arn:aws:iam::{ACCOUNT}:role/s-Role"),
        ({"Ref": "Topic"}, f"arn:aws:sns:{HOME}:{ACCOUNT}:real"),
        (
            {"Fn::GetAtt": ["Project", "Arn"]},
            f"arn:aws:codebuild:{HOME}:{ACCOUNT}:project/s-Project",
        ),
        ({"Fn::Sub": "${Named.Arn}/*/${!x}"}, "arn:aws:s3:::b-s-bucket/*/${x}"),
        ({"Fn::GetAtt": ["Secret", "Id"]}, "s-Secret-Id"),
    ],
)
def test_references_become_names(node: Any, expected: str) -> None:
    template = Template(content={"Resources": RESOURCES, "Outputs": {"O": {"Value": node}}})
    evaluation = Evaluation(template=template, given=pseudo("s", Place()))
    assert Names(evaluation, {"Topic": "real"}).known().value(node) == expected
