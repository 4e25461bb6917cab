"""Says what was packaged and what to do with it."""

import json
from shlex import quote

from serverlessapp.package.archive import UNZIPPED_LIMIT
from serverlessapp.package.package import Package

TEMPLATE = "application.yaml"


def as_json(package: Package) -> str:
    """Return what a script needs for the next steps."""
    fields = {
        "path": str(package.archive.path),
        "sha256": package.archive.sha256,
        "unzipped": package.archive.unzipped,
        "platform": package.platform,
        "dependencies": package.dependencies,
        "parameters": {"CodeKey": package.archive.path.name, "Processor": package.processor},
    }
    return json.dumps(fields, indent=2)


def as_text(package: Package) -> str:
    """Return what a person reads, the commands to go on with included."""
    archive = package.archive
    lines = [
        f"{archive.path}: {archive.unzipped:,} bytes of at most {UNZIPPED_LIMIT:,}",
        f"processor {package.processor}, with {', '.join(package.dependencies) or 'no dependency'}",
    ]
    if package.platform == "host":
        return "\n".join([*lines, "made for this machine: for the emulator, not for Lambda"])
    return "\n".join([*lines, "", "next, with a bucket in the stack's Region:", *steps(package)])


def steps(package: Package) -> list[str]:
    """Return the commands that deploy the package."""
    key, folder = package.archive.path.name, "templates"
    commands = []
    if package.grants:
        folder = "build"
        processor = quote(str(package.grants.parent))
        commands += [f"  python -m generators --processor {processor} --output {folder}"]
    return [
        *commands,
        f"  aws s3 cp {quote(str(package.archive.path))} s3://BUCKET/",
        "  aws cloudformation deploy --stack-name STACK --capabilities CAPABILITY_IAM \\",
        f"      --template-file {folder}/{TEMPLATE} --s3-bucket BUCKET \\",
        f"      --parameter-overrides CodeBucket=BUCKET CodeKey={quote(key)} Processor={package.processor}",
    ]
