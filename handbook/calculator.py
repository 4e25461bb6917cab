"""What a month costs, as a sum of terms that a browser adds up in the same way.

The page carries the terms as JSON; ``assets/calculator.js`` has the same four lines as
``serverlessapp.capacity.costs.dollars``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generators.monitoring import NAMESPACE
from pictures import dashboard
from serverlessapp.capacity.costs import Term, by_unit, keeping, processing
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
    # What CloudWatch tells apart: by name and dimensions, so those of each processor.
    custom_metrics = {
        tuple(part for part in metric if isinstance(part, str))
        for widget in dashboard.body(template)
        for metric in widget["properties"]["metrics"]
        if metric[0] == NAMESPACE
    }
    for label, name, count in (
        ("alarms", "alarm", kinds.count("AWS::CloudWatch::Alarm")),
        ("metrics of its own", "metric", len(custom_metrics)),
        ("the dashboard", "dashboard", kinds.count("AWS::CloudWatch::Dashboard")),
    ):
        yield Term("CloudWatch", label, price[name] * count)
    secrets = price["secret"] * kinds.count("AWS::SecretsManager::Secret")
    yield Term("Secrets Manager", "the secret", secrets)
    calls = SECRET_CALLS * kinds.count("AWS::Lambda::EventSourceMapping")
    yield Term("Secrets Manager", "its reading", price["secrets_manager"] * calls)
