"""What the template says about itself."""

from troposphere import Template

from generators import __version__
from generators.context import architecture
from generators.naming import PROJECT
from generators.retention import Retention
from generators.source import UploadSource

REPLACED = {  # by another EnvironmentSuffix
    UploadSource.OWN_BUCKET: "UploadBucket and ingest queues would be replaced, and the new bucket "
    "is empty.",
    UploadSource.EXISTING_BUCKET: "Ingest queues would be replaced.",
}


def add_to(template: Template, *, retention: Retention, source: UploadSource) -> None:
    """Add version, description and context."""
    template.set_version()
    template.set_description(
        f"{PROJECT} {__version__}: files uploaded to S3 are processed by Lambda through a queue, "
        "each with a signed receipt; nothing is lost."
    )
    template.metadata |= architecture(
        "S3 announces each upload to the queue of its processor. The queue drives the function in "
        "batches; it reads exactly the version that an event names, processes it, and enters a "
        "signed receipt in the ledger with one conditional write. What fails again and again, or "
        "can never succeed, is parked in a dead-letter queue, and an alarm says what to do.",
        must=[
            "EnvironmentSuffix of a stack can never be changed: it is part of physical names, "
            f"by which roles tell environments apart. {REPLACED[source]} Make a new stack instead.",
            retention.promise,
            "Logical IDs are public: one that is renamed means a new resource, which begins empty.",
            "Nothing gets a name that could be there twice: names have the stack's GUID in them "
            "or begin with its name, and CloudFormation makes up all others.",
            "Events may come twice, late and in any order: whatever is added has to bear that.",
            "This file is generated. Change what generates it (generators/), or an update undoes "
            "the change.",
        ],
        ref={
            "docs/architecture.md": "the way of a file through the resources",
            "docs/operations.md": "what to do about each alarm",
            "docs/adr/": "decisions, and what was rejected",
        },
    )
    template.metadata[PROJECT] = {"Version": __version__}
