"""What a build knows: as in CodeBuild, and of this machine only where tools and packages come from.

Sources: CodeBuild User Guide, "Environment variables in build environments"; and the order in which
they replace each other: of the action, of the project, of the buildspec.
"""

import configparser
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from local.emulator import EmulatorSession
from local.pipeline import confined, images
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.names import PARTITION
from serverlessapp.template.pipeline.buildspec import Buildspec
from serverlessapp.template.pipeline.elements import Action, Project

# How tools find each other and their servers. Profiles and credentials stay outside, with HOME.
PASSED = ("PATH", "LANG", "LC_ALL", "TERM", "PYENV_ROOT", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")
PASSED_PREFIXES = ("SSL_", "REQUESTS_")
# Which registry this machine has, and how it is reached; nothing else that pip and uv are told.
REGISTRY = re.compile(
    r"PIP_((EXTRA_)?INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|(CLIENT_)?CERT|PROXY|CACHE_DIR"
    r"|(DEFAULT_)?TIMEOUT|RETRIES)"
    r"|UV_((DEFAULT_|EXTRA_)?INDEX(_URL)?|NO_INDEX|FIND_LINKS|INSECURE_HOST|CACHE_DIR"
    r"|HTTP_TIMEOUT|NATIVE_TLS|SYSTEM_CERTS|OFFLINE)"
)
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
# A build on this machine tests on an emulator of its own, not in an account; packages what runs on
# this machine's processor; and watches no longer than it takes to look.
ON_THIS_MACHINE = {"TASKCAT_ARGUMENTS": "", "PACKAGE_PLATFORM": "host", "WATCH_MINUTES": "0"}


def of_build(
    execution: Execution,
    action: Action,
    project: Project,
    spec: Buildspec,
    *,
    session: EmulatorSession,
    sources: Mapping[str, Path],
    tmp: Path,
    pipeline: str,
) -> dict[str, str]:
    """Return the environment of a build; the first of its sources is the primary one.

    Its home, ``/tmp`` of its image, and where that has pip's configuration, is ``tmp``.
    """
    given = json.loads(execution.text(action.configuration.get("EnvironmentVariables", "[]")))
    number = f"{project.name}:{uuid.uuid4()}"
    region = str(session.region_name)
    account = str(project.role).split(":")[4]
    primary, *others = sources
    folders = {f"CODEBUILD_SRC_DIR_{name}": str(sources[name]) for name in others}
    return {
        **of_machine(),
        **of_image(images.of(project), tmp),
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


def of_machine() -> dict[str, str]:
    """Return what a build knows of this machine: tools, servers, and installers' caches."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED
        or name.startswith(PASSED_PREFIXES)
        or REGISTRY.fullmatch(name)
        or name.lower() in PROXIES
    }
    passed["PATH"] = os.pathsep.join(
        folder
        for folder in passed.get("PATH", os.defpath).split(os.pathsep)
        # This very environment's programs are no part of a build.
        if not Path(folder).is_relative_to(sys.prefix)
    )
    real = Path.home()
    kept = {
        "XDG_CACHE_HOME": caches(),
        "PYENV_ROOT": real / ".pyenv",
        "UV_CONFIG_FILE": config() / "uv" / "uv.toml",
    }
    existing = {name: str(path) for name, path in kept.items() if path.exists()}
    return {**of_pip(), **existing, **passed}


def of_pip() -> dict[str, str]:
    """Return this machine's registry as variables: the files that say so are not a build's.

    Source: pip's documentation, "Configuration": each option has a variable, and later files win.
    """
    files = ("/etc/xdg/pip/pip.conf", "/etc/pip.conf", Path.home() / ".pip" / "pip.conf")
    parser = configparser.RawConfigParser()
    try:
        own = os.environ.get("PIP_CONFIG_FILE", os.devnull)
        parser.read([*files, config() / "pip" / "pip.conf", own], encoding="utf-8")
    except configparser.Error as error:
        raise PipelineError(f"pip's configuration cannot be read: {error}") from error
    options = {
        f"PIP_{name.replace('-', '_').upper()}": " ".join(value.split())
        for section in ("global", "install")
        if parser.has_section(section)
        for name, value in parser.items(section)
    }
    return {name: value for name, value in options.items() if REGISTRY.fullmatch(name)}


def of_image(image: images.Image, tmp: Path) -> dict[str, str]:
    """Return what a build knows of its image; ``tmp`` is the folder for ``/tmp``.

    pip reads the image's configuration before all others, as the site's; none where the buildspec
    sets ``PIP_CONFIG_FILE`` to nothing (pip's documentation, "Configuration files").
    """
    inside = images.TMP if image.confined and confined.works() else str(tmp)
    here = {name: value.replace(images.TMP, inside) for name, value in image.variables.items()}
    path = [folder.replace(images.TMP, inside) for folder in image.path]
    if image.pip_conf:
        file = tmp / "codebuild" / "etc" / "pip" / "pip.conf"
        file.parent.mkdir(parents=True)
        file.write_text(image.pip_conf.replace(images.TMP, inside), encoding="utf-8")
        here["XDG_CONFIG_DIRS"] = f"{inside}/codebuild/etc"
    path.append(of_machine()["PATH"])
    return {**here, "PATH": os.pathsep.join(path), "HOME": inside, "TMPDIR": inside}


def config() -> Path:
    """Return where this machine's user has settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"))


def caches() -> Path:
    """Return where this machine's user has caches."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
