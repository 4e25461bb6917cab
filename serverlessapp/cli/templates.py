"""Commands about templates: before anything is deployed."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, BadParameter, Option

from serverlessapp.cli.app import Aws, Bucket, Json, Release, Values, Yes, app, command, given, tell
from serverlessapp.report import Report, show


@command
@given(Aws)
def diff(
    aws: Aws,
    old: Annotated[str, Argument(metavar="OLD", help="Default: the last release.")] = "",
    new: Annotated[str, Argument(metavar="NEW", help="Default: templates of this checkout.")] = "",
    parameter: Values = None,
    template: Annotated[
        str, Option(metavar="NAME", help="Compare only this one, such as application.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Show what an update does to a stack and its data.

    OLD and NEW are template files, folders of templates, stack:NAME (a deployed
    stack with its parameters) or, in a checkout, releases.

    --parameter is a value that the update sets; with two templates, a value
    that the stack has before and after it (all others have their defaults).
    If OLD is a stack or a file, and NEW is left out or the same, only these
    values change.

    Examples:
      serverlessapp diff                     since the last release
      serverlessapp diff 0.1.0 0.2.0         from one release to another
      serverlessapp diff stack:files 0.2.0   what an update would do to a stack
      serverlessapp diff stack:files 0.1.0   and what going back would do
      serverlessapp diff stack:files --parameter LogRetentionDays=30
      serverlessapp diff stack:another its-template.yaml
      serverlessapp diff ../base/templates   from another checkout to this one
      serverlessapp diff old.yaml new.yaml --json | jq '.templates[].findings'

    exit codes: 0 safe
                3 review: wider access, a parameter removed, a resource replaced
                4 data at risk: a resource with data is replaced or removed
                2 wrong usage, or something cannot be read
    """
    from serverlessapp.diff import report, sources
    from serverlessapp.diff.difference import difference
    from serverlessapp.releases.policy import unannounced_here
    from serverlessapp.template.parameters import pairs

    values = pairs(parameter or ())
    before = sources.source(old, aws.client) if old else sources.released()
    if values and old and (new == old or (before.is_single and not new)):
        before = after = replace(before, parameters=before.parameters or {})
    else:
        after = sources.source(new, aws.client) if new else sources.working_tree()
    if before.parameters is None:
        before = sources.with_parameters(before, values)
    else:
        after = sources.with_parameters(after, values)
    changes = difference(before, after, template)
    silent = unannounced_here(changes, before.version, after.version)
    if as_json:
        tell(report.document(changes, silent))
        return int(changes.risk)
    ours = not (before.is_stack or after.is_stack)
    tell(report.text(changes, for_a_release=ours))
    for name in silent if ours else ():
        show(f"error: the changelog does not mention resource {name}", sys.stderr)
    return int(changes.risk)


@command
def validate(
    template: Annotated[Path, Argument(metavar="TEMPLATE", help="Template file.")],
    parameter: Values = None,
    source: Annotated[
        Path | None,
        Option(metavar="DIR", file_okay=False, exists=True, help="Source files of the pipeline."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Find errors in a template that AWS reports only at deployment.

    Runs cfn-lint with additional rules for policies (93..) and pipelines (92..).
    E: AWS refuses it, or it cannot be intended. W: can be improved. Every
    combination of the template's conditions is checked. Unknown values, such as
    parameters, are not errors; with --parameter, all other parameters have
    their defaults. With --source, the files that a pipeline's actions read are
    checked as well.

    cfn-lint's configuration file, .cfnlintrc, applies: for example, Regions
    (us-east-1 by default) and ignored rules. To ignore a rule for one resource,
    add Metadata to it: cfn-lint: {config: {ignore_checks: [ID]}}.

    Examples:
      serverlessapp validate templates/pipeline.yaml --source .
      serverlessapp validate FILE --parameter Encryption=CustomerManaged
      serverlessapp validate FILE --json | jq -r '.findings[].path'

    exit codes: 0 no errors, perhaps warnings; 1 errors
                2 wrong usage, unknown parameter, or the file cannot be read
    """
    from serverlessapp.template.parameters import pairs
    from serverlessapp.validation import validate

    result = validate(template, pairs(parameter or ()), source)
    tell(result.document() if as_json else result.text())
    return int(result.failed)


@command
def package(
    folders: Annotated[list[Path], Argument(metavar="FOLDER...", exists=True, file_okay=False)],
    output: Annotated[Path, Option(metavar="DIR", help="Folder for the zips.")],
    processor: Annotated[
        str | None,
        Option(metavar="MODULE:FUNCTION", help="Handler, if processor.toml does not name it."),
    ] = None,
    requirements: Annotated[
        Path | None,
        Option(metavar="FILE", exists=True, help="Default: requirements.txt in FOLDER."),
    ] = None,
    platform: Annotated[
        Literal["lambda", "host"], Option(help="lambda: arm64, Python 3.13; host: this machine.")
    ] = "lambda",
    as_json: Json = False,
) -> int:
    """Package processors with their dependencies for Lambda.

    The handler is named in processor.toml; without that file, it is the only
    function with the arguments (file, context). The same files and versions
    result in the same file name.

    Examples:
      serverlessapp package processors/*/ --output dist --json
      serverlessapp package mine --output dist --processor words:count
      serverlessapp package mine --output dist --platform host   (emulator)

    exit codes: 0 done, 2 wrong usage, or a package could not be made
    """
    from serverlessapp.package import report
    from serverlessapp.package.package import is_inline, make

    if len(folders) > 1 and (processor or requirements):
        raise BadParameter("--processor and --requirements need a single folder")
    inline = [folder for folder in folders if is_inline(folder)]
    made = [
        make(folder, output=output, platform=platform, requirements=requirements, named=processor)
        for folder in folders
        if folder not in inline
    ]
    tell(report.document(made, inline) if as_json else report.text(made, inline))
    return 0


@command
def links(
    bucket: Bucket = "",
    bucket_region: Annotated[str, Option(metavar="REGION", help="Region of the bucket.")] = "",
    template_url: Annotated[
        str, Option(metavar="URL", help="S3 URL of a template, instead of a release.")
    ] = "",
    version: Release = "",
    template: Annotated[str, Option(metavar="NAME", help="Template to launch.")] = "application",
    stack: Annotated[str, Option(metavar="NAME", help="Proposed stack name.")] = "files",
    region: Annotated[
        list[str] | None, Option(metavar="REGION", help="Only this Region; repeatable.")
    ] = None,
    parameter: Values = None,
    as_json: Json = False,
) -> int:
    """Print quick-create links, which open the form with values.

    The template must be in a bucket; "publish" uploads releases to one. In a
    checkout, values are checked against the parameters of the release; the
    default is the last one.

    Examples:
      serverlessapp links --bucket my-releases --bucket-region eu-west-1
      serverlessapp links --template-url URL --parameter AlarmEmail=me@my.com

    exit codes: 0 done, 2 wrong usage, or CloudFormation would refuse a value
    """
    from serverlessapp import links
    from serverlessapp.partitions import supported
    from serverlessapp.template.parameters import pairs

    if bool(bucket) == bool(template_url):
        raise BadParameter("give --bucket or --template-url")
    if bucket and not bucket_region:
        raise BadParameter("--bucket needs --bucket-region")
    version, form = links.form(version, template, is_needed=not template_url)
    url = template_url or links.template_url(bucket, bucket_region, version, template)
    values = pairs(parameter or ())
    by_region = {
        name: links.quick_create(name, url, stack, values, form) for name in region or supported()
    }
    tell(by_region if as_json else "\n".join(f"{name}\t{to}" for name, to in by_region.items()))
    return 0


@command
@given(Aws)
def publish(
    aws: Aws,
    folder: Annotated[Path, Argument(metavar="DIR", help="Files of the release, with SHA256SUMS.")],
    bucket: Bucket,
    version: Release,
    yes: Yes = False,
    as_json: Json = False,
) -> int:
    """Publish a release to a bucket, where it never changes.

    Uploads the files to s3://BUCKET/serverlessapp/VERSION/.... Publishing the
    same content again is accepted, different content is refused. Versions that
    are not releases, such as 1.2.0-dev, are skipped.

    Examples:
      serverlessapp publish --bucket B --version 1.2.0 templates/releases/1.2.0
    """
    from serverlessapp.operations import publish

    report = Report(as_json=as_json, yes=yes)
    return publish.run(report, aws.client("s3"), bucket=bucket, version=version, folder=folder)


@app.command(hidden=True)
def release() -> int:
    """Freeze the templates of this checkout in templates/releases/VERSION/.

    For maintainers of the project, not for operators.
    """
    from serverlessapp.diff import sources
    from serverlessapp.releases import archive, changelog
    from serverlessapp.releases.freeze import freeze

    version, entries = sources.working_tree().version, changelog.read(changelog.CHANGELOG)
    made = freeze(version, sources.current(), entries, archive.RELEASES)
    tell(f"released: {made}" if made else f"{version} was already released, with the same content")
    return 0
