"""What the images and sizes that CodeBuild provides bring and lack, and a laptop does not.

Sources: the published definitions of the images, github.com/aws/aws-codebuild-docker-images
(``al-lambda/*/python3.13``, April 2026); CodeBuild User Guide, "Run builds on AWS Lambda compute",
limitations, and "Build environment compute modes and types".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from serverlessapp.template.pipeline.elements import Project

TMP = "/tmp"  # noqa: S108 - of the image, not of this machine
LAMBDA_PYTHON = re.compile(r"aws/codebuild/amazonlinux2?-\w+-lambda-standard:python[\d.]+")
PACKAGES = f"{TMP}/opt/python/site-packages"  # where pip installs to there, into a .venv or not
LAMBDA_SIZE = re.compile(r"BUILD_LAMBDA_(\d+)GB")
CONTAINER_SIZES = {"SMALL": 4, "MEDIUM": 8, "LARGE": 16, "XLARGE": 72, "2XLARGE": 144}  # GiB


@dataclass(frozen=True, kw_only=True)
class Image:
    """What a build finds."""

    # Nothing but ``TMP`` can be written, not even shared memory; and nobody is root.
    confined: bool = False
    pip_conf: str = ""  # its ``/etc/pip.conf``
    variables: Mapping[str, str] = field(default_factory=dict)  # of its environment
    path: tuple[str, ...] = ()  # folders in front of ``PATH``


ON_LAMBDA = Image(confined=True)
PYTHON_ON_LAMBDA = Image(
    confined=True,
    pip_conf=f"[global]\ntarget = {PACKAGES}\n",
    variables={"PYTHONPATH": PACKAGES, "LAMBDA_USER_HOME": f"{TMP}/opt"},
    path=(f"{PACKAGES}/bin",),
)


def of(project: Project) -> Image:
    """Return what is known of a project's image; of a container, nothing that matters here."""
    if not project.on_lambda:
        return Image()
    return PYTHON_ON_LAMBDA if LAMBDA_PYTHON.fullmatch(project.image) else ON_LAMBDA


def memory(compute: str) -> int | None:
    """Return the megabytes that a build of a size may use; None if that is not known here."""
    if match := LAMBDA_SIZE.fullmatch(compute):
        return int(match[1]) * 1024
    size = CONTAINER_SIZES.get(compute.removeprefix("BUILD_GENERAL1_"))
    return size and size * 1024
