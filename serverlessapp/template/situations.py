"""All ways in which a template's conditions can turn out together."""

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from math import prod

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.formulas import atoms, combined, holds, negated
from serverlessapp.template.reading import TemplateError
from serverlessapp.template.values import Formula, Kind, Unknown, scalar

Situation = dict[str, bool]  # conditions by name
Truth = tuple[tuple[Formula, bool], ...]  # atoms, and whether each holds

MOST = 2**15  # combinations that are gone through


def situations(evaluation: Evaluation, names: Collection[str] | None = None) -> list[Situation]:
    """Return each way in which conditions turn out; impossible ones are left out.

    A parameter can be anything that its allowed values allow, and what the template's rules allow.

    Args:
        evaluation: The template, and what is known.
        names: The conditions asked for; all by default. Ask only for those that matter: their
            combinations multiply.

    Raises:
        TemplateError: There are too many, or a condition has no meaning.
    """
    asked = evaluation.template.section("Conditions") if names is None else names
    wanted = {name: evaluation.condition(name) for name in asked}
    needed = {atom for formula in wanted.values() for atom in atoms(formula)}
    relevant, demanded = related(needed, list(demands(evaluation)))
    groups = list(independent(relevant))
    inside = [[rule for rule in demanded if {*atoms(rule)} <= {*group}] for _, group in groups]
    across = [rule for rule in demanded if not any(rule in rules for rules in inside)]
    compared = needed | {atom for rule in across for atom in atoms(rule)}
    by_group = [
        truths(evaluation, variables, group, rules, compared)
        for (variables, group), rules in zip(groups, inside)
    ]
    for rule in across:
        by_group = joined(by_group, rule)
    by_group = [
        list(dict.fromkeys(tuple(pair for pair in truth if pair[0] in needed) for truth in group))
        for group in by_group
    ]
    distinct: dict[tuple[bool, ...], Situation] = {}
    for truth in combinations(by_group):
        situation = {name: holds(formula, dict(truth)) for name, formula in wanted.items()}
        distinct.setdefault(tuple(situation.values()), situation)
    return list(distinct.values())


def combinations(groups: Sequence[Sequence[Truth]]) -> Iterator[Truth]:
    """Yield what groups of comparisons can be together; refuse too many."""
    if prod(map(len, groups)) > MOST:
        raise TemplateError(f"more than {MOST} combinations of conditions: give some parameters")
    for combination in product(*groups):
        yield tuple(pair for group in combination for pair in group)


def joined(groups: Sequence[list[Truth]], rule: Formula) -> list[list[Truth]]:
    """Return the groups, of which those that a rule compares are one, as far as it lets them."""
    compared = {*atoms(rule)}
    met = [group for group in groups if group and compared & {atom for atom, _ in group[0]}]
    together = [truth for truth in combinations(met) if holds(rule, dict(truth))]
    return [*(group for group in groups if group not in met), together]


def demands(evaluation: Evaluation) -> Iterator[Formula]:
    """Yield what the template's rules demand of every stack."""
    for rule in evaluation.template.section("Rules").values():
        when = evaluation.condition(rule.get("RuleCondition", True))
        for assertion in rule.get("Assertions", []):
            asserted = evaluation.condition(assertion["Assert"])
            formula = combined("or", [negated(when), asserted])
            if formula is not True:
                yield formula


def related(asked: set[Formula], rules: list[Formula]) -> tuple[set[Formula], list[Formula]]:
    """Return the atoms that bear on those asked for, through rules, and these rules."""
    relevant = set(asked)
    while True:
        names = {name for atom in relevant for name in variables_of(atom)}
        bearing = [
            rule
            for rule in rules
            if any(atom in relevant or names & set(variables_of(atom)) for atom in atoms(rule))
        ]
        more = {atom for rule in bearing for atom in atoms(rule)} - relevant
        if not more:
            return relevant, bearing
        relevant |= more


def variables_of(atom: Formula) -> Iterator[Unknown]:
    """Yield the parameters and pseudo parameters that a comparison compares."""
    for operand in atom[1:] if atom[0] == "equals" else ():
        if isinstance(operand, Unknown) and operand.kind in (Kind.PARAMETER, Kind.PSEUDO):
            yield operand


def independent(relevant: set[Formula]) -> Iterator[tuple[list[Unknown], list[Formula]]]:
    """Yield groups of atoms that have no variable in common, each with its variables, sorted."""
    left = sorted(relevant, key=repr)
    while left:
        group, names = [left.pop()], set[Unknown]()
        while True:
            names = {name for atom in group for name in variables_of(atom)}
            more = [atom for atom in left if names & set(variables_of(atom))]
            if not more:
                break
            group += more
            left = [atom for atom in left if atom not in more]
        yield sorted(names, key=lambda name: name.name), group


def truths(
    evaluation: Evaluation,
    variables: list[Unknown],
    group: list[Formula],
    rules: list[Formula],
    needed: set[Formula],
) -> list[Truth]:
    """Return each way in which the comparisons of a group turn out that rules let, as needed."""
    comparable = [
        atom
        for atom in group
        if len(set(variables_of(atom))) + sum(isinstance(item, str) for item in atom[1:]) == 2
        and atom[0] == "equals"
    ]
    free = [atom for atom in group if atom not in comparable]  # each either way
    choices = [allowed(evaluation, variable) for variable in variables]
    literals = {item for atom in comparable for item in atom[1:] if isinstance(item, str)}
    texts = sorted(literals.union(*choices))
    # Something else than these texts: what other variables may be as well, or only this one is.
    others = [f"\0{number}" for number in range(len(variables))]
    options = [choice or [*texts, *others[: n + 1]] for n, choice in enumerate(choices)]
    if prod(map(len, options)) * 2 ** len(free) > MOST:
        raise TemplateError(f"more than {MOST} combinations of parameters: give some of them")
    distinct: dict[Truth, None] = {}
    for combination in product(*options):
        values = dict(zip(variables, combination))
        truth = {
            atom: values.get(atom[1], atom[1]) == values.get(atom[2], atom[2])
            for atom in comparable
        }
        for either in product((True, False), repeat=len(free)):
            truth.update(zip(free, either))
            if all(holds(rule, truth) for rule in rules):
                distinct[tuple(pair for pair in truth.items() if pair[0] in needed)] = None
    return list(distinct)


def allowed(evaluation: Evaluation, variable: Unknown) -> list[str]:
    """Return the values that a parameter can have; none where it can be anything."""
    definition = evaluation.template.section("Parameters").get(variable.name, {})
    values = definition.get("AllowedValues", [])
    return [scalar(value) for value in values] if isinstance(values, list) else []
