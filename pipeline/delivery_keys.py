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
    "allowed": 'Regions, each once, such as ["eu-west-1"]',
    "allows": are_regions,
}
ENVIRONMENTS = "environments"
KEYS = (
    Key(
        section="pipeline",
        **ACCOUNT_KEY,
        means="account of the pipeline; required if an account is set anywhere",
    ),
    Key(
        section="pipeline",
        name="region",
        kind=str,
        allowed=f"one of {', '.join(HOME_REGIONS)}, where CodeBuild has all that the pipeline "
        "needs",
        allows=lambda value: value in HOME_REGIONS,
        means="Region of the pipeline; required if an environment sets `regions`",
    ),
    Key(
        section="taskcat",
        **ACCOUNT_KEY,
        means="account for taskcat's tests; default: the pipeline's",
    ),
    Key(
        section="taskcat", **REGIONS_KEY, means="Regions in which taskcat creates stacks; required"
    ),
    Key(
        section=ENVIRONMENTS,
        name="name",
        kind=str,
        allowed=f"1 to 12 lowercase letters, digits and inner hyphens; not {', '.join(RESERVED)}, "
        "and not beginning with one of these and a hyphen",
        allows=lambda value: (
            bool(NAME.fullmatch(value))
            and not f"{value}-".startswith(tuple(f"{name}-" for name in RESERVED))
        ),
        means="required; becomes the stack name, `serverlessapp-<name>`, and `EnvironmentSuffix`",
    ),
    Key(
        section=ENVIRONMENTS,
        **ACCOUNT_KEY,
        means="account of the environment; default: the pipeline's",
    ),
    Key(
        section=ENVIRONMENTS,
        **REGIONS_KEY,
        means="Regions, in the order of deployment; default: the pipeline's",
    ),
    Key(
        section=ENVIRONMENTS,
        name="template",
        kind=str,
        **one_of(*TEMPLATES),
        means='retains data, deletes it, or uses an existing bucket; default: `"retained"`',
    ),
    Key(
        section=ENVIRONMENTS,
        name="approval",
        kind=bool,
        allowed=KINDS[bool],
        means="whether changes wait for a manual approval; default: `false`",
    ),
    Key(
        section=ENVIRONMENTS,
        name="stack_policy",
        kind=str,
        allowed='name of a JSON file in the same folder, such as "prod.json"',
        allows=lambda value: bool(FILE.fullmatch(value)),
        means="replaces the default stack policy, which protects data unless `ephemeral`",
    ),
    Key(
        section=ENVIRONMENTS,
        name="parameters",
        kind=dict,
        allowed="[environments.parameters]",
        means="parameters of the application, each a string",
    ),
    Key(
        section=ENVIRONMENTS,
        name="regional",
        kind=dict,
        allowed="[environments.regional.REGION]",
        allows=lambda value: all(isinstance(each, dict) for each in value.values()),
        means="parameters for one Region; they override those above",
    ),
    Key(
        section=ENVIRONMENTS,
        name="tags",
        kind=dict,
        allowed=f"{50 - len(TAGS)} tags at most; names up to 128 characters that do not begin "
        "with aws: and differ in more than case; values of 1 to 256 characters; letters, digits, "
        "spaces and _.:/=+-@; no section of its own",
        allows=are_tags,
        means=f"tags of stack and resources, beside or instead of {', '.join(sorted(TAGS))}",
    ),
)
FORM = Form(keys=KEYS, repeated=(ENVIRONMENTS,))
