"""What AWS would refuse of a pipeline to many places, refused when its template is made."""

from troposphere import Template

from generators.render import GenerationError
from pipeline.boundary import TITLE
from pipeline.derivation.statements import POLICY_SIZE, size

STAGES = 50  # CodePipeline User Guide, "Quotas in AWS CodePipeline"


def check(template: Template) -> None:
    """Refuse too many stages, or a permissions boundary that is too long."""
    stages = len(template.resources["Pipeline"].Stages)
    if stages > STAGES:
        raise GenerationError(
            f"delivery.toml: the pipeline would have {stages} stages, two for each environment, "
            f"and CodePipeline allows {STAGES}: move some environments to another pipeline"
        )
    length = size(template.resources[TITLE].PolicyDocument)
    if length > POLICY_SIZE:
        raise GenerationError(
            f"delivery.toml: {TITLE} could have {length:,} characters, and IAM allows "
            f"{POLICY_SIZE:,}: move some accounts to another pipeline"
        )
