"""A grant to write results: exactly its results, nothing else."""

from typing import Any

from troposphere import encode_to_dict, kms, s3

from generators.results import grants

BUCKET, KEY = s3.Bucket("UploadBucket"), kms.Key("EncryptionKey")


def statements() -> list[dict[str, Any]]:
    return [encode_to_dict(statement) for statement in grants(bucket=BUCKET, key=KEY)]


def test_writes_results_only() -> None:
    assert statements()[0] == {
        "Sid": "PutResults",
        "Effect": "Allow",
        "Action": ["s3:PutObject"],
        "Resource": [{"Fn::Sub": "${UploadBucket.Arn}/results/*"}],
    }


def test_encrypts_through_s3_with_the_stacks_key_if_there_is_one() -> None:
    encryption = statements()[1]
    assert encryption["Action"] == ["kms:GenerateDataKey"]
    (resource,) = encryption["Resource"]
    condition, with_key, without = resource["Fn::If"]
    assert (condition, with_key) == (
        "CustomerManagedKey",
        {"Fn::GetAtt": ["EncryptionKey", "Arn"]},
    )
    assert without["Fn::Sub"].endswith(":key/none")
    assert encryption["Condition"] == {
        "StringEquals": {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}}
    }


def test_there_is_nothing_else() -> None:
    assert [statement["Sid"] for statement in statements()] == ["PutResults", "EncryptResults"]
