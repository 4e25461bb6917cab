"""What cfn-lint and our rules find in a template, whoever wrote it."""

import glob
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.context.parameters import ParameterSet
from cfnlint.decode.decode import decode_str
from cfnlint.exceptions import CfnLintExitException
from cfnlint.runner import Runner, run_template_by_data

from serverlessapp import rules
from serverlessapp.errors import OperatorError
from serverlessapp.report import count, printable
from serverlessapp.rules.rule import Rule, evaluated
from serverlessapp.template import structure
from serverlessapp.template.parameters import check, referred
from serverlessapp.template.reading import Template, TemplateError, read
from serverlessapp.template.situations import situations

MODULE = rules.__name__
REGION = "AWS::Region"
LONGEST = 300  # characters of a message; a document has all of them
# cfn-lint wants every parameter that has no default, if it gets one.
INCOMPLETE = "E2900"
# Whether a function of AWS::LanguageExtensions is there without it, only AWS can say: a warning.
EXTENSION = "is not supported without 'AWS::LanguageExtensions' transform"


class ValidationError(OperatorError):
    """A configuration of cfn-lint that is wrong."""


@dataclass(frozen=True, kw_only=True, order=True)
class Violation:
    """What a rule of cfn-lint, or one of ours, finds."""

    line: int  # from 1; 0 where there is none
    rule: str
    severity: str  # error, warning or informational
    path: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What is said about a template."""

    file: Path
    violations: list[Violation]  # sorted
    combinations: int | str  # ways in which its conditions turn out, or why they are not counted

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(each.severity == "error" for each in self.violations)

    def document(self) -> Mapping[str, Any]:
        """Return it for scripts."""
        found = [vars(each) for each in self.violations]
        ways = self.combinations if isinstance(self.combinations, int) else None
        return {"file": str(self.file), "combinations": ways, "findings": found}

    def text(self) -> str:
        """Return it for people, a line for each finding."""
        lines = [f"{self.file}:{v.line}: {v.rule} {short(v.message)}" for v in self.violations]
        severities = [v.severity for v in self.violations]
        found = ", ".join(count(severities.count(kind), kind) for kind in ("error", "warning"))
        ways = self.combinations
        ways = ways if isinstance(ways, str) else f"{count(ways, 'combination')} of its conditions"
        lines.append(f"{self.file}: {found}; {ways}")
        return "\n".join(map(printable, lines))


def short(message: str) -> str:
    """Return a message without the end of a list of all that would be allowed."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]} ..."


def validate(path: Path, texts: Mapping[str, str], source: Path | None = None) -> Validation:
    """Return what is wrong with a template.

    Args:
        path: The template. cfn-lint's configuration, such as ``.cfnlintrc``, is used as always.
        texts: Values of parameters, and of ``AWS::Region``. If there is one, others have their
            defaults; else they are unknown.
        source: Folder with what a push contains, if that is to be looked at as well.

    Raises:
        TemplateError: It cannot be read.
        ParameterError: There is no such parameter, or it does not accept its value.
        ValidationError: cfn-lint's configuration is wrong.
    """
    template = read(path)
    if texts:
        structure.check(template)
        check({REGION: {}, **template.section("Parameters")}, texts)
    given = [referred(template.content, texts)] if texts else []
    ways: int | str
    try:
        ways = sum(len(situations(each)) for each in evaluated(template, given))
    except TemplateError as error:
        ways = f"parts of it cannot be evaluated: {error}"
    violations = lint(template, configured(path, given, source))
    return Validation(file=path, violations=sorted(set(violations)), combinations=ways)


def classes() -> list[type[Rule]]:
    """Return our rules, by ID."""
    found = vars(rules).values()
    ours = [each for each in found if isinstance(each, type) and issubclass(each, Rule)]
    return sorted(ours, key=lambda each: str(each.id))


def lint(template: Template, runner: Runner) -> list[Violation]:
    """Return what cfn-lint finds, with our rules."""
    unreadable: list[Violation] = []
    crash: Exception | None = None
    # As JSON, if need be: cfn-lint takes names such as On and Yes for truth values.
    for text in (template.text, json.dumps(template.content)):
        try:
            content, errors = decode_str(text)
            ran = [] if errors else run_template_by_data(content, runner.config, runner.rules)
            matches = [violation(match, template, text) for match in errors or ran]
        except CfnLintExitException as error:
            raise ValidationError(f"cfn-lint: {error}") from error
        except Exception as error:  # whatever it did not expect of a template
            crash = error
        else:
            if not errors:
                return matches
            unreadable = unreadable or matches
    if unreadable:
        return unreadable
    message = f"cfn-lint {version('cfn-lint')} failed on this template: {crash!r}"
    return [Violation(line=0, rule="E0002", severity="error", path="", message=message)]


def violation(match: Any, template: Template, text: str) -> Violation:
    """Return what cfn-lint found, in the line of the template as it was written."""
    place = tuple(getattr(match, "path", None) or ())
    return Violation(
        line=match.linenumber if text == template.text else template.line(place),
        rule=match.rule.id,
        severity="warning" if match.message.endswith(EXTENSION) else match.rule.severity,
        path=".".join(map(str, place)),
        message=match.message,
    )


def configured(
    path: Path, given: Sequence[Mapping[str, Any]] = (), source: Path | None = None
) -> Runner:
    """Return cfn-lint as it is configured for a template, with our rules."""
    arguments: dict[str, Any] = {
        "configure_rules": {
            rule.id: {"source": str(source)}
            for rule in classes()
            if source and "source" in rule().config_definition
        },
        "parameters": [ParameterSet(parameters=dict(each)) for each in given],
        "ignore_checks": [INCOMPLETE] if given else [],
    }
    named = ["--template", glob.escape(str(path))]  # instead of those in its configuration
    try:
        config = ConfigMixIn(named, **arguments)
        _, *others = config.append_rules  # the first are its own
        for module in dict.fromkeys([*others, MODULE]):  # ours may be among them
            named += ["--append-rules", module]
        return Runner(ConfigMixIn(named, **arguments))
    except Exception as error:  # whatever is wrong with the files it reads
        raise ValidationError(f"cfn-lint's configuration: {error}") from error
