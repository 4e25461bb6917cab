"""The pipeline's stack: every part, and what each needs from the others."""

from collections.abc import Sequence

from troposphere import Ref, Sub, Template, codepipeline, iam, s3

from generators import tagging
from generators.context import CONSTRAINED, NEVER, REVIEWED, explained
from generators.lanes import Lane
from generators.policies import document
from pipeline import (
    boundary,
    metadata,
    names,
    notifications,
    outputs,
    parameters,
    places,
    projects,
    quotas,
    releases,
    roles,
    rules,
    stores,
)
from pipeline.actions import PACKAGE, SOURCE
from pipeline.delivery import Delivery, load
from pipeline.grants import access, storage
from pipeline.parameters import ParameterRefs
from pipeline.projects import ANY_PLAN, PIPELINE
from pipeline.stages import build as build_stage
from pipeline.stages import environments, publish, source, test, update
from pipeline.stages.stage import StageRefs


def build(lanes: Sequence[Lane] | None = None, delivery: Delivery | None = None) -> Template:
    """Return the template of the pipeline; by default, for what ``delivery.toml`` says.

    Nothing depends on the lanes, so that a new one does not change the pipeline: what they need is
    in the template configurations that a build writes.

    Raises:
        GenerationError: AWS would refuse it: the delivery is to too many places.
    """
    del lanes
    delivery = delivery or load()
    accounts = places.other_accounts(delivery)
    template = Template()
    metadata.add_to(template)
    form = parameters.add_to(template, delivery)
    rules.add_to(template, delivery=delivery)

    store = stores.add_artifacts_to(
        template,
        accounts=accounts,
        why="Stores the artifacts that actions exchange, and that a rollback deploys again.",
    )
    code = stores.add_code_to(
        template,
        name=Sub(places.bucket(names.CODE_BUCKET, "")),
        accounts=accounts,
        key=Ref(stores.KEY) if accounts else None,
    )
    release_bucket = releases.add_to(template)
    builds = projects.add_to(template, delivery=delivery, store=store, releases=release_bucket)
    role = roles.add_pipeline_role_to(template)
    stages = (
        source.add_to(
            template, delivery=delivery, parameters=form, pipeline_role=role, store=store
        ),
        update.add_to(template, delivery=delivery, pipeline_role=role, store=store),
        build_stage.add_to(template, pipeline_role=role, projects=builds),
        test.add_to(template, pipeline_role=role, projects=builds),
        publish.add_to(template, pipeline_role=role, projects=builds),
        *environments.add_to(template, delivery=delivery, pipeline_role=role, projects=builds),
    )
    pipeline = add_pipeline_to(
        template, delivery=delivery, parameters=form, role=role, store=store, stages=stages
    )
    topic = notifications.add_to(template, parameters=form, pipeline=pipeline)
    boundary.apply_to(
        template, delivery=delivery, parameters=form, store=store, releases=release_bucket
    )
    outputs.add_to(
        template, pipeline=pipeline, store=store, code=code, releases=release_bucket, topic=topic
    )
    tagging.apply_to(template)
    quotas.check(template)
    return template


def add_pipeline_to(
    template: Template,
    *,
    delivery: Delivery,
    parameters: ParameterRefs,
    role: iam.Role,
    store: s3.Bucket,
    stages: Sequence[StageRefs],
) -> codepipeline.Pipeline:
    """Add the pipeline itself, and give its role what passing from stage to stage takes."""
    action_roles = [made.get_att("Arn") for refs in stages for made in refs.roles]
    in_environments = places.role_arns(delivery, (names.REVIEW, names.DELIVER))
    regions = delivery.regions
    policy = template.add_resource(
        iam.PolicyType(
            "PipelinePolicy",
            Metadata=explained(
                "Lists the roles of all actions; derived, so a new action's role is included as "
                "soon as its stage is in the pipeline.",
                mutable=REVIEWED,
            ),
            PolicyName="Pipeline",
            Roles=[role.ref()],
            PolicyDocument=document(
                access.assume_roles([*action_roles, *in_environments]),
                storage.carry_artifacts(
                    store, SOURCE, PACKAGE, ANY_PLAN, further=PACKAGE, regions=regions
                ),
                storage.look_at_stores(store, regions),
                *storage.use_key(delivery, writes=True),
            ),
        )
    )
    return template.add_resource(
        codepipeline.Pipeline(
            "Pipeline",
            Metadata=explained(
                "Delivers every push, in order. The pipeline updates itself first, so a push "
                "that changes the pipeline is delivered by the changed pipeline.",
                mutable=REVIEWED,
                must=[
                    "The execution mode must stay QUEUED: PARALLEL does not support rollback.",
                    "RestartExecutionOnUpdate: an update ends the execution that made it, so the "
                    "new pipeline must start again to deliver the push.",
                    "Depends on PipelinePolicy: the pipeline runs as soon as it is created.",
                    "Executes no change set in an environment unless its Review stage showed it.",
                    "The name must not change: roles and builds refer to it.",
                ],
                mutability={
                    "Name": NEVER,
                    "ExecutionMode": NEVER,
                    "PipelineType": NEVER,
                    "RestartExecutionOnUpdate": NEVER,
                    "Stages": CONSTRAINED,
                },
            ),
            DependsOn=policy,
            Name=Sub(PIPELINE),
            PipelineType="V2",
            ExecutionMode="QUEUED",
            RoleArn=role.get_att("Arn"),
            RestartExecutionOnUpdate=True,
            Triggers=[source.trigger(parameters)],
            **stores.artifact_stores(store, regions, has_key=bool(places.other_accounts(delivery))),
            Stages=[refs.stage for refs in stages],
        )
    )
