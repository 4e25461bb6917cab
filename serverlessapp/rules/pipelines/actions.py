"""Each action has the configuration and the artifacts that its provider takes."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.rules.pipelines.providers import OTHERS, PROVIDERS, Provider, Range
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action

AWS = "AWS"


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield what a provider does not take."""
    for action in delivery.actions():
        if action.owner == AWS:
            yield from of_aws(action)
        if action.has_timeout and action.provider != "Manual":
            yield Mistake(
                path=action.at("TimeoutInMinutes"),
                message="only approvals have one: remove it; a project has a timeout of its own",
            )
        commands = action.at("Commands")
        if action.commands and action.provider != "Commands":
            yield Mistake(path=commands, message=f"{action.provider} has none: remove them")
        if action.provider == "Commands" and not action.commands:
            yield Mistake(path=commands, message="there are none: add at least one")
        for command in action.commands:
            if "\n" in command:
                yield Mistake(path=commands, message=f"{command!r} has several lines: split it")


def of_aws(action: Action) -> Iterator[Mistake]:
    """Yield what is wrong with an action of a provider of AWS's."""
    provider = PROVIDERS.get(action.kind)
    if provider is None:
        if action.kind not in OTHERS:
            known = {*PROVIDERS, *OTHERS}
            same = sorted(category for category, name in known if name == action.provider)
            wanted = f"Category {' or '.join(same)}" if same else "correct the Provider"
            yield Mistake(
                path=action.at("ActionTypeId"),
                message=f"there is no {action.category} action of {action.provider}: {wanted}",
            )
        return
    yield from configuration(action, provider)
    for what, names, allowed in (
        ("InputArtifacts", len(action.inputs), provider.inputs),
        ("OutputArtifacts", len(action.outputs), provider.outputs),
    ):
        if not allowed[0] <= names <= allowed[1]:
            message = f"{action.provider} takes {count(allowed)}, not {names}"
            yield Mistake(path=action.at(what), message=message)


def configuration(action: Action, provider: Provider) -> Iterator[Mistake]:
    """Yield keys that are missing, and those that mean nothing."""
    for key in provider.required:
        if key not in action.configuration:
            message = f"{key} is missing: {action.provider} needs it"
            yield Mistake(path=action.at("Configuration"), message=message)
    known = (*provider.required, *provider.optional)
    for key in action.configuration:
        if key not in known:
            choice = ", ".join(known) or "none"
            message = f"{action.provider} knows no {key}, but {choice}: correct or remove it"
            yield Mistake(path=action.at("Configuration", key), message=message)


def count(allowed: Range) -> str:
    """Return how many, in words."""
    low, high = allowed
    return str(low) if low == high else f"{low} to {high}"
