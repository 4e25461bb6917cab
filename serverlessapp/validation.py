"""What cfn-lint and our rules find in a template, whoever wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.context.parameters import ParameterSet
from cfnlint.decode.decode import decode_str
from cfnlint.exceptions import CfnLintExitException, ConfigFileError
from cfnlint.runner import Runner, run_template_by_data

from serverlessapp import rules
from serverlessapp.errors import OperatorError
from serverlessapp.report import count, printable
from serverlessapp.rules.rule import Rule, evaluated
from serverlessapp.template.parameters import accepts, referred
from serverlessapp.template.reading import Template, TemplateError, read
from serverlessapp.template.situations import situations

MODULE = rules.__name__
REGION = "AWS::Region"
LONGEST = 300  # characters of a message; a document has all of them
# cfn-lint wants every parameter that has no default, if it gets one.
INCOMPLETE = "E2900"


class ValidationError(OperatorError):
    """Parameters or a configuration that do not fit."""


@dataclass(frozen=True, kw_only=True, order=True)
class Violation:
    """What a rule of cfn-lint, or one of ours, finds.

    Attributes:
        line: From 1; 0 where there is none.
        rule: Its ID.
        severity: ``error``, ``warning`` or ``informational``.
        path: Where in the template.
        message: What is wrong.
    """

    line: int
    rule: str
    severity: str
    path: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """What is said about a template.

    Attributes:
        violations: In the order of lines.
        combinations: Ways in which its conditions can turn out; None if nobody can go through them.
    """

    file: Path
    violations: list[Violation]
    combinations: int | None

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return any(violation.severity == "error" for violation in self.violations)

    def document(self) -> Mapping[str, Any]:
        """Return it for scripts."""
        found = [vars(violation) for violation in self.violations]
        return {"file": str(self.file), "combinations": self.combinations, "findings": found}

    def text(self) -> str:
        """Return it for people, a line for each finding."""
        lines = [f"{self.file}:{v.line}: {v.rule} {short(v.message)}" for v in self.violations]
        severities = [violation.severity for violation in self.violations]
        found = ", ".join(count(severities.count(kind), kind) for kind in ("error", "warning"))
        ways = "more" if self.combinations is None else count(self.combinations, "combination")
        lines.append(f"{self.file}: {found}; {ways} of its conditions")
        return "\n".join(map(printable, lines))


def short(message: str) -> str:
    """Return a message without the end of a list of all that would be allowed."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]} ..."


def validate(path: Path, texts: Mapping[str, str], source: Path | None = None) -> Result:
    """Return what is wrong with a template.

    Args:
        path: The template. cfn-lint's configuration, such as ``.cfnlintrc``, is used as always.
        texts: Values of parameters, and of ``AWS::Region``. If there is one, others have their
            defaults; else they are unknown.
        source: Folder with what a push contains, if that is to be looked at as well.

    Raises:
        TemplateError: It cannot be read.
        ValidationError: There is no such parameter, or it does not accept its value.
    """
    template = read(path)
    check(template, texts)
    given = [referred(template.content, texts)] if texts else []
    try:
        ways = sum(len(situations(each)) for each in evaluated(template, given))
    except TemplateError:  # of what makes no sense, cfn-lint has a word
        ways = None
    violations = sorted(set(lint(template, given, source)))
    return Result(file=path, violations=violations, combinations=ways)


def classes() -> list[type[Rule]]:
    """Return our rules, by ID."""
    found = vars(rules).values()
    ours = [each for each in found if isinstance(each, type) and issubclass(each, Rule)]
    return sorted(ours, key=lambda each: str(each.id))


def check(template: Template, texts: Mapping[str, str]) -> None:
    """Refuse values that no parameter has, or accepts.

    Raises:
        ValidationError: Always then.
    """
    definitions = {REGION: {}, **template.section("Parameters")}
    for name, value in texts.items():
        if not isinstance(definition := definitions.get(name), dict):
            raise ValidationError(f"the template has no parameter {name}")
        if not accepts(definition, value):
            constraint = definition.get("ConstraintDescription", "see its constraints")
            raise ValidationError(f"parameter {name}={value!r}: {constraint}")


def lint(template: Template, given: list[dict[str, Any]], source: Path | None) -> list[Violation]:
    """Return what cfn-lint finds, with our rules.

    Raises:
        ValidationError: Its configuration is wrong.
    """
    sources = {
        rule.id: {"source": str(source)}
        for rule in classes()
        if source and "source" in rule().config_definition
    }
    arguments: dict[str, Any] = {
        "configure_rules": sources,
        "parameters": [ParameterSet(parameters=each) for each in given],
        "ignore_checks": [INCOMPLETE] if given else [],
    }
    try:
        config = ConfigMixIn([], **arguments)
        if MODULE not in config.append_rules:  # twice is an error
            config = ConfigMixIn(["--append-rules", MODULE], **arguments)
        runner = Runner(config)
        content, matches = decode_str(template.text)
        matches = matches or list(run_template_by_data(content, config, runner.rules))
    except (CfnLintExitException, ConfigFileError, ValueError, SystemExit) as error:
        raise ValidationError(f"cfn-lint's configuration: {error}") from error
    except Exception as error:  # whatever it did not expect of a template
        message = f"cfn-lint {version('cfn-lint')} cannot go through this template: {error!r}"
        return [Violation(line=0, rule="E0002", severity="error", path="", message=message)]
    return [
        Violation(
            line=match.linenumber,
            rule=match.rule.id,
            severity=match.rule.severity,
            path=".".join(map(str, getattr(match, "path", None) or ())),
            message=match.message,
        )
        for match in matches
    ]
