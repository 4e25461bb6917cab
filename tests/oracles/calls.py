"""Turns a resource into the calls that make it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session

from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import scalar
from tests.oracles.apis import APIS, LISTS, MEMBERS, NO_CALL
from tests.oracles.members import (
    Parameters,
    Path,
    entries,
    like,
    merge,
    merged,
    parts,
    plain,
)

Shape = Any  # of botocore.model, which has no annotations
RENAMED: set[str] = set()  # lines of MEMBERS that something needed


@dataclass(frozen=True)
class Call:
    """A call of a service.

    Attributes:
        operation: With its service: ``sqs.CreateQueue``.
        parameters: As boto3 takes them.
    """

    operation: str
    parameters: Parameters

    @property
    def shape(self) -> Shape:
        """What botocore knows of its parameters."""
        return shape(*self.operation.split("."))


@dataclass(frozen=True)
class Made:
    """What became of a resource.

    Attributes:
        mapped: Properties that are in a call.
        whole: Those of them that are a text, or a map, with everything below them.
        kept: Those that are known to be in none.
        unknown: Those that nobody knows where to put.
    """

    calls: list[Call] = field(default_factory=list)
    mapped: set[Path] = field(default_factory=set)
    whole: set[Path] = field(default_factory=set)
    kept: set[Path] = field(default_factory=set)
    unknown: set[Path] = field(default_factory=set)


@cache
def model(service: str) -> Any:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def shape(service: str, operation: str) -> Shape:
    """Return the shape of an operation's parameters."""
    return model(service).operation_model(operation).input_shape


def member(operation: Shape, names: Sequence[str]) -> Shape:
    """Return the shape of a member, by its names; of maps, what they map to."""
    for name in names:
        operation = operation.value if operation.type_name == "map" else operation.members[name]
    return operation


def made(resource: Resource, name: str, arn: str) -> Made:
    """Return the calls that make a resource; everything in it is known."""
    return Maker(resource, name, arn).made()


class Maker:
    """Makes the calls of one resource."""

    def __init__(self, resource: Resource, name: str, arn: str) -> None:
        self.properties, self.name, self.arn = resource.properties, name, arn
        self.api = APIS[resource.type]
        self.main, *self.inside = self.api.main.split(".")
        self.result = Made()
        self.single: dict[str, Parameters] = defaultdict(dict)
        self.each: dict[str, list[Parameters]] = {}

    def made(self) -> Made:
        """Return the calls, the main one first."""
        self.single[self.main] = dict(self.api.fixed)
        for path, value in parts(self.properties, self.api.targets):
            self.put(path, value)
        for operation, parameters in self.single.items():
            for item in self.each.get(operation, [{}]):
                self.add(operation, merged(parameters, item))
        for operation in sorted(self.each.keys() - self.single.keys()):
            for item in self.each[operation]:
                self.add(operation, item)
        return self.result

    def put(self, path: Path, value: Any) -> None:
        """Put a property where it belongs."""
        target = self.api.targets.get(".".join(path))
        if target == NO_CALL:
            self.result.kept.add(path)
            return
        if target is None:
            known = self.member(self.main, self.inside)
            if known.type_name == "map":
                whole = {path[-1]: self.converted(value, known.value, path)}
            else:
                whole = self.structure({path[-1]: value}, known, path[:-1])
            self.insert(self.single[self.main], self.inside, whole)
            return
        operation, *members = target.split(".")
        self.result.mapped.add(path)
        if members[-1:] == ["*"]:
            items = [self.nested(operation, members[:-1], item, path) for item in value]
            self.each[operation] = items
        elif members or isinstance(value, dict):
            merge(self.single[operation], self.nested(operation, members, value, path))
        elif scalar(value) == "true":
            self.single[operation] = {}  # a call without parameters of its own

    def nested(self, operation: str, members: list[str], value: Any, path: Path) -> Parameters:
        """Return the parameters that a value is, as the member of an operation."""
        converted = self.converted(value, self.member(operation, members), path)
        for member in reversed(members):
            converted = {member: converted}
        whole: Parameters = converted
        return whole

    def member(self, operation: str, members: list[str]) -> Shape:
        """Return the shape of a member."""
        return member(shape(self.api.service, operation), members)

    def insert(self, parameters: Parameters, members: list[str], value: Parameters) -> None:
        """Put members into parameters, below others."""
        for member in reversed(members):
            value = {member: value}
        merge(parameters, value)

    def add(self, operation: str, parameters: Parameters) -> None:
        """Add a call, with the resource's name in it where nothing else is."""
        known = shape(self.api.service, operation).members
        for member in self.api.names:
            given = self.arn if member.lower().endswith("arn") else self.name
            if member in known:
                parameters.setdefault(member, given)
            elif operation == self.main and self.inside:
                inner = self.member(operation, self.inside)
                if inner.type_name == "structure" and member in inner.members:
                    parameters[self.inside[0]].setdefault(member, given)
        self.result.calls.append(Call(f"{self.api.service}.{operation}", parameters))

    def converted(self, value: Any, known: Shape, path: Path) -> Any:
        """Return a value as a call has it."""
        match known.type_name, value:
            case "structure", dict():
                return self.structure(value, known, path)
            case "list", list():
                return [self.converted(item, known.member, path) for item in value]
            case "map", list() | dict():
                self.result.mapped.add(path)
                self.result.whole.add(path)
                return {
                    key: self.converted(item, known.value, (*path, *inner))
                    for key, item, inner in entries(value)
                }
        self.result.mapped.add(path)
        if isinstance(value, dict | list):
            self.result.whole.add(path)
        return plain(value, known.type_name)

    def structure(self, value: Mapping[str, Any], known: Shape, path: Path) -> Parameters:
        """Return a structure's members."""
        result: Parameters = {}
        for key, item in value.items():
            name = f"{self.api.service}.{known.name}.{key}"
            RENAMED.update({name} & MEMBERS.keys())
            given = MEMBERS.get(name, key).split(".")
            inner, names = known, []
            for name in given:
                names.append(like(name, inner.members))
                if not names[-1]:
                    break
                inner = inner.members[names[-1]]
            if not names[-1]:
                self.result.unknown.add((*path, key))
                continue
            self.result.mapped.add((*path, key))
            if inner.type_name == "list" and names[-1] in LISTS:
                item = [item]
            self.insert(result, names[:-1], {names[-1]: self.converted(item, inner, (*path, key))})
        return result
