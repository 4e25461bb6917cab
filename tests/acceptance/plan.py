"""What a run on AWS will make, and about what that costs: said before anything is made."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from serverlessapp.capacity import costs
from serverlessapp.report import Report, count
from serverlessapp.template import parameters, reading, structure
from serverlessapp.template.evaluation import Evaluation
from tests.acceptance.account import HOME, Account
from tests.acceptance.configuration import TaskcatTest
from tests.acceptance.taskcat import ROOT

# What is paid by the month, and its name there.
PRICED = {
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::KMS::Key": "key",
    "AWS::SecretsManager::Secret": "secret",
    "custom metric": "metric",
}
HOURS_PER_MONTH = 730  # each thing is charged for an hour at least; a run takes less
METRICS = 8  # custom metrics of a lane that processed files


def agreed(report: Report, account: Account, tests: Sequence[TaskcatTest]) -> int:
    """Show what is about to happen where, and ask; return 0 to go on, else the exit code."""
    identity = account.client("sts", HOME).get_caller_identity()
    made = resources(tests)
    stacks = count(sum(len(test.regions) for test in tests), "stack")
    report.say(f"account    {identity['Account']}")
    report.say(f"as         {identity['Arn']}")
    report.say(f"endpoint   {os.environ.get('AWS_ENDPOINT_URL', 'AWS')}")
    report.say(f"Regions    {', '.join(sorted({r for test in tests for r in test.regions}))}")
    names = ", ".join(test.name for test in tests)
    report.say(f"tests      {names}: {stacks} named tCaT-*, deleted afterwards")
    kinds = ", ".join(f"{number} {kind}" for kind, number in made.most_common())
    report.say(f"resources  {kinds}")
    report.say(
        f"cost       about ${estimate(made):.2f} ({costs.PRICES.relative_to(ROOT)} has the prices)"
    )
    return report.refusal(f"Make {stacks} in account {identity['Account']}?")


def resources(tests: Iterable[TaskcatTest]) -> Counter[str]:
    """Return how many resources of each type a run makes."""
    made: Counter[str] = Counter()
    for test in tests:
        template = reading.read(test.template)
        structure.check(template)
        defaults = parameters.defaults(template.section("Parameters"))
        given = parameters.referred(template.content, {**defaults, **test.parameters})
        kinds = Counter(r.type for r in Evaluation(template=template, given=given).resources())
        kinds["custom metric"] = METRICS * kinds["AWS::DynamoDB::Table"]  # each lane has one
        for kind, number in kinds.items():
            made[kind] += number * len(test.regions)
    return made


def estimate(made: Mapping[str, int]) -> float:
    """Return US dollars for what is paid by its existence; its use costs fractions of a cent."""
    prices = costs.prices()["standing"]["prices"]
    monthly = sum(prices[name]["dollars"] * made.get(kind, 0) for kind, name in PRICED.items())
    return float(monthly / HOURS_PER_MONTH)
