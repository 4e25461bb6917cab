"""Production: show what would change everywhere, ask, change the first Region, then the others."""

from collections.abc import Iterator, Sequence
from itertools import islice

from troposphere import If, NoValue, Sub, Template, codepipeline, iam, s3

from generators.lanes import Lane
from generators.monitoring import WATCHED
from pipeline import actions
from pipeline.actions import PACKAGE, SOURCE, Actions, kind
from pipeline.grants import access, changes, storage
from pipeline.parameters import ASKS_FOR_APPROVAL, ParameterRefs
from pipeline.regions import EXTRA, Region, only_in
from pipeline.roles import add_action_role_to
from pipeline.stages.publish import VERSION
from pipeline.stages.stage import StageRefs

CHANGE_SET = "delivery"
STACK = "serverlessapp-${EnvironmentSuffix}"
# Of all Regions together, CodePipeline takes five alarms. The code is the same everywhere, so
# that it crashes shows at home; files that fail may be one Region's trouble.
CRASHES, FAILED_FILES = WATCHED
MOST_ALARMS = 5
# Minutes after the deployment. The alarms look at five minutes each.
WATCH_MINUTES = 10
PREPARE, APPROVE, FIRST, OTHERS = 1, 2, 3, 4


def add_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    pipeline_role: iam.Role,
    store: s3.Bucket,
    lanes: Sequence[Lane],
) -> StageRefs:
    """Add the stage that deploys, and goes back when that fails or an alarm goes off."""
    roles: list[iam.Role] = []
    prepared: list[object] = []
    deployed: list[object] = []
    for region in (None, *EXTRA):
        preparer, executor = add_roles_to(template, parameters, pipeline_role, store, region)
        roles += [preparer, executor]
        prepared.append(only_in(region, prepare(parameters, preparer, region)))
        deployed.append(only_in(region, deploy(executor, region)))
    watcher = add_action_role_to(
        template,
        "WatchAlarmsRole",
        pipeline_role,
        changes.watch_alarms([alarm_arn()]),
        why="Asks in each Region whether the new version set off an alarm. It can silence none.",
    )
    stage = codepipeline.Stages(
        Name="Production",
        Actions=[*prepared, If(ASKS_FOR_APPROVAL, approve(), NoValue), *deployed],
        OnFailure=codepipeline.FailureConditions(Result="ROLLBACK"),
        OnSuccess=codepipeline.SuccessConditions(
            Conditions=[
                codepipeline.Condition(
                    Result="ROLLBACK", Rules=[*islice(rules(watcher, lanes), MOST_ALARMS)]
                )
            ]
        ),
    )
    return StageRefs(stage=stage, roles=(*roles, watcher))


def add_roles_to(
    template: Template,
    parameters: ParameterRefs,
    pipeline_role: iam.Role,
    store: s3.Bucket,
    region: Region | None,
) -> tuple[iam.Role, iam.Role]:
    """Add the roles that prepare and that execute the change set of one Region."""
    suffix = region.title if region else ""
    place = region.name if region else "the pipeline's own Region"
    condition = region.condition if region else None
    stack_arn = Sub(
        f"arn:${{AWS::Partition}}:cloudformation:{region.name if region else '${AWS::Region}'}:"
        f"${{AWS::AccountId}}:stack/{STACK}/*"
    )
    preparer = add_action_role_to(
        template,
        f"Prepare{suffix}Role",
        pipeline_role,
        storage.read_artifacts(store, PACKAGE, region=region),
        changes.prepare_change_set(stack_arn),
        access.pass_to_cloudformation(parameters.deploy_role_arn),
        why=f"Prepares what will change in {place}, for a person to look at. It cannot execute it.",
        condition=condition,
    )
    executor = add_action_role_to(
        template,
        f"Deploy{suffix}Role",
        pipeline_role,
        changes.execute_change_set(stack_arn),
        why=f"Executes in {place} what was shown. It cannot prepare another change.",
        condition=condition,
    )
    return preparer, executor


def prepare(parameters: ParameterRefs, role: iam.Role, region: Region | None) -> Actions:
    """Return the action that prepares one Region's change set."""
    return actions.prepare_change_set(
        f"Prepare{region.title if region else ''}",
        role=role,
        artifact=PACKAGE,
        template_path="templates/application.yaml",
        stack_name=Sub(STACK),
        change_set=CHANGE_SET,
        service_role=parameters.deploy_role_arn,
        overrides=Sub('{"PermissionsBoundaryArn":"${PermissionsBoundaryArn}"}'),
        run_order=PREPARE,
        environment=Sub(f"{PACKAGE}::environments/${{EnvironmentSuffix}}.json"),
        region=region,
    )


def approve() -> Actions:
    """Return the action that asks a person. It needs no role: it calls nothing."""
    return Actions(
        Name="Approve",
        ActionTypeId=kind("Approval", "Manual"),
        RunOrder=APPROVE,
        Configuration={
            "CustomData": f"Version {VERSION} of commit #{{{SOURCE}.CommitId}}: look at the change "
            f"sets named {CHANGE_SET}."
        },
    )


def deploy(role: iam.Role, region: Region | None) -> Actions:
    """Return the action that executes one Region's change set."""
    return actions.execute_change_set(
        f"Deploy{region.title if region else ''}",
        role=role,
        stack_name=Sub(STACK),
        change_set=CHANGE_SET,
        run_order=OTHERS if region else FIRST,
        region=region,
    )


def rules(role: iam.Role, lanes: Sequence[Lane]) -> Iterator[object]:
    """Yield the rules about alarms, those first that say most of what was deployed."""
    for alarm in (CRASHES, FAILED_FILES):
        for lane in lanes:
            yield quiet(role, lane.logical_id(alarm))
    for region in EXTRA:
        for lane in lanes:
            yield region.only_here(quiet(role, lane.logical_id(FAILED_FILES), region))


def quiet(role: iam.Role, alarm: str, region: Region | None = None) -> codepipeline.RuleDeclaration:
    """Return the rule that an alarm of the application does not go off in a Region."""
    rule = codepipeline.RuleDeclaration(
        Name=f"No{alarm}{region.title if region else ''}",
        RuleTypeId=codepipeline.RuleTypeId(
            Category="Rule", Owner="AWS", Provider="CloudWatchAlarm", Version="1"
        ),
        RoleArn=role.get_att("Arn"),
        Configuration={"AlarmName": Sub(f"{STACK}-{alarm}"), "WaitTime": str(WATCH_MINUTES)},
    )
    if region:
        rule.Region = region.name
    return rule


def alarm_arn() -> Sub:
    """Return the ARN pattern of the application's alarms, in any Region and of any lane."""
    return Sub(f"arn:${{AWS::Partition}}:cloudwatch:*:${{AWS::AccountId}}:alarm:{STACK}-*")
