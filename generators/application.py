"""The application stack: what all lanes share, and the lanes."""

from collections.abc import Sequence
from dataclasses import replace

from troposphere import Template

from generators import (
    access_logs,
    announcement,
    cleanup,
    completion,
    dashboard,
    encryption,
    existing_bucket,
    function_options,
    lane_resources,
    limits,
    metadata,
    monitoring,
    naming,
    outputs,
    parameters,
    rules,
    secret,
    storage,
    tagging,
)
from generators.lane_resources import LaneRefs, Shared
from generators.lanes import Lane, load
from generators.retention import Retention
from generators.source import ExistingBucket, UploadSource
from serverlessapp.processors.uploads import refuse_overlaps


def build(
    retention: Retention,
    lanes: Sequence[Lane] | None = None,
    *,
    source: UploadSource = UploadSource.OWN_BUCKET,
) -> Template:
    """Return the application template.

    Args:
        retention: Whether data outlives the stack.
        lanes: What it processes; without, what ``lanes.load()`` returns.
        source: Where files come from. If not from the stack's own bucket, EventBridge announces
            them, whatever the lanes say.

    Raises:
        GenerationError: AWS would refuse the template, or a processor could do harm.
        ProcessorError: See ``lanes.load``; or the uploads of two processors overlap.
    """
    if lanes is None:
        lanes = load()
    is_own = source is UploadSource.OWN_BUCKET
    lanes = lanes if is_own else [by_eventbridge(lane) for lane in lanes]
    template = Template()
    metadata.add_to(template, retention=retention, source=source)
    processors = [lane.processor for lane in lanes]
    refuse_overlaps(processors)
    form = parameters.add_to(template, processors=processors, is_bucket_there=not is_own)
    rules.add_to(template, parameters=form)
    upload_bucket_arn = naming.upload_bucket_arn(form.environment_suffix)
    key = encryption.add_to(template, retention=retention)
    own: storage.OwnStorageRefs | None = None
    if form.source:
        existing_bucket.accept_forwarded_events(template, parameters=form, source=form.source)
    else:
        log_bucket = access_logs.add_to(
            template, upload_bucket_arn=upload_bucket_arn, retention=retention
        )
        own = storage.add_to(
            template, parameters=form, logs=log_bucket, key=key, retention=retention
        )
    alarms = monitoring.add_to(template, parameters=form, key=key)
    shared = Shared(
        uploads=tuple(processor.uploads for processor in processors),
        parameters=form,
        upload_bucket_arn=upload_bucket_arn,
        storage=own or storage.StorageRefs(bucket=ExistingBucket()),
        key=key,
        secret=secret.add_to(template, key=key, retention=retention),
        monitoring=alarms,
        extras=function_options.add_to(template),
        completion=completion.add_to(template, parameters=form, key=key, topic=alarms.topic),
        retention=retention,
    )
    added: list[LaneRefs] = []
    for lane in lanes:
        with limits.refused(f"processor {lane.name}"):
            added.append(lane_resources.add_to(template, lane, shared=shared))
    if own:
        announcement.announce(
            own.bucket,
            [(refs.lane, refs.queues.ingest, refs.queues.ingest_policy) for refs in added],
            parameters=form,
        )
    with limits.refused("the processors"):
        page = dashboard.add_to(template, added)
        if own and not retention.keeps_data:
            cleanup.add_to(template, parameters=form, storage=own, access_logs=log_bucket)
    outputs.add_to(template, shared=shared, lanes=added, dashboard=page)
    tagging.apply_to(template, environment=form.environment_suffix)
    rules.refuse_regions(template, parameters=form)
    limits.check(template, processors)
    return template


def by_eventbridge(lane: Lane) -> Lane:
    """Return the lane, with files that a rule announces."""
    uploads = replace(lane.processor.uploads, source="eventbridge")
    return replace(lane, processor=replace(lane.processor, uploads=uploads))
