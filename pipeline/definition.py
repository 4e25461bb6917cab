"""The pipeline's stack: every part, and what each needs from the others."""

from collections.abc import Sequence

from troposphere import If, NoValue, Template, codepipeline, iam, s3

from generators import tagging
from generators.context import CONSTRAINED, NEVER, REVIEWED, explained
from generators.lanes import Lane, load
from generators.policies import document
from pipeline import (
    boundary,
    home_regions,
    metadata,
    notifications,
    outputs,
    parameters,
    projects,
    releases,
    roles,
    rules,
    stores,
)
from pipeline.actions import PACKAGE, SOURCE
from pipeline.grants import access, storage
from pipeline.parameters import ACROSS_REGIONS, ParameterRefs
from pipeline.stages import build as build_stage
from pipeline.stages import production, publish, source, test, update
from pipeline.stages.stage import StageRefs
from pipeline.stores import all_stores, only_store


def build(lanes: Sequence[Lane] | None = None) -> Template:
    """Return the template of the pipeline.

    Args:
        lanes: Those of the application, whose alarms are watched; see ``application.build``.
    """
    template = Template()
    metadata.add_to(template)
    form = parameters.add_to(template)
    rules.add_to(template, parameters=form)

    store = stores.add_to(template)
    release_bucket = releases.add_to(template)
    builds = projects.add_to(template, parameters=form, store=store, releases=release_bucket)
    role = roles.add_pipeline_role_to(template)
    stages = (
        source.add_to(template, parameters=form, pipeline_role=role, store=store),
        update.add_to(template, parameters=form, pipeline_role=role, store=store),
        build_stage.add_to(template, pipeline_role=role, projects=builds),
        test.add_to(template, pipeline_role=role, projects=builds),
        publish.add_to(template, pipeline_role=role, projects=builds),
        production.add_to(
            template,
            parameters=form,
            pipeline_role=role,
            store=store,
            lanes=load() if lanes is None else lanes,
        ),
    )
    pipeline = add_pipeline_to(template, parameters=form, role=role, store=store, stages=stages)
    topic = notifications.add_to(template, parameters=form, pipeline=pipeline)
    boundary.apply_to(template, parameters=form, store=store, releases=release_bucket)
    outputs.add_to(template, pipeline=pipeline, store=store, releases=release_bucket, topic=topic)
    tagging.apply_to(template, environment=form.environment_suffix)
    home_regions.refuse_others(template)
    return template


def add_pipeline_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    role: iam.Role,
    store: s3.Bucket,
    stages: Sequence[StageRefs],
) -> codepipeline.Pipeline:
    """Add the pipeline itself, and give its role what passing from stage to stage takes."""
    action_roles = [action_role for refs in stages for action_role in refs.roles]
    policy = template.add_resource(
        iam.PolicyType(
            "PipelinePolicy",
            Metadata=explained(
                "A list of the roles of all actions: a new action is in it as soon as its stage is "
                "in the pipeline.",
                mutable=REVIEWED,
            ),
            PolicyName="Pipeline",
            Roles=[role.ref()],
            PolicyDocument=document(
                access.assume_roles(action_roles),
                storage.carry_artifacts(store, SOURCE, PACKAGE),
                storage.look_at_stores(store),
            ),
        )
    )
    return template.add_resource(
        codepipeline.Pipeline(
            "Pipeline",
            Metadata=explained(
                "Delivers each push, one after the other, and none is left out. It updates itself "
                "first, so a push that changes the pipeline is delivered by the pipeline it wants.",
                mutable=REVIEWED,
                must=[
                    "Executions queue: with PARALLEL, there is no rollback.",
                    "An update restarts it: the update ends the execution that made it, and only "
                    "the new pipeline delivers the push.",
                    "It waits for PipelinePolicy: it runs as soon as it is there.",
                    "The application is deployed only after its change sets were shown.",
                ],
                mutability={
                    "ExecutionMode": NEVER,
                    "PipelineType": NEVER,
                    "RestartExecutionOnUpdate": NEVER,
                    "Stages": CONSTRAINED,
                },
            ),
            DependsOn=policy,
            PipelineType="V2",
            ExecutionMode="QUEUED",
            RoleArn=role.get_att("Arn"),
            RestartExecutionOnUpdate=True,
            Triggers=[source.trigger(parameters)],
            ArtifactStore=If(ACROSS_REGIONS, NoValue, only_store(store)),
            ArtifactStores=If(ACROSS_REGIONS, all_stores(store), NoValue),
            Stages=[refs.stage for refs in stages],
        )
    )
