"""The application stack: every part, and what each needs from the others."""

from troposphere import Template

from generators import (
    access_logs,
    cleanup,
    dashboard,
    encryption,
    extension,
    ledger,
    metadata,
    monitoring,
    naming,
    outputs,
    parameters,
    permissions,
    processing,
    queries,
    queues,
    rules,
    secret,
    storage,
    tagging,
)
from generators.retention import Retention


def build(retention: Retention, grants: extension.Grants = extension.no_grants) -> Template:
    """Return the application template.

    Args:
        retention: Whether data outlives the stack. Nothing else differs.
        grants: What the function may do besides processing a file; see ``extension``.
    """
    template = Template()
    metadata.add_to(template, retention=retention)
    form = parameters.add_to(template)
    rules.add_to(template, parameters=form)
    upload_bucket_arn = naming.upload_bucket_arn(form.environment_suffix)

    role = permissions.add_role_to(template, parameters=form)
    key = encryption.add_to(template, function_role=role, retention=retention)
    queue_refs = queues.add_to(
        template, parameters=form, upload_bucket_arn=upload_bucket_arn, retention=retention
    )
    log_bucket = access_logs.add_to(
        template, upload_bucket_arn=upload_bucket_arn, retention=retention
    )
    upload_storage = storage.add_to(
        template,
        parameters=form,
        queues=queue_refs,
        logs=log_bucket,
        key=key,
        retention=retention,
    )
    signing_secret = secret.add_to(template, key=key, retention=retention)
    receipts = ledger.add_to(template, key=key, retention=retention)
    log_group = processing.add_log_group_to(template, parameters=form, key=key, retention=retention)
    policy = permissions.add_to(
        template,
        parameters=form,
        role=role,
        storage=upload_storage,
        queues=queue_refs,
        secret=signing_secret,
        ledger=receipts,
        log_group=log_group,
        grants=extension.refuse_loops(
            grants(bucket=upload_storage.bucket, key=key), upload_storage.bucket
        ),
    )
    processor = processing.add_to(
        template,
        parameters=form,
        role=role,
        policy=policy,
        log_group=log_group,
        storage=upload_storage,
        queues=queue_refs,
        secret=signing_secret,
        ledger=receipts,
    )
    alarms = monitoring.add_to(
        template, parameters=form, processing=processor, queues=queue_refs, key=key
    )
    queries.add_to(template, log_group=log_group)
    page = dashboard.add_to(template, processing=processor, queues=queue_refs)
    if not retention.keeps_data:
        cleanup.add_to(template, parameters=form, storage=upload_storage, access_logs=log_bucket)
    outputs.add_to(
        template,
        parameters=form,
        storage=upload_storage,
        queues=queue_refs,
        secret=signing_secret,
        ledger=receipts,
        log_group=log_group,
        processing=processor,
        monitoring=alarms,
        dashboard=page,
    )
    tagging.apply_to(template, environment=form.environment_suffix)
    rules.refuse_regions(template)
    return template
