"""What one lane is made of, from its queues to its saved queries."""

from dataclasses import dataclass

from troposphere import Sub, Template, kms, logs

from generators import (
    announcement,
    completion,
    context,
    encryption,
    existing_bucket,
    ledger,
    monitoring,
    permissions,
    processing,
    queries,
    queues,
    writes,
)
from generators.completion import CompletionRefs
from generators.function_options import FunctionOptionRefs
from generators.lanes import Lane
from generators.ledger import LedgerRefs
from generators.monitoring import MonitoringRefs
from generators.parameters import ParameterRefs
from generators.processing import ProcessingRefs
from generators.queues import QueueRefs
from generators.retention import Retention
from generators.secret import SecretRefs
from generators.storage import StorageRefs
from serverlessapp.processors.uploads import Uploads


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What all lanes have in common."""

    uploads: tuple[Uploads, ...]  # what each of them takes
    parameters: ParameterRefs
    upload_bucket_arn: Sub
    storage: StorageRefs
    key: kms.Key
    secret: SecretRefs
    monitoring: MonitoringRefs
    completion: CompletionRefs
    extras: FunctionOptionRefs
    retention: Retention


@dataclass(frozen=True, kw_only=True)
class LaneRefs:
    """What later generators need from a lane."""

    lane: Lane
    queues: QueueRefs
    ledger: LedgerRefs
    log_group: logs.LogGroup
    processing: ProcessingRefs


def add_to(template: Template, lane: Lane, *, shared: Shared) -> LaneRefs:
    """Add everything that a lane has for itself.

    What must hold is said at the first lane alone: whoever has another one has the repository, too,
    and ten times the same would be a fifth of what can be delivered.
    """
    before = set(template.resources)
    parameters, key, retention = shared.parameters, shared.key, shared.retention
    queue_refs = queues.add_to(
        template,
        lane,
        parameters=parameters,
        upload_bucket_arn=shared.upload_bucket_arn,
        retention=retention,
    )
    announcement.add_rule_to(
        template,
        lane,
        parameters=parameters,
        bucket=shared.storage.bucket,
        queue=queue_refs.ingest,
        policy=queue_refs.ingest_policy,
    )
    table = ledger.add_to(template, lane, options=parameters.options, key=key, retention=retention)
    log_group = processing.add_log_group_to(
        template, lane, parameters=parameters, key=key, retention=retention
    )
    role = permissions.add_role_to(template, lane, parameters=parameters)
    shared.extras.attach(role)
    encryption.add_use_to(template, lane, role=role, key=key)
    if parameters.source:
        existing_bucket.add_key_use_to(template, lane, role=role, source=parameters.source)
    bucket = shared.storage.bucket
    grants = writes.refuse_loops(
        lane.grants(bucket=bucket, key=key),
        bucket,
        shared.uploads,
        origin=str(lane.processor.permissions or lane.name),
    )
    if parameters.source:
        writes.keep_apart(parameters.source.bucket, grants, bucket, shared.uploads)
    policy = permissions.add_to(
        template,
        lane,
        parameters=parameters,
        role=role,
        storage=shared.storage,
        queues=queue_refs,
        secret=shared.secret,
        ledger=table,
        log_group=log_group,
        grants=grants,
    )
    function = processing.add_to(
        template,
        lane,
        parameters=parameters,
        role=role,
        policy=policy,
        extras=shared.extras,
        log_group=log_group,
        storage=shared.storage,
        queues=queue_refs,
        secret=shared.secret,
        ledger=table,
    )
    monitoring.add_alarms_to(
        template,
        lane,
        parameters=parameters,
        processing=function,
        queues=queue_refs,
        topic=shared.monitoring.topic,
    )
    completion.add_pipe_to(
        template,
        lane,
        parameters=parameters,
        shared=shared.completion,
        bucket=bucket,
        ledger=table,
        processing=function,
    )
    queries.add_to(template, lane, log_group=log_group)
    if not lane.is_first:
        for title in template.resources.keys() - before:
            template.resources[title].Metadata[context.KEY].pop("must", None)
    return LaneRefs(
        lane=lane, queues=queue_refs, ledger=table, log_group=log_group, processing=function
    )
