"""Validates a template: every rule, in every situation it can be launched in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from serverlessapp.rules.pipelines import (
    actions,
    artifacts,
    builds,
    buildspecs,
    changes,
    conditions,
    deployments,
    projects,
    reports,
    roles,
    shapes,
    stores,
    structure,
    variables,
)
from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template import parameters as templates
from serverlessapp.template.first_situations import REGION, situations
from serverlessapp.template.parameters import Json
from serverlessapp.template.pipeline import delivery as model
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.resolver import Resolver, UnresolvedError

Check = Callable[[Delivery], Iterator[Mistake]]
STACK = "pipeline"

CHECKS: tuple[Check, ...] = (
    structure.findings,
    actions.findings,
    artifacts.findings,
    stores.findings,
    projects.findings,
    builds.findings,
    buildspecs.findings,
    reports.findings,
    variables.findings,
    changes.findings,
    deployments.findings,
    conditions.findings,
    roles.findings,
)


def validate(
    template: Json, source: Path, given: Mapping[str, str] | None = None, *, stack: str = STACK
) -> tuple[list[Mistake], int]:
    """Return what is wrong with a template, and in how many situations it was looked at.

    Args:
        template: The template.
        source: Folder with what a push contains: buildspecs, and what is deployed.
        given: Values of parameters, and of ``AWS::Region``. Others have their defaults; those that
            conditions ask for have every value that makes a difference.
        stack: What the stack would be called.

    Raises:
        ModelError: Parameters do not fit, or botocore is missing.
    """
    given = given or {}
    values = {
        REGION: given.get(REGION, templates.HOME),
        **templates.values(template, {k: v for k, v in given.items() if k != REGION}),
    }
    looked_at = [
        situation
        for situation in situations(template, values)
        if all(situation[name] == value for name, value in given.items())
    ]
    situations_of: dict[Mistake, list[dict[str, str]]] = {}
    for situation in looked_at:
        resolver = Resolver.of(template, situation, stack=stack)
        for mistake in dict.fromkeys(in_situation(resolver, source)):
            situations_of.setdefault(mistake, []).append(situation)
    return [
        replace(mistake, given=common(where, looked_at)) for mistake, where in situations_of.items()
    ], len(looked_at)


def in_situation(resolver: Resolver, source: Path) -> Iterator[Mistake]:
    """Yield what is wrong in one situation."""
    structural = False
    for kind in shapes.SHAPES:
        for title in model.of_type(resolver, kind):
            path = f"Resources.{title}.Properties"
            try:
                name, properties = resolver.name(title, path), resolver.properties(title)
            except UnresolvedError as error:
                yield Mistake(path=error.path, message=str(error))
                structural = True
                continue
            for mistake in shapes.findings(kind, path, name, properties):
                yield mistake
                structural = structural or mistake.structural
    if structural:
        return
    try:
        delivery = model.read(resolver, source)
    except UnresolvedError as error:
        yield Mistake(path=error.path, message=str(error))
        return
    for check in CHECKS:
        yield from check(delivery)


def common(
    where: Sequence[Mapping[str, str]], everywhere: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Return the values that situations with a mistake share, and others do not."""
    if len(where) == len(everywhere):
        return {}
    return {
        name: value
        for name, value in where[0].items()
        if all(situation[name] == value for situation in where)
        and any(situation[name] != value for situation in everywhere)
    }
