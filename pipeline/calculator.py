"""What a month costs, as a sum of terms that a browser adds up in the same way.

The site's calculator has the terms as JSON; ``docs/_site/calculator.js`` has the same lines as
``serverlessapp.capacity.costs.dollars``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from generators import tables
from generators.dashboard import GRAPHS, RUNTIME
from serverlessapp.capacity.costs import Term, by_unit, dollars, keeping, prices, processing
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import Json, defaults, referred
from serverlessapp.template.reading import Template

# Calls for the secret: each processor's function keeps it for five minutes.
SECRET_CALLS = 30 * 24 * 12


@dataclass(frozen=True, kw_only=True)
class Input:
    """A field of the form: its name, label, unit, limits and default."""

    name: str
    label: str
    minimum: float
    maximum: float
    default: float


INPUTS = (
    Input(name="files", label="Files a month", minimum=0, maximum=1e10, default=100_000),
    Input(name="megabytes", label="Mean size (MB)", minimum=0, maximum=5e6, default=1),
    Input(name="milliseconds", label="Time per file (ms)", minimum=1, maximum=9e5, default=100),
    Input(name="memory", label="Memory (MB)", minimum=128, maximum=10_240, default=256),
    Input(name="batch", label="Files per batch", minimum=1, maximum=10, default=1),
)


def terms(template: Json) -> list[Term]:
    """Return the terms of a stack of this template, with the defaults of its parameters."""
    price = by_unit()
    return [*processing(price), *keeping(price), *standing(template, price)]


def standing(template: Json, price: Mapping[str, float]) -> Iterator[Term]:
    """Yield what is paid when there is no file at all."""
    given = referred(template, defaults(template["Parameters"]))
    stack = Evaluation(template=Template(content=dict(template)), given=given)
    kinds = [resource.type for resource in stack.resources()]
    processors = kinds.count("AWS::Lambda::EventSourceMapping")
    custom_metrics = {name for *_, lines in GRAPHS for place, name in lines if place == RUNTIME}
    for label, name, count in (
        ("alarms", "alarm", kinds.count("AWS::CloudWatch::Alarm")),
        ("custom metrics", "metric", len(custom_metrics) * processors),
        ("dashboard", "dashboard", kinds.count("AWS::CloudWatch::Dashboard")),
    ):
        yield Term("CloudWatch", label, price[name] * count)
    secrets = price["secret"] * kinds.count("AWS::SecretsManager::Secret")
    yield Term("Secrets Manager", "secret", secrets)
    calls = SECRET_CALLS * processors
    yield Term("Secrets Manager", "API calls", price["secrets_manager"] * calls)


def context() -> dict[str, Any]:
    """Return what the page of the calculator is made of; without scripts it shows the defaults."""
    all_terms = terms(tables.template())
    dated = prices()
    return {
        "inputs": INPUTS,
        "month": dollars(all_terms, {field.name: field.default for field in INPUTS}),
        "terms": [asdict(term) for term in all_terms],
        "dates": [dated[kind]["recorded"] for kind in ("processing", "standing")],
    }
