"""Says what was packaged and what to do with it."""

from shlex import quote

from serverlessapp.package.archive import UNZIPPED_LIMIT
from serverlessapp.package.package import Package

TEMPLATE = "application.yaml"


def document(package: Package) -> dict[str, object]:
    """Return what a script needs for the next steps."""
    return {
        "path": str(package.archive.path),
        "sha256": package.archive.sha256,
        "unzipped": package.archive.unzipped,
        "platform": package.platform,
        "dependencies": package.dependencies,
        "parameters": {"CodeKey": package.archive.path.name, "Processor": package.processor},
    }


def text(package: Package) -> str:
    """Return what a person reads, the commands to go on with included."""
    archive = package.archive
    summary = f"""\
{archive.path}: {archive.unzipped:,} bytes of at most {UNZIPPED_LIMIT:,}
processor {package.processor}, with {", ".join(package.dependencies) or "no dependency"}
"""
    if package.platform == "host":
        return f"{summary}made for this machine: for the emulator, not for Lambda"
    folder, generate = "templates", ""
    if package.grants:
        folder = "build"
        processor = quote(str(package.grants.parent))
        generate = f"  python -m generators --processor {processor} --output {folder}\n"
    return f"""{summary}
next, with a bucket in the stack's Region:
{generate}  aws s3 cp {quote(str(archive.path))} s3://BUCKET/
  aws cloudformation deploy --stack-name STACK --capabilities CAPABILITY_IAM \\
      --template-file {folder}/{TEMPLATE} --s3-bucket BUCKET \\
      --parameter-overrides CodeBucket=BUCKET \\
      CodeKey={quote(archive.path.name)} Processor={package.processor}"""
