"""Variables that a buildspec hands on are set by something."""

import re
from collections.abc import Iterator

from serverlessapp.rules.pipelines.builds import given_variables
from serverlessapp.rules.pipelines.rule import CODEBUILD_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE, Buildspec, listed
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Project

# CodeBuild User Guide, "Environment variables in build environments".
OF_CODEBUILD = ("CODEBUILD_", "AWS_")
# What brings variables from elsewhere into the shell.
SOURCED = re.compile(r"(^|[\s;&|(])((\.|source|eval)\s+\S|export \"?\$)", re.MULTILINE)


class ExportsAreSet(PipelineRule):
    """By a command, the buildspec, the project, the action or CodeBuild."""

    id = "E9214"
    shortdesc = "A variable that a buildspec exports is set"
    source_url = f"{CODEBUILD_GUIDE}/build-spec-ref.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield variables that a buildspec hands on and never sets."""
        for action in delivery.actions():
            spec, project = delivery.buildspec_of(action), delivery.project_of(action)
            if spec and project:
                for name in unset(action, spec, project):
                    yield Mistake(
                        project.at("Source", "BuildSpec"),
                        f"{spec.place} exports {name} and never sets it: set it in a command",
                    )


def unset(action: Action, spec: Buildspec, project: Project) -> Iterator[str]:
    """Yield the names of exported variables that nothing sets."""
    commands = "\n".join(spec.commands())
    try:
        given = given_variables(action)
    except (ValueError, RecursionError):
        return
    if given is None or not is_known(*project.variables) or HOLE in commands:
        return
    if SOURCED.search(commands):
        return
    names = {
        *(item.get("name") for item in listed(given) if isinstance(item, dict)),
        *(name for part in ENVIRONMENT for name in spec.section("env", part)),
        *project.variables,
    }
    for name in spec.exports:
        # Anything but its use might set it: NAME=..., read NAME, printf -v NAME.
        is_set = re.search(rf"(?<![\w$]){re.escape(name)}\b", commands.replace("${", "$"))
        if name not in names and not name.startswith(OF_CODEBUILD) and not is_set:
            yield name


ENVIRONMENT = ("variables", "parameter-store", "secrets-manager")
