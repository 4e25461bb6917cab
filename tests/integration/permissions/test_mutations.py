"""Without any one of the grants, a path fails, and says which grant is missing."""

import pytest
from botocore.exceptions import ClientError

from .evidence import BY_SID, GRANTS, Evidence
from .grants import Grant
from .paths import PATHS
from .policies import taken
from .world import RefusedError, World


@pytest.mark.parametrize("grant", GRANTS, ids=" ".join)
def test_without_it_a_path_fails(world: World, evidence: Evidence, grant: Grant) -> None:
    assert grant in evidence.used, "no path needs it"
    statement = BY_SID[grant.holder, grant.sid]
    with (
        world.policies.changed(grant.holder, grant.sid, taken(statement, grant)),
        pytest.raises((RefusedError, ClientError)),
    ):
        # On a busy machine, one that does not start the function may have used what a start needs.
        for path in evidence.used[grant]:
            world.run(PATHS[path])
    refused = {each.action for each in world.decisions() if not each.allowed}
    world.settle()
    assert refused & set(statement.content["Action"])
    assert grant.part != "Action" or grant.value in refused
