"""A permissions boundary holds back what the role's own policy allows."""

from functools import partial

import pytest

from local.emulator import ACCOUNT, Emulator
from local.enforcement.principals import EVERYTHING, administrator, policy

from .attack import PROCESSOR
from .grants import ROLE
from .paths import first_file
from .proof import HOUSE
from .world import RefusedError, World

FORBIDDEN = "secretsmanager:GetSecretValue"
LANE = HOUSE.lanes[0]


@pytest.fixture(scope="module")
def bounded(emulator: Emulator, code: dict[str, str]) -> World:
    """Deploy a stack within a boundary that forbids what the processor needs."""
    deployed = World(
        administrator(emulator.session(), "careful"), "bounded", {}, emulator, HOUSE.lanes
    )
    boundary = deployed.client("iam").create_policy(
        PolicyName="boundary",
        PolicyDocument=policy(EVERYTHING, {"Effect": "Deny", "Action": FORBIDDEN, "Resource": "*"}),
    )
    deployed.update(
        HOUSE.template,
        EnvironmentSuffix="bounded",
        PermissionsBoundaryArn=boundary["Policy"]["Arn"],
        **code,
    )
    deployed.retry_soon()
    deployed.settle()
    return deployed


def test_every_role_is_within_it(bounded: World) -> None:
    roles = {title: name for title, (kind, name) in bounded.resources.items() if kind == ROLE}
    assert len(roles) == len(HOUSE.lanes) + 1  # that of the emptier
    for title, name in roles.items():
        found = bounded.client("iam").get_role(RoleName=name)["Role"]
        arn = found["PermissionsBoundary"]["PermissionsBoundaryArn"]
        assert arn.endswith(":policy/boundary"), title


def test_it_holds_back_what_the_policy_allows(bounded: World) -> None:
    path = partial(first_file, lane=LANE)
    with pytest.raises(RefusedError) as caught:
        bounded.run(path)
    assert {each.action for each in caught.value.refused} == {FORBIDDEN}
    iam = bounded.client("iam")
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    roles = [bounded.physical(lane.logical_id(PROCESSOR)) for lane in bounded.lanes]
    for role in roles:
        iam.delete_role_permissions_boundary(RoleName=role)
    try:
        bounded.settle()
        bounded.run(path)
    finally:
        for role in roles:
            iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
