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
                "folder": str(package.folder),
                "path": str(package.archive.path),
                "digest": package.archive.digest,
                "unzipped": package.archive.unzipped,
                "largest": package.archive.largest,
                "leftOut": package.left_out,
                "platform": package.platform,
                "dependencies": package.dependencies,
                "parameters": package.parameters,
            }
            for package in packages
        ],
        "inline": [str(folder) for folder in inline],
    }


def text(packages: Sequence[Package], inline: Iterable[Path]) -> str:
    """Return what a person reads, the commands to go on with included."""
    lines = [f"{folder}: its code is in the template, nothing to package" for folder in inline]
    lines += map(summary, packages)
    if any(package.platform == "host" for package in packages):
        lines.append("made for this machine: for the emulator, not for Lambda")
    elif packages:
        lines += ["", "next, with a bucket in the stack's Region:", *commands(packages)]
    return "\n".join(lines)


def summary(package: Package) -> str:
    """Return what is in a package, what is not, and how large it is."""
    archive = package.archive
    near = "; near the limit" if archive.unzipped > NEAR * UNZIPPED_LIMIT else ""
    left_out = ", ".join(map(counted, package.left_out.items())) or "nothing"
    return f"""\
{archive.path}: {archive.unzipped / MB:.1f} of at most 250 MB{near}; {in_mb(archive.largest)}
  processor {package.processor}, with {", ".join(package.dependencies) or "no dependency"}
  left out: {left_out}"""


def counted(item: tuple[str, int]) -> str:
    """Return a name, and of a folder how many files it has."""
    name, files = item
    return f"{name} ({count(files, 'file')})" if name.endswith("/") else name


def commands(packages: Sequence[Package]) -> list[str]:
    """Return the commands that deploy the packages, line by line."""
    copies = [f"  aws s3 cp {quote(str(made.archive.path))} s3://BUCKET/" for made in packages]
    values = [
        f"{key}={quote(value)}" for made in packages for key, value in made.parameters.items()
    ]
    # Lanes of the checkout are in its templates.
    templates, generate, root = "templates", [], packages[0].folder.parent
    if "CodeKey" not in packages[0].parameters and root.absolute().name != "processors":
        templates = "build"
        generate = [f"  python -m generators --processors {quote(str(root))} --output {templates}"]
    return [
        *generate,
        *copies,
        "  aws cloudformation deploy --stack-name STACK --capabilities CAPABILITY_IAM \\",
        f"      --template-file {templates}/application.yaml --s3-bucket BUCKET \\",
        f"      --parameter-overrides {' '.join(['CodeBucket=BUCKET', *values])}",
    ]
