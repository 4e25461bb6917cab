"""The stack for each further Region: what CodePipeline and Lambda need there."""

from collections.abc import Sequence
from functools import partial

from troposphere import Equals, Not, Parameter, Ref, Sub, Template

from generators import tagging
from generators.context import architecture
from generators.form import ask
from generators.lanes import Lane
from generators.naming import PROJECT
from generators.outputs import export
from generators.rules import rule
from pipeline import artifact_key, names, places, stores
from pipeline.artifact_key import HAS_BUCKETS
from pipeline.delivery import Delivery, load
from pipeline.parameters import artifact_key_arn, pipeline_stack_name


def build(lanes: Sequence[Lane] | None = None, delivery: Delivery | None = None) -> Template:
    """Return the template: the buckets, and the key if environments are in other accounts."""
    del lanes  # takes what every builder takes
    delivery = delivery or load()
    accounts = places.other_accounts(delivery)
    template = Template()
    template.set_version()
    key_words = ", and the key" if accounts else ""
    template.set_description(
        f"{PROJECT}: buckets for artifacts and packages{key_words} in this Region, for a "
        "pipeline in another Region that deploys here. Launch it before adding this Region to "
        "the pipeline."
    )
    template.metadata |= architecture(
        "The pipeline's stack is in one Region. CodePipeline copies artifacts to the bucket here "
        "before an action reads them, and builds upload packages to the other bucket, for Lambda."
        + (
            " The key encrypts both; create it in the pipeline's own Region first."
            if accounts
            else ""
        ),
        must=["Must exist before and as long as a pipeline deploys to this Region."],
        ref={"docs/pipeline.md": "how to add a Region"},
    )
    field = partial(ask, template, "Pipeline")
    pipeline_stack_name(
        field,
        "Name of the pipeline's stack. Cannot be changed later: the buckets are named after it.",
    )
    replica, condition = None, None
    if accounts:
        primary = artifact_key_arn(
            field,
            "PrimaryKeyArn",
            "Output ArtifactKeyArn of this template's stack in the pipeline's Region. Leave "
            "empty there: that stack creates the key and no buckets.",
            delivery,
            required=False,
        )
        guard_key(template, primary, delivery.region)
        key, replica = artifact_key.add_to(template, primary=primary, accounts=accounts)
        condition = HAS_BUCKETS
        export(
            template,
            (stores.KEY, key, "KMS key in this Region; in the pipeline's Region, the primary key"),
        )
    named = partial(places.bucket, region="", pipeline="${PipelineStackName}")
    artifacts = stores.add_artifacts_to(
        template,
        name=Sub(named(names.ARTIFACT_BUCKET)),
        accounts=accounts,
        condition=condition,
        why="CodePipeline needs an artifact bucket in each Region that it deploys to, and a stack "
        "creates buckets only in its own Region. The pipeline finds this one by its name.",
    )
    code = stores.add_code_to(
        template,
        name=Sub(named(names.CODE_BUCKET)),
        accounts=accounts,
        key=replica,
        condition=condition,
    )
    export(
        template,
        ("ArtifactBucketName", artifacts.ref(), "Bucket of artifacts in this Region"),
        ("CodeBucketName", code.ref(), "Bucket of packages in this Region"),
        condition=condition,
    )
    tagging.apply_to(template)
    return template


def guard_key(template: Template, primary: Parameter, home: str) -> None:
    """Refuse a second primary key, and an update that forgets the key and so loses the buckets.

    Nobody names the ``home`` where there are no other Regions.
    """
    if not home:
        return
    at_home, is_primary = Equals(Ref("AWS::Region"), home), Equals(Ref(primary), "")
    words = f"The pipeline is in {home}, where this creates the key: leave {primary.title} empty."
    template.add_rule("KeyIsMadeAtHome", rule(at_home, is_primary, words))
    words = f"Enter {primary.title}, the output {stores.KEY} of this template's stack in {home}."
    template.add_rule("KeyIsReplicatedElsewhere", rule(Not(at_home), Not(is_primary), words))
