"""What another value of a parameter does to a stack that is in use: the tables of docs/updates.md.

Each template is compared with itself under two values, as ``serverlessapp diff`` compares two
templates; nothing is known of the other parameters, so whatever may happen is told. Of each effect
above ``REPLACES``, the form has words as well, which a test compares.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from generators.editions import Edition
from generators.tables import table
from pipeline.templates import BUILDERS
from serverlessapp.diff.comparison import compare
from serverlessapp.diff.model import Finding, Risk
from serverlessapp.template.parameters import Json, accepts
from serverlessapp.template.reading import Template
from serverlessapp.template.values import scalar


class Effect(IntEnum):
    """The worst that an update may do; its name is what the page says."""

    NOTHING = 0
    IN_PLACE = 1
    REPLACES = 2
    STRANDS = 3
    ONE_WAY = 4
    NEVER = 5


# What neither template nor schema says is worse than they say.
WORSE = {"LedgerWarmThroughput": Effect.ONE_WAY, "SourceBucket": Effect.NEVER}
# What follows in the application that neither says. Sources of "Encryption": docs/operations.md,
# "Switch the encryption keys".
FOLLOWS = {
    "EnvironmentSuffix": "The new bucket is empty, waiting messages stay in the old queue, and "
    "existing entries can no longer be verified. The update cannot be undone: the old bucket and "
    "queue still have their names.",
    "SourceBucket": "Waiting files are parked. Entries of the old bucket can no longer be "
    "verified, and files of the new bucket with the same keys may count as superseded.",
    "SourceKeyArn": "Files encrypted with the old key can no longer be read; if they still wait, "
    "they are parked.",
    "SourceAccount": "Events of the old account are refused; `reconcile` finds their files.",
    "UploadPrefix": "Waiting files can no longer be read, and are parked. For files that are "
    "already below the new prefix, there are no events; `reconcile` finds them.",
    # CloudFormation Template Reference, "AWS::SNS::Subscription".
    "AlarmEmail": "The new address has to confirm the subscription; until then, no emails are "
    "sent.",
    "Encryption": "Existing files, backups and log events stay encrypted with their key. If "
    "CustomerManaged is turned off, waiting files under the stack's key are parked.",
    # Amazon CloudWatch Logs API Reference, "PutRetentionPolicy".
    "LogRetentionDays": "If lowered: older log events are deleted, usually within 72 hours.",
    # Amazon S3 User Guide, "Managing the lifecycle of objects".
    "VersionRetentionDays": "If lowered: versions that have been noncurrent for longer are "
    "deleted.",
    "CompletionEvents": "If turned off: events in transit may be lost. If turned on: only new "
    "entries have events.",
    # AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC".
    "VpcSubnetIds": "Lambda takes up to 20 minutes to delete the old network interfaces.",
    # Amazon DynamoDB Developer Guide, "Understanding DynamoDB warm throughput".
    "LedgerWarmThroughput": "Can be raised. A lower number is refused; an empty value does not "
    "change the table.",
}
# What happens to a resource, by the kind of a finding; the worst first.
MODIFIES = "changes"
VERBS = {
    "replaced": "replaces",
    "may be replaced": "may replace",
    "removed": "adds or removes",
    "added": "adds or removes",
    "modified": MODIFIES,
}
RANKS = list(dict.fromkeys(VERBS.values()))
LISTED = 6  # resources that change in place; more are counted
# A function that may read less than before cannot read what waits.
READS_LESS = re.compile(
    r"no longer allows .*\b(s3:GetObject|kms:Decrypt)\b.* to \$\{\w*FileProcessorRole}"
)

# Another storage class, not the end of an object (Amazon S3 User Guide, "Transitioning objects
# using Amazon S3 Lifecycle").
MOVES = re.compile(r"^LifecycleConfiguration\..*Transitions?\[]")


@dataclass
class Update:
    """What an update of one parameter does, in one template or several."""

    effect: Effect = Effect.NOTHING
    # What happens to each resource, by logical ID.
    happens: dict[str, str] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self.effect = max(self.effect, effect(finding))
        if verb := VERBS.get(finding.kind):
            known = self.happens.get(finding.subject, verb)
            self.happens[finding.subject] = min(known, verb, key=RANKS.index)

    @property
    def resources(self) -> str:
        phrases = []
        for verb in RANKS:
            titles = [f"`{title}`" for title in self.happens if self.happens[title] == verb]
            is_listed = verb != MODIFIES or len(titles) <= LISTED
            if titles:
                named = ", ".join(titles) if is_listed else f"{len(titles)} resources"
                phrases.append(f"{verb} {named}")
        return "; ".join(phrases)


def updates(*of: Template) -> dict[str, Update]:
    """Return what an update of each parameter does, in all templates that have it."""
    result: dict[str, Update] = {}
    for template in of:
        for name in template.entries("Parameters"):
            update = result.setdefault(name, Update())
            for finding in findings(template, name):
                update.add(finding)
    return result


def findings(template: Template, name: str) -> Iterable[Finding]:
    """Return what ``diff`` says of the resources when a parameter gets another value."""
    forms, resources = template.entries("Parameters"), list(template.section("Resources"))
    every: set[Finding] = set()
    values = samples(forms[name])
    for old, new in zip(values, values[1:] + values[:1]):
        known = {**dict.fromkeys(forms), name: old}
        every |= {*compare(name, template, template, known, {name: new}).findings}
    about = (finding for finding in every if finding.subject in resources)
    return sorted(about, key=lambda finding: resources.index(finding.subject))


def samples(form: Json) -> list[str]:
    """Return values between which a parameter may change: lower and higher, with and without.

    They need not fit its pattern.
    """
    if choices := [scalar(choice) for choice in form.get("AllowedValues", ())]:
        is_scale = all(choice.isdigit() for choice in choices)
        return [choices[0], choices[-1]] if is_scale else choices
    if form["Type"] == "Number":
        return [scalar(form["MinValue"]), scalar(form["MaxValue"])]
    return [*([""] if accepts(form, "") else []), "old", "new"]


def effect(finding: Finding) -> Effect:
    """Return what a finding about a resource means."""
    is_replaced, is_data = finding.kind.endswith("replaced"), finding.risk is Risk.DATA
    if finding.kind == "must never change" or (is_replaced and is_data):
        return Effect.NEVER
    is_kept_less = finding.kind == "kept differently" and not MOVES.search(finding.text)
    if is_data or is_kept_less or READS_LESS.search(finding.text):
        return Effect.STRANDS
    return Effect.REPLACES if is_replaced else Effect.IN_PLACE


def of_application() -> dict[str, Update]:
    """Return what an update of each parameter of the application's templates does."""
    result = updates(*(Template(content=each.build().to_dict()) for each in Edition))
    for name, least in WORSE.items():
        result[name].effect = max(result[name].effect, least)
    return result


def application() -> str:
    rows = [
        (f"`{name}`", words(update), update.resources, FOLLOWS.get(name, ""))
        for name, update in of_application().items()
    ]
    return table(("parameter", "an update", "resources", "what follows"), rows)


def delivery() -> str:
    """Return the table of the other templates' parameters that are not changed in place."""
    rows = [
        (f"`{file}.yaml`", f"`{name}`", words(update), update.resources)
        for file, build in BUILDERS.items()
        if not file.startswith("deploy-role-")  # as deploy-role
        for name, update in updates(Template(content=build(None, None).to_dict())).items()
        if update.effect > Effect.IN_PLACE
    ]
    return table(("template", "parameter", "an update", "resources"), rows)


def words(update: Update) -> str:
    """Return an effect as the page says it."""
    return update.effect.name.lower().replace("_", " ")
