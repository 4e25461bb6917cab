"""One stack in several Regions of the emulator."""

import json

from local.emulator import Emulator, EmulatorSession

from .conftest import wait_until

NAME = "everywhere"
ROLE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
TEMPLATE = json.dumps(
    {
        "Resources": {
            "Log": {"Type": "AWS::Logs::LogGroup"},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": ROLE_TRUST},
            },
        },
        "Outputs": {"Role": {"Value": {"Ref": "Role"}}, "Log": {"Value": {"Ref": "Log"}}},
    }
)


def outputs(session: EmulatorSession, url: str) -> dict[str, str]:
    """Make a stack of a template in S3 and return its outputs."""
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(
        StackName=NAME, TemplateURL=url, Capabilities=["CAPABILITY_IAM"], OnFailure="DO_NOTHING"
    )

    def made() -> list[dict[str, str]]:
        (stack,) = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
        found: list[dict[str, str]] = stack.get("Outputs", [])
        return found if stack["StackStatus"] == "CREATE_COMPLETE" else []

    return {item["OutputKey"]: item["OutputValue"] for item in wait_until("the stack", made)}


def test_a_stack_from_a_virtual_hosted_url_has_its_own_names_in_each_region(
    enforcing: Emulator,
) -> None:
    west, east = enforcing.session("us-west-2"), enforcing.session("us-east-1")
    s3 = east.client("s3")
    s3.create_bucket(Bucket="a.b-c")
    s3.put_object(Bucket="a.b-c", Key="some/folder/t.json", Body=TEMPLATE)
    url = "https://a.b-c.s3.us-east-1.amazonaws.com/some/folder/t.json"
    first, second = outputs(west, url), outputs(east, url)
    assert first["Role"] != second["Role"]
    assert first["Log"].startswith(f"{NAME}-Log-")
    west.client("cloudformation").delete_stack(StackName=NAME)
    wait_until("the end", lambda: not west.client("cloudformation").describe_stacks()["Stacks"])
    roles = [role["RoleName"] for role in east.client("iam").list_roles()["Roles"]]
    assert roles == [second["Role"]]
