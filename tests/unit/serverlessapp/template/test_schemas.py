"""The published schemas: the same as cfn-lint uses, read without importing it."""

import subprocess
import sys

import pytest

from serverlessapp.template import schemas


def test_a_schema_tells_what_replaces_a_resource_and_what_it_takes_to_make_one() -> None:
    table = schemas.schema("AWS::DynamoDB::Table")
    assert "/properties/TableName" in table["createOnlyProperties"]
    assert "/properties/KeySchema" in table["conditionalCreateOnlyProperties"]
    assert "dynamodb:CreateTable" in table["handlers"]["create"]["permissions"]


def test_regions_differ() -> None:
    assert schemas.digests("us-east-1") != schemas.digests("cn-north-1")


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(schemas.UnknownTypeError, match=r"us-east-1 .* AWS::S3::Buckett"):
        schemas.schema("AWS::S3::Buckett")


def test_an_unknown_region_is_named() -> None:
    with pytest.raises(schemas.UnknownTypeError, match="unknown Region us-east-9"):
        schemas.schema("AWS::S3::Bucket", "us-east-9")


def test_reading_one_does_not_import_cfn_lint() -> None:
    code = (
        "import sys\nfrom serverlessapp.template.schemas import schema\nschema('AWS::S3::Bucket')\n"
        "assert 'cfnlint' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
