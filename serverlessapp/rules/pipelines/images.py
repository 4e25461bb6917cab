"""An image of CodeBuild's is one that it provides, for the environment's type."""

import re
from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import CODEBUILD_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Project

OURS = "aws/codebuild/"
# Also those that CodeBuild no longer lists: who has one can go on with it. Tags come and go; some
# are a date (standard:5.0-21.04.23) or a runtime (amazonlinux2-x86_64-standard:corretto11).
PROVIDED = re.compile(
    r"aws/codebuild/("
    r"standard|amazonlinux2?-(x86_64|aarch64)-(lambda-)?standard|windows-base|macos-arm-base"
    r"|ami/[\w./-]+"
    r"|android-java-\d+|docker|dot-net|eb-[\w.-]+|golang|java|nodejs|php|python|ruby|ubuntu-base"
    r")(:[\w.-]+)?(@sha256:[0-9a-f]{64})?"
)
WITHOUT_CONTAINER = "_EC2"  # machine images have names of another kind


class ImagesFitTypes(PipelineRule):
    """Its name, its architecture, and whether it is for Lambda or for Windows."""

    id = "E9210"
    shortdesc = "An image that CodeBuild provides is there, and for the environment's type"
    source_url = f"{CODEBUILD_GUIDE}/build-env-ref-available.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield images that do not exist, or are for something else."""
        for project in delivery.projects.values():
            if is_known(project.image) and project.image.startswith(OURS):
                yield from of_project(project)


def of_project(project: Project) -> Iterator[Mistake]:
    """Yield what is wrong with the image of a project."""
    place = project.at("Environment", "Image")
    if not PROVIDED.fullmatch(project.image):
        message = f"{project.image} is no image that CodeBuild provides: correct its name"
        yield Mistake(place, message)
        return
    if not is_known(project.type) or project.type.endswith(WITHOUT_CONTAINER):
        return
    # What the environment's type asks for, and whether the image is that.
    fits = {
        "ARM": (project.type.startswith("ARM_"), "aarch64" in project.image),
        "Lambda": (project.on_lambda, "-lambda-" in project.image),
        "Windows": (project.type.startswith("WINDOWS_"), "windows-" in project.image),
    }
    for what, (asked, has) in fits.items():
        if asked != has:
            kind = f"for {what}" if has else f"not for {what}"
            yield Mistake(
                place,
                f"{project.image} is {kind}, and the environment is {project.type}: change one of "
                "both",
            )
