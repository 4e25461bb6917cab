"""The application stack: what all lanes share, and the lanes."""

from collections.abc import Sequence

from troposphere import Template

from generators import (
    access_logs,
    announcement,
    cleanup,
    completion,
    dashboard,
    encryption,
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
from serverlessapp.processors.uploads import refuse_overlaps


def build(retention: Retention, lanes: Sequence[Lane] | None = None) -> Template:
    """Return the application template.

    Args:
        retention: Whether data outlives the stack. Nothing else differs.
        lanes: What it processes; without, what ``lanes.load()`` returns.

    Raises:
        GenerationError: AWS would refuse the template, or a processor could do harm.
        ProcessorError: See ``lanes.load``; or the uploads of two processors overlap.
    """
    if lanes is None:
        lanes = load()
    template = Template()
    metadata.add_to(template, retention=retention)
    processors = [lane.processor for lane in lanes]
    refuse_overlaps(processors)
    form = parameters.add_to(template, processors=processors)
    rules.add_to(template, parameters=form)
    upload_bucket_arn = naming.upload_bucket_arn(form.environment_suffix)
    key = encryption.add_to(template, retention=retention)
    log_bucket = access_logs.add_to(
        template, upload_bucket_arn=upload_bucket_arn, retention=retention
    )
    upload_storage = storage.add_to(
        template, parameters=form, logs=log_bucket, key=key, retention=retention
    )
    alarms = monitoring.add_to(template, parameters=form, key=key)
    shared = Shared(
        uploads=tuple(processor.uploads for processor in processors),
        parameters=form,
        upload_bucket_arn=upload_bucket_arn,
        storage=upload_storage,
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
    announcement.announce(
        upload_storage.bucket,
        [(refs.lane, refs.queues.ingest, refs.queues.ingest_policy) for refs in added],
        parameters=form,
    )
    with limits.refused("the processors"):
        page = dashboard.add_to(template, added)
        if not retention.keeps_data:
            cleanup.add_to(
                template, parameters=form, storage=upload_storage, access_logs=log_bucket
            )
    outputs.add_to(template, shared=shared, lanes=added, dashboard=page)
    tagging.apply_to(template, environment=form.environment_suffix)
    rules.refuse_regions(template, parameters=form)
    limits.check(template, processors)
    return template
