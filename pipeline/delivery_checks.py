"""What is wrong with a ``delivery.toml`` whose keys are right, one clear line each."""

from collections.abc import Container, Iterator, Sequence
from functools import cache
from itertools import permutations
from typing import Any

from generators.lanes import Lane
from generators.parameters import SOURCE_BUCKET
from pipeline import stack_policy_file
from pipeline.delivery_keys import ENVIRONMENTS, TEMPLATES
from pipeline.names import title
from serverlessapp.declaration import Declaration, nearest
from serverlessapp.errors import OperatorError
from serverlessapp.template import parameters, schemas

# What Build fills in, since other stacks have these names.
OURS = ("EnvironmentSuffix", "PermissionsBoundaryArn")


class DeliveryError(OperatorError):
    """``delivery.toml`` is wrong; the message names file and line, and what is allowed."""


def errors(said: Declaration) -> Iterator[OperatorError]:
    """Yield what is wrong with the file as a whole."""
    if "regions" not in said.section("taskcat"):
        yield said.error('taskcat has no Regions: add [taskcat] and regions = ["us-west-2"]')
    tables = said.content.get(ENVIRONMENTS, [])
    if not tables:
        yield said.error("no environment: add [[environments]] and name = ...")
    for n, table in enumerate(tables):
        if "name" not in table:
            yield said.error('this environment has no name: add name = "dev"', ENVIRONMENTS, n)
    yield from errors_of_names(said, [table.get("name", "") for table in tables])
    yield from errors_of_home(said)
    for n, table in enumerate(tables):
        for region in table.get("regional", {}):
            if region not in table.get("regions", ()):
                words = f"regional.{region}: this Region is not in the environment's regions"
                yield said.error(words, ENVIRONMENTS, n, "regional", region)
        if name := table.get("stack_policy"):
            try:
                stack_policy_file.read(said.path.parent / name)
            except stack_policy_file.StackPolicyError as error:
                yield said.error(str(error), ENVIRONMENTS, n, "stack_policy")


def errors_of_names(said: Declaration, names: Sequence[str]) -> Iterator[OperatorError]:
    """Yield names that are not apart from others: for people, roles or logical IDs."""
    for (m, name), (n, other) in permutations(enumerate(names), 2):
        where = (ENVIRONMENTS, n, "name")
        if m < n and name == other:
            yield said.error(f"environment {name} exists twice: rename one", *where)
        elif other.startswith(f"{name}-"):
            yield said.error(
                f"the deploy role of environment {name} could also change environment {other}: "
                f"give {other} a name that does not begin with {name}-",
                *where,
            )
        elif m < n and title(name) == title(other):
            words = (
                f"{name} and {other} would both be named {title(name)} in the pipeline: rename one"
            )
            yield said.error(words, *where)


def errors_of_home(said: Declaration) -> Iterator[OperatorError]:
    """Yield what the pipeline's own place is needed for, if it is not said."""
    home = said.section("pipeline")
    tables = [((ENVIRONMENTS, n), table) for n, table in enumerate(said.content[ENVIRONMENTS])]
    everywhere: list[tuple[tuple[str | int, ...], dict[str, Any]]] = [*tables]
    everywhere.append((("taskcat",), said.section("taskcat")))
    for key, places, own in (("account", everywhere, "account"), ("regions", tables, "region")):
        for where, table in places:
            if key in table and own not in home:
                words = (
                    f"{key} is set here, so the pipeline's own is required: [pipeline] {own} = ..."
                )
                yield said.error(words, *where, key)


def errors_of_resources(
    said: Declaration, known: Container[str], name: str, n: int
) -> Iterator[OperatorError]:
    """Yield resources that a stack policy names and that are not known."""
    for resource in stack_policy_file.resources(stack_policy_file.read(said.path.parent / name)):
        if resource not in known:
            words = f"{name}: the application has no resource {resource}"
            yield said.error(words, ENVIRONMENTS, n, "stack_policy")


def errors_of_application(said: Declaration, lanes: Sequence[Lane]) -> Iterator[OperatorError]:
    """Yield what the application with these lanes does not have or take, or cannot be made of."""

    @cache
    def content(name: str) -> dict[str, Any]:
        return TEMPLATES[name].build(lanes).to_dict()

    for where, table in (
        (("taskcat",), said.section("taskcat")),
        *(((ENVIRONMENTS, n), table) for n, table in enumerate(said.content[ENVIRONMENTS])),
    ):
        resources = content(table.get("template", "retained"))["Resources"].values()
        types = {each["Type"] for each in resources if each["Type"].startswith("AWS::")}
        for region in table.get("regions", ()):
            if missing := sorted(types - schemas.digests(region).keys()):
                words = f"{region} lacks {', '.join(missing)}: deploy to another Region"
                yield said.error(words, *where, "regions")
    for n, table in enumerate(said.content[ENVIRONMENTS]):
        common, template = table.get("parameters", {}), content(table.get("template", "retained"))
        if name := table.get("stack_policy"):
            known = {title for kind in TEMPLATES for title in content(kind)["Resources"]}
            yield from errors_of_resources(said, known, name, n)
        yield from errors_of_values(said, template, common, (ENVIRONMENTS, n, "parameters"))
        for region, values in table.get("regional", {}).items():
            where = (ENVIRONMENTS, n, "regional", region)
            yield from errors_of_values(said, template, values, where)
        for region in table.get("regions", ("",)):
            given = {**common, **table.get("regional", {}).get(region, {})}
            yield from errors_of_code(said, lanes, given, n)
            if SOURCE_BUCKET in template["Parameters"].keys() - given.keys():
                words = f"{SOURCE_BUCKET} is required: the bucket in {region or 'its Region'}"
                yield said.error(words, ENVIRONMENTS, n)


def errors_of_values(
    said: Declaration,
    template: dict[str, Any],
    values: dict[str, Any],
    where: tuple[str | int, ...],
) -> Iterator[OperatorError]:
    """Yield parameters that there are not, or that do not take their value."""
    definitions = template["Parameters"]
    for name, value in values.items():
        if name in OURS:
            words = f"{name} is set by the pipeline: remove it"
        elif name not in definitions:
            words = f"the application has no parameter {name}; {nearest(name, definitions)}"
        elif not isinstance(value, str):
            text = f': "{value}"'.lower() if isinstance(value, int | float) else ""
            words = f"{name} must be a string in quotes, as all parameters are{text}"
        elif not parameters.accepts(definitions[name], value):
            words = f"{name} {definitions[name]['ConstraintDescription']}; it is {value!r}"
        else:
            continue
        yield said.error(words, *where, name)


def errors_of_code(
    said: Declaration, lanes: Sequence[Lane], given: dict[str, Any], n: int
) -> Iterator[OperatorError]:
    """Yield lanes whose package would be looked for in a bucket of the team's, where it is not."""
    if not given.get("CodeBucket"):
        return
    for key in (lane.parameter("CodeKey") for lane in lanes if not lane.is_first):
        if key not in given:
            words = (
                f"CodeBucket is your own, so the Build stage uploads nothing there: set {key}, too"
            )
            yield said.error(words, ENVIRONMENTS, n)
