"""A permissions boundary holds back what the role's own policy allows."""

from collections.abc import Callable

import pytest

from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import EVERYTHING, administrator, policy

from .paths import first_file
from .world import RefusedError, World

FORBIDDEN = "secretsmanager:GetSecretValue"
ROLES = ("FileProcessorRole", "BucketEmptierRole")


@pytest.fixture(scope="module")
def bounded(enforcing: Emulator, template: Callable[[Retention], str]) -> World:
    """Deploy a stack within a boundary that forbids what the processor needs."""
    deployed = World(administrator(enforcing.session(), "careful"), "bounded", {}, enforcing)
    boundary = deployed.client("iam").create_policy(
        PolicyName="boundary",
        PolicyDocument=policy(EVERYTHING, {"Effect": "Deny", "Action": FORBIDDEN, "Resource": "*"}),
    )
    deployed.update(
        template(Retention.EPHEMERAL),
        EnvironmentSuffix="bounded",
        PermissionsBoundaryArn=boundary["Policy"]["Arn"],
    )
    deployed.retry_soon()
    deployed.settle()
    return deployed


def test_every_role_is_within_it(bounded: World) -> None:
    for role in ROLES:
        found = bounded.client("iam").get_role(RoleName=bounded.physical(role))["Role"]
        arn = found["PermissionsBoundary"]["PermissionsBoundaryArn"]
        assert arn.endswith(":policy/boundary"), role


def test_it_holds_back_what_the_policy_allows(bounded: World) -> None:
    with pytest.raises(RefusedError) as caught:
        bounded.run(first_file)
    assert {each.action for each in caught.value.refused} == {FORBIDDEN}
    iam, role = bounded.client("iam"), bounded.physical("FileProcessorRole")
    boundary = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]
    iam.delete_role_permissions_boundary(RoleName=role)
    try:
        bounded.settle()
        bounded.run(first_file)
    finally:
        arn = boundary["PermissionsBoundaryArn"]
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)
