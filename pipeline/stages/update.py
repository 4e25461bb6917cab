"""UpdatePipeline: the pipeline becomes what the commit says, before it does anything else.

From the committed template, so nothing has to be built first, and a mistake in a build cannot
keep its own repair out. A change restarts the pipeline; the second time nothing changes.

It is tried twice, from the beginning, since executing a change set uses it up: the first run may
begin while the stack is still being created, which CloudFormation refuses to change then.
"""

import json
from collections.abc import Iterable

from troposphere import StackName, Sub, Template, codepipeline, iam, s3

from pipeline import actions, places
from pipeline.actions import SOURCE
from pipeline.delivery import Delivery
from pipeline.grants import access, changes, storage
from pipeline.roles import add_action_role_to
from pipeline.stages.stage import StageRefs, retry

CHANGE_SET = "self-update"
TEMPLATE_PATH = "templates/pipeline.yaml"


def add_to(
    template: Template, *, delivery: Delivery, pipeline_role: iam.Role, store: s3.Bucket
) -> StageRefs:
    """Add the stage that updates this very stack."""
    own_stack = Sub(
        "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:"
        "stack/${AWS::StackName}/*"
    )
    preparer = add_action_role_to(
        template,
        "PrepareUpdateRole",
        pipeline_role,
        storage.read_artifacts(store, SOURCE),
        *storage.use_key(delivery, writes=False),
        changes.prepare_change_set(own_stack),
        access.pass_to_cloudformation("PassRole", places.update_role()),
        why="Creates the pipeline's own change set. It can pass only the update role to "
        "CloudFormation, which is not an administrator either.",
    )
    executor = add_action_role_to(
        template,
        "ExecuteUpdateRole",
        pipeline_role,
        changes.execute_change_set(own_stack),
        why="Executes the pipeline's own change set. It cannot create one, so the pipeline "
        "changes only as the commit says.",
    )
    stage = codepipeline.Stages(
        Name="UpdatePipeline",
        Actions=[
            actions.prepare_change_set(
                "Prepare",
                role=preparer.get_att("Arn"),
                artifact=SOURCE,
                template_path=TEMPLATE_PATH,
                stack_name=StackName,
                change_set=CHANGE_SET,
                service_role=places.update_role(),
                overrides=own_parameters(template.parameters),
                run_order=1,
            ),
            actions.execute_change_set(
                "Execute",
                role=executor.get_att("Arn"),
                stack_name=StackName,
                change_set=CHANGE_SET,
                run_order=2,
            ),
        ],
        OnFailure=retry("ALL_ACTIONS"),
    )
    return StageRefs(stage=stage, roles=(preparer, executor))


def own_parameters(names: Iterable[str]) -> Sub:
    """Return the stack's own parameters as JSON: an update keeps each of them.

    CodePipeline takes 1,000 characters of it (CodePipeline User Guide, "Quotas"); a test does the
    sum.
    """
    return Sub(json.dumps({name: f"${{{name}}}" for name in names}, separators=(",", ":")))
