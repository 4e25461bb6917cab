"""``.taskcat.yml``: which stacks taskcat makes of the templates, for the lanes that there are."""

from collections.abc import Sequence

import yaml

from generators.lanes import Lane
from pipeline import names
from pipeline.delivery import Delivery, load

CONFIG = ".taskcat.yml"
# Of the processor that the test "zipped" brings to the lane that needs no package.
EXAMPLE, EXAMPLE_NAME = "examples/words", "examples-words"
HOOK = "functional"  # proves that a stack works: tests/acceptance/plugins
BUCKET = {"CodeBucket": "$[taskcat_autobucket]"}


def configuration(lanes: Sequence[Lane], delivery: Delivery | None = None) -> bytes:
    """Return the content of ``.taskcat.yml``; docs/taskcat.md says what each test tries.

    Without the boundary that every test has: only who launches it knows the account.
    """
    delivery = delivery or load()
    zipped = [lane for lane in lanes if not lane.is_first]
    parameters = {lane.parameter("CodeKey"): package(lane.name) for lane in zipped}
    content = {
        "project": {
            "name": "serverlessapp",
            "regions": list(delivery.taskcat_regions),
            "template": "templates/application-ephemeral.yaml",
            "shorten_stack_name": True,
            "package_lambda": False,
            # Lambda takes code only from a bucket of its own Region.
            "s3_regional_buckets": True,
            # What a bucket without ACLs accepts.
            "s3_object_acl": "bucket-owner-full-control",
            # By the environment's name, the role for taskcat reaches no stack but these.
            "parameters": {
                "EnvironmentSuffix": "tcat-$[taskcat_test_name]",
                **(BUCKET | parameters if parameters else {}),
            },
            "posthooks": [{"type": HOOK}],
        },
        "tests": {
            # The stack has to empty its bucket itself.
            "default": {"posthooks": [{"type": HOOK, "config": {"leave_files": True}}]},
            "kept": {"template": "templates/application.yaml"},
            "key": {"parameters": {"Encryption": "CustomerManaged"}},
            "limits": {
                "parameters": {"AlarmEmail": "nobody@example.com", "UploadPrefix": "in/eu/"}
            },
            **({"zipped": zipped_example()} if len(zipped) < len(lanes) else {}),
        },
    }
    head = "# Generated: python -m pipeline. What is in it: docs/taskcat.md\n"
    return (head + yaml.safe_dump(content, sort_keys=False, width=100)).encode()


def boundary_of(account: str) -> dict[str, str]:
    """Return the parameter that puts all roles of a stack under test within the role's reach."""
    policy = f"arn:aws:iam::{account}:policy/{names.TASKCAT_BOUNDARY}"
    return {"PermissionsBoundaryArn": policy}


def zipped_example() -> dict[str, object]:
    """Return the test of a package in the lane whose code the template itself has."""
    key = {"CodeKey": package(EXAMPLE_NAME), "Processor": "words:count"}
    return {"parameters": BUCKET | key}


def package(name: str) -> str:
    """Return the key of a package, which need not change with the content: all stacks are new."""
    return f"$[taskcat_project_name]/{package_path(name)}"


def package_path(name: str) -> str:
    """Return where in the project taskcat finds a package."""
    return f"packages/{name}.zip"
