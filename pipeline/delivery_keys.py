"""What ``delivery.toml`` may say."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from generators import tagging
from generators.editions import Edition
from pipeline.home_regions import HOME_REGIONS
from serverlessapp import partitions
from serverlessapp.declaration import KINDS, Form, Key, one_of
from serverlessapp.template import schemas

ACCOUNT = re.compile(r"[0-9]{12}")
# The names of other stacks' resources begin with serverlessapp- and these; see ADR 26.
RESERVED = ("artifacts", "pipeline", "tcat")
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?")
FILE = re.compile(r"[A-Za-z0-9_.-]+\.json")
TAGS = {*tagging.tags("")}  # that every stack has
TEMPLATES = {kind.name.lower().replace("_", "-"): kind for kind in Edition}


def is_region(name: Any) -> bool:
    """Tell whether AWS has this Region, and publishes what can be made there."""
    return name in partitions.supported() and name in schemas.regions()


def are_regions(names: list[Any]) -> bool:
    """Tell whether they are Regions, at least one, and each is there once."""
    return bool(names) and all(map(is_region, names)) and len(set(names)) == len(names)


def are_tags(tags: Mapping[str, Any]) -> bool:
    """Tell whether everything in a stack takes them, beside those that it has anyway.

    Source: CloudFormation API Reference, "Tag"; IAM API Reference, "Tag", which has the fewest
    characters; IAM User Guide, "Tagging IAM resources", for which upper and lower case of a name
    are the same.
    """
    names = TAGS | tags.keys()
    apart = len({name.lower() for name in names}) == len(names)
    return (
        len(names) <= 50
        and apart
        and all(
            1 <= len(name) <= 128
            and not name.lower().startswith("aws:")
            and isinstance(value, str)
            and 1 <= len(value) <= 256
            and all(map(is_for_tags, name + value))
            for name, value in tags.items()
        )
    )


def is_for_tags(character: str) -> bool:
    """Tell whether a tag may have it: letters, digits, spaces, and a few more."""
    return unicodedata.category(character)[0] in "LNZ" or character in "_.:/=+-@"


ACCOUNT_KEY: dict[str, Any] = {
    "name": "account",
    "kind": str,
    "allowed": "12 digits in quotes",
    "allows": lambda value: bool(ACCOUNT.fullmatch(value)),
}
REGIONS_KEY: dict[str, Any] = {
    "name": "regions",
    "kind": list,
    "allowed": 'Regions of AWS, each once, such as ["eu-west-1"]',
    "allows": are_regions,
}
ENVIRONMENTS = "environments"
KEYS = (
    Key(section="pipeline", **ACCOUNT_KEY, means="its own; needed when any account is named"),
    Key(
        section="pipeline",
        name="region",
        kind=str,
        allowed=f"one of {', '.join(HOME_REGIONS)}, where the pipeline can be",
        allows=lambda value: value in HOME_REGIONS,
        means="its own; needed when an environment names Regions",
    ),
    Key(section="taskcat", **ACCOUNT_KEY, means="where taskcat tests; default: the pipeline's"),
    Key(section="taskcat", **REGIONS_KEY, means="where taskcat makes its stacks; needed"),
    Key(
        section=ENVIRONMENTS,
        name="name",
        kind=str,
        allowed="1 to 12 lowercase letters, digits and inner hyphens, and neither "
        f"{', '.join(RESERVED)} nor one of these and a hyphen",
        allows=lambda value: (
            bool(NAME.fullmatch(value))
            and not f"{value}-".startswith(tuple(f"{name}-" for name in RESERVED))
        ),
        means="needed; its stacks are `serverlessapp-<name>`, and its `EnvironmentSuffix` is this",
    ),
    Key(section=ENVIRONMENTS, **ACCOUNT_KEY, means="where it is; default: the pipeline's"),
    Key(
        section=ENVIRONMENTS,
        **REGIONS_KEY,
        means="where it is, in the order of deployment; default: the pipeline's",
    ),
    Key(
        section=ENVIRONMENTS,
        name="template",
        kind=str,
        **one_of(*TEMPLATES),
        means='whether its data outlives it, or its bucket is there already; default: `"retained"`',
    ),
    Key(
        section=ENVIRONMENTS,
        name="approval",
        kind=bool,
        allowed=KINDS[bool],
        means="whether a person is asked before it changes; default: `false`",
    ),
    Key(
        section=ENVIRONMENTS,
        name="stack_policy",
        kind=str,
        allowed='the name of a JSON file beside this one, such as "prod.json"',
        allows=lambda value: bool(FILE.fullmatch(value)),
        means="instead of the policy that guards what holds data, unless `ephemeral`",
    ),
    Key(
        section=ENVIRONMENTS,
        name="parameters",
        kind=dict,
        allowed="[environments.parameters]",
        means="of the application, each a text",
    ),
    Key(
        section=ENVIRONMENTS,
        name="regional",
        kind=dict,
        allowed="[environments.regional.REGION]",
        allows=lambda value: all(isinstance(each, dict) for each in value.values()),
        means="more parameters, of one of its Regions; they win",
    ),
    Key(
        section=ENVIRONMENTS,
        name="tags",
        kind=dict,
        allowed=f"{50 - len(TAGS)} tags at most: names up to 128 characters that do not begin with "
        "aws: and differ in more than case, and texts of 1 to 256; of letters, digits, spaces and "
        "_.:/=+-@, none a section of its own",
        allows=are_tags,
        means=f"of the stack and all in it, beside {', '.join(sorted(TAGS))}, or instead of them",
    ),
)
FORM = Form(keys=KEYS, repeated=(ENVIRONMENTS,))
