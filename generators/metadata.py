"""What the template says about itself."""

from troposphere import Template

from generators import __version__
from generators.context import architecture
from generators.naming import PROJECT
from generators.retention import Retention
from generators.source import UploadSource

REPLACED = {  # by another EnvironmentSuffix
    UploadSource.OWN_BUCKET: "UploadBucket and the ingest queues would be replaced, and the new "
    "bucket would be empty.",
    UploadSource.EXISTING_BUCKET: "The ingest queues would be replaced.",
}


def add_to(template: Template, *, retention: Retention, source: UploadSource) -> None:
    template.set_version()
    template.set_description(
        f"{PROJECT} {__version__}: processes files uploaded to S3 with Lambda, through SQS, and "
        "records a signed receipt for each file."
    )
    template.metadata |= architecture(
        "S3 sends an event for each upload to the queue of its processor. The queue invokes the "
        "function in batches. The function reads exactly the object version that the event "
        "names, processes it, and writes a signed entry to the ledger with one conditional "
        "write. Files that fail at every attempt, or can never succeed, go to a dead-letter "
        "queue, and an alarm says what to do.",
        must=[
            "Never change EnvironmentSuffix of a stack: it is part of physical names, which "
            f"roles use to separate environments. {REPLACED[source]} Create a new stack instead.",
            retention.promise,
            "Never rename a logical ID: CloudFormation would create a new, empty resource.",
            "Names must be unique in an account and Region: derived names contain the stack's "
            "GUID or begin with its name, and CloudFormation generates all others.",
            "Events can arrive twice, late and in any order: every change must allow for that.",
            "This file is generated. Change the generators (generators/), or the next update "
            "undoes your change.",
        ],
        ref={
            "docs/architecture.md": "how a file flows through the resources",
            "docs/operations.md": "what each alarm means and what to do",
            "docs/adr/": "decisions and rejected alternatives",
        },
    )
    template.metadata[PROJECT] = {"Version": __version__}
