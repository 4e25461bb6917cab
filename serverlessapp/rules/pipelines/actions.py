"""Each action has the configuration that its provider takes."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.providers import OTHERS, PROVIDERS, Provider, Range
from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action


class ActionsFitProviders(PipelineRule):
    """A provider that there is, all its required configuration, and nothing unknown."""

    id = "E9206"
    shortdesc = "An action has what its provider takes"
    source_url = f"{USER_GUIDE}/action-reference.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what a provider does not take."""
        for action in delivery.actions():
            if action.owner == "AWS" and is_known(*action.kind):
                yield from of_provider(action)
                yield from commands(action)


def of_provider(action: Action) -> Iterator[Mistake]:
    """Yield what is wrong with an action of a provider of AWS's."""
    if provider := PROVIDERS.get(action.kind):
        yield from configuration(action, provider)
        counts = (len(action.inputs), len(action.outputs))
        keys = ("InputArtifacts", "OutputArtifacts")
        for key, number, allowed in zip(keys, counts, provider.artifacts or ()):
            if not allowed[0] <= number <= allowed[1]:
                message = f"{action.provider} takes {in_words(allowed)}, not {number}"
                yield Mistake(action.at(key), message)
    elif action.kind not in OTHERS:
        known = {*PROVIDERS, *OTHERS}
        same = sorted(category for category, name in known if name == action.provider)
        wanted = f"Category {' or '.join(same)}" if same else "correct the Provider"
        yield Mistake(
            action.at("ActionTypeId"),
            f"there is no {action.category} action of {action.provider}: {wanted}",
        )


def configuration(action: Action, provider: Provider) -> Iterator[Mistake]:
    """Yield keys that are missing, those that mean nothing, and values that are no texts."""
    given = action.raw.get("Configuration", {})
    for key in provider.required:
        if key not in given:
            message = f"{key} is missing: {action.provider} needs it"
            yield Mistake(action.at("Configuration"), message)
    known = (*provider.required, *provider.optional)
    for key, value in given.items():
        if key not in known:
            choice = ", ".join(known) or "none"
            message = f"{action.provider} knows no {key}, but {choice}: correct or remove it"
            yield Mistake(action.at("Configuration", key), message)
        elif isinstance(value, dict | list):
            message = "it has to be a text: write JSON in quotes, or use Fn::ToJsonString"
            yield Mistake(action.at("Configuration", key), message)


def commands(action: Action) -> Iterator[Mistake]:
    """Yield commands where there can be none, and the other way round; and a timeout likewise."""
    if "TimeoutInMinutes" in action.raw and action.provider != "Manual":
        message = "only approvals have one: remove it; a project has a timeout of its own"
        yield Mistake(action.at("TimeoutInMinutes"), message)
    if action.commands and action.provider != "Commands":
        yield Mistake(action.at("Commands"), f"{action.provider} has none: remove them")
    if action.provider == "Commands" and not action.commands:
        yield Mistake(action.at("Commands"), "there are none: add at least one")


def in_words(allowed: Range) -> str:
    """Return how many, in words."""
    low, high = allowed
    return str(low) if low == high else f"{low} to {high}"
