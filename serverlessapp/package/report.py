"""Says what was packaged and what to do with it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from shlex import quote

from serverlessapp.package.archive import MB, UNZIPPED_LIMIT, in_mb
from serverlessapp.package.package import Package
from serverlessapp.report import count

NEAR = 0.8  # of the limit: a dependency's next version may be too much


def document(packages: Iterable[Package], inline: Iterable[Path]) -> dict[str, object]:
    """Return what a script needs for the next steps; sizes are in bytes."""
    return {
        "packages": [
            {
                name: str(value) if isinstance(value, Path) else value
                for name, value in (vars(package) | vars(package.archive)).items()
                if name != "archive"
            }
            for package in packages
        ],
        "inline": [str(folder) for folder in inline],
    }


def text(packages: Sequence[Package], inline: Iterable[Path]) -> str:
    """Return what a person reads, the commands to go on with included."""
    lines = [f"{folder}: inline code, nothing to package" for folder in inline]
    lines += map(summary, packages)
    if any(package.platform == "host" for package in packages):
        lines.append("built for this machine: only for the emulator, not for Lambda")
    elif packages:
        lines.append(commands(packages))
    return "\n".join(lines)


def summary(package: Package) -> str:
    """Return what is in a package, what is not, and how large it is."""
    archive = package.archive
    near = ", near the limit" if archive.unzipped > NEAR * UNZIPPED_LIMIT else ""
    left_out = [
        f"{name} ({count(files, 'file')})" if name.endswith("/") else name
        for name, files in package.left_out.items()
    ]
    return f"""\
{archive.path}: {archive.unzipped / MB:.1f} MB of 250 unzipped{near}; {in_mb(archive.largest)}
  processor {package.processor}, with {", ".join(package.dependencies) or "no dependencies"}
  left out: {", ".join(left_out) or "nothing"}"""


def commands(packages: Sequence[Package]) -> str:
    """Return what deploys the packages."""
    templates, generate, root = "templates", "", packages[0].folder.parent
    if "CodeKey" not in packages[0].parameters and root.absolute().name != "processors":
        templates = "build"  # the checkout's own templates have the lanes of processors/
        generate = f"  python -m generators --processors {quote(str(root))} --output {templates}\n"
    values = [
        f"{key}={quote(value)}" for made in packages for key, value in made.parameters.items()
    ]
    copies = [f"  aws s3 cp {quote(str(made.archive.path))} s3://BUCKET/\n" for made in packages]
    return f"""
next, with a bucket in the stack's Region:
{generate}{"".join(copies)}\
  aws cloudformation deploy --stack-name STACK --capabilities CAPABILITY_IAM \\
      --template-file {templates}/application.yaml --s3-bucket BUCKET \\
      --parameter-overrides CodeBucket=BUCKET {" ".join(values)}"""
