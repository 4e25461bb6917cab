"""What a build knows: as in CodeBuild, and of this machine only where tools come from.

Sources: CodeBuild User Guide, "Environment variables in build environments"; and the order in which
they replace each other: of the action, of the project, of the buildspec.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from local.emulator import EmulatorSession
from local.pipeline.execution import Execution
from local.pipeline.names import PARTITION
from serverlessapp.template.pipeline.buildspec import Buildspec
from serverlessapp.template.pipeline.elements import Action, Project

# How tools find each other and their servers. Profiles and credentials stay outside, with HOME.
PASSED = ("PATH", "LANG", "LC_ALL", "TERM", "PYENV_ROOT", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")
PASSED_PREFIXES = ("PIP_", "UV_", "SSL_", "REQUESTS_")
# What was said about this very environment.
NOT_PASSED = ("PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_BUILD_CONSTRAINT")
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
# A build on this machine tests on an emulator of its own, not in an account, and watches no longer
# than it takes to look.
ON_THIS_MACHINE = {"TASKCAT_ARGUMENTS": "", "WATCH_MINUTES": "0"}


def of_build(
    execution: Execution,
    action: Action,
    project: Project,
    spec: Buildspec,
    *,
    session: EmulatorSession,
    sources: Mapping[str, Path],
    home: Path,
    pipeline: str,
) -> dict[str, str]:
    """Return the environment of a build; the first of its sources is the primary one."""
    given = json.loads(execution.text(action.configuration.get("EnvironmentVariables", "[]")))
    number = f"{project.name}:{uuid.uuid4()}"
    region = str(session.region_name)
    account = str(project.role).split(":")[4]
    primary, *others = sources
    folders = {f"CODEBUILD_SRC_DIR_{name}": str(sources[name]) for name in others}
    return {
        **of_machine(home),
        **session.environment,
        "AWS_REGION": region,
        **spec.variables,
        **project.variables,
        **{item["name"]: item["value"] for item in given},
        **ON_THIS_MACHINE,
        **folders,
        "CODEBUILD_SRC_DIR": str(sources[primary]),
        "CODEBUILD_BUILD_ID": number,
        "CODEBUILD_BUILD_ARN": f"arn:{PARTITION}:codebuild:{region}:{account}:build/{number}",
        "CODEBUILD_BUILD_IMAGE": project.image,
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_CI": "true",
        "CODEBUILD_INITIATOR": f"codepipeline/{pipeline}",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": execution.commit,
        "CODEBUILD_START_TIME": str(int(time.time() * 1000)),
    }


def of_machine(home: Path) -> dict[str, str]:
    """Return what a build knows of this machine: tools, servers, and installers' caches."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED
        or (name.startswith(PASSED_PREFIXES) and name not in NOT_PASSED)
        or name.lower() in PROXIES
    }
    passed["PATH"] = os.pathsep.join(
        folder
        for folder in passed.get("PATH", os.defpath).split(os.pathsep)
        # This very environment's programs are no part of a build.
        if not Path(folder).is_relative_to(sys.prefix)
    )
    real = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME", real / ".config"))
    kept = {
        "XDG_CACHE_HOME": Path(os.environ.get("XDG_CACHE_HOME", real / ".cache")),
        "PYENV_ROOT": real / ".pyenv",
        "PIP_CONFIG_FILE": config / "pip" / "pip.conf",
        "UV_CONFIG_FILE": config / "uv" / "uv.toml",
    }
    existing = {name: str(path) for name, path in kept.items() if path.exists()}
    return {**existing, **passed, "HOME": str(home), "TMPDIR": str(home)}
