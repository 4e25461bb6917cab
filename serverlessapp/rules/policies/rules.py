"""Our own rules, by the name that a finding carries."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from serverlessapp.rules.policies import deputies, disclosure, grants, resources
from serverlessapp.rules.policies.objection import Objection
from serverlessapp.rules.policies.templates import Statement, Template, skipped, statements

StatementRule = Callable[[Statement], Iterator[str]]
TemplateRule = Callable[[Template], Iterator[tuple[str, str]]]

FOR_STATEMENTS: Mapping[str, StatementRule] = {
    "action-exists": grants.unknown_actions,
    "action-exact": grants.wildcard_actions,
    "resource-exact": grants.wide_resources,
    "resource-fits": grants.misfits,
    "condition-known": grants.unknown_conditions,
    "escalation": grants.unlimited_escalations,
    "own-account": deputies.foreign_principals,
    "principal-named": deputies.public_principals,
    "confused-deputy": deputies.confused_deputies,
}
FOR_TEMPLATES: Mapping[str, TemplateRule] = {
    "tls-only": resources.plain_http,
    "boundary": resources.unlimited_roles,
    "own-policies": resources.foreign_policies,
    "no-echo": disclosure.echoed_parameters,
    "no-disclosure": disclosure.shown_secrets,
}


def findings(templates: Iterable[Template]) -> Iterator[Objection]:
    """Yield what our rules object to, but for what a resource skips."""
    for template in templates:
        for finding in objections(template):
            if finding.rule not in skipped(template.resources.get(finding.resource, {})):
                yield finding


def objections(template: Template) -> Iterator[Objection]:
    """Yield what our rules object to, skipped or not."""
    for rule, check in FOR_TEMPLATES.items():
        for resource, message in check(template):
            yield Objection(template=template.name, resource=resource, rule=rule, message=message)
    for statement in statements(template):
        for rule, examine in FOR_STATEMENTS.items():
            for message in examine(statement):
                sid = statement.content.get("Sid", "trust")
                yield Objection(
                    template=template.name,
                    resource=statement.resource,
                    rule=rule,
                    message=f"{sid}: {message}",
                )
