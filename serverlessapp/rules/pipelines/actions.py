"""Each action has the configuration that its provider takes."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from serverlessapp.rules.pipelines.providers import OTHERS, PROVIDERS, Range
from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action


class ActionsFitProviders(PipelineRule):
    """A provider that there is, all its required configuration, and no slip in a name."""

    id = "E9206"
    shortdesc = "An action has what its provider takes"
    source_url = f"{USER_GUIDE}/action-reference.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what a provider does not take."""
        for action in of_aws(delivery):
            yield from (mistake for mistake, is_certain in names(action) if is_certain)
            yield from of_provider(action)
            yield from commands(action)


class NamesAreKnown(PipelineRule):
    """AWS refuses what it does not know; but it may know more than this rule by now."""

    id = "W9206"
    shortdesc = "A provider and its configuration are known"
    source_url = f"{USER_GUIDE}/action-reference.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield names of providers and keys that are like no other."""
        for action in of_aws(delivery):
            yield from (mistake for mistake, is_certain in names(action) if not is_certain)


def of_aws(delivery: Delivery) -> Iterator[Action]:
    """Yield the actions of providers of AWS's."""
    for action in delivery.actions():
        if action.owner == "AWS" and is_known(*action.kind):
            yield action


def names(action: Action) -> Iterator[tuple[Mistake, bool]]:
    """Yield names that are not known, and whether each must be a slip."""
    known = {*PROVIDERS, *OTHERS}
    if action.kind not in known:
        same = sorted(category for category, name in known if name == action.provider)
        wanted = f"Category {' or '.join(same)}" if same else "correct the Provider"
        words = f"there is no {action.category} action of {action.provider}: {wanted}"
        is_certain = bool(same) or is_slip(action.provider, {name for _, name in known})
        yield Mistake(action.at("ActionTypeId"), words), is_certain
    if provider := PROVIDERS.get(action.kind):
        keys = (*provider.required, *provider.optional)
        for key in action.raw.get("Configuration", {}):
            if key in keys:
                continue
            choice = ", ".join(keys) or "none"
            words = f"{action.provider} knows no {key}, but {choice}: correct or remove it"
            yield Mistake(action.at("Configuration", key), words), is_slip(key, keys)


def is_slip(name: str, known: Collection[str]) -> bool:
    """Tell whether a name is so much like a known one that it has to be meant."""
    return bool(get_close_matches(name, known))


def of_provider(action: Action) -> Iterator[Mistake]:
    """Yield keys that are missing, values that are no texts, and wrong numbers of artifacts."""
    if not (provider := PROVIDERS.get(action.kind)):
        return
    given = action.raw.get("Configuration", {})
    for key in provider.required:
        if key not in given:
            message = f"{key} is missing: {action.provider} needs it"
            yield Mistake(action.at("Configuration"), message)
    for key, value in given.items():
        if isinstance(value, dict | list):
            message = "it has to be a text: write JSON in quotes, or use Fn::ToJsonString"
            yield Mistake(action.at("Configuration", key), message)
    counts = (len(action.inputs), len(action.outputs))
    parts = ("InputArtifacts", "OutputArtifacts")
    for part, number, allowed in zip(parts, counts, provider.artifacts or ()):
        if not allowed[0] <= number <= allowed[1]:
            message = f"{action.provider} takes {in_words(allowed)}, not {number}"
            yield Mistake(action.at(part), message)


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
