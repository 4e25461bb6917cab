"""Puts the checks in place, before ministack serves."""

from functools import partial
from pathlib import Path
from typing import Any

from local.enforcement import (
    access_logs,
    alarms,
    decided,
    deletion,
    encryption,
    evaluations,
    execution_role,
    keys,
    redrive,
    service_role,
    tables,
    transport,
    trust,
)
from local.enforcement.trace import Trace


class MissingError(Exception):
    """ministack has no such function any more; look at its new version."""


def replace(module: Any, name: str, wrap: Any) -> None:
    """Replace a function of a module by its wrapped self.

    Raises:
        MissingError: There is none of this name.
    """
    if not hasattr(module, name):
        raise MissingError(f"ministack has no {module.__name__}.{name}; enforcement needs it")
    setattr(module, name, wrap(getattr(module, name)))


def install(decisions: Path) -> None:
    """Add the checks, and write every decision to the file.

    Raises:
        MissingError: ministack is not the one these checks were made for.
    """
    from ministack import app
    from ministack.core import iam_actions, iam_evaluator, lambda_runtime
    from ministack.services import cloudwatch, lambda_svc, s3, sns, sqs
    from ministack.services.cloudformation import provisioners, stacks

    log = Trace(decisions)
    known: keys.Keys = {}
    keys.learn_keys(known, provisioners._RESOURCE_HANDLERS)
    replace(app, "app", transport.behind_tls)
    replace(iam_evaluator, "_request_origin", lambda _: transport.origin_of_services())
    replace(iam_evaluator, "evaluate", evaluations.observed)
    replace(iam_evaluator, "_resource_policy", tables.with_table_policies)
    also = partial(encryption.key_refusal, log, known)
    replace(iam_actions, "s3_additional_checks", deletion.with_both)
    replace(iam_evaluator, "enforce", partial(decided.traced, log, also))
    replace(sqs, "queue_policy_allows", partial(decided.traced_delivery, log, "sqs:SendMessage"))
    replace(sns, "topic_policy_allows", partial(decided.traced_delivery, log, "sns:Publish"))
    replace(s3, "_fire_s3_event_async", partial(access_logs.with_access_logs, log))
    replace(cloudwatch, "_dispatch_alarm_actions", partial(alarms.with_topic_policy, log))
    replace(lambda_runtime, "execution_credentials", partial(trust.with_trust, log))
    replace(lambda_svc, "_emit_lambda_logs", partial(execution_role.with_log_permissions, log))
    read = partial(execution_role.with_read_permissions, log)
    replace(sqs, "_receive_messages_for_esm", read)
    replace(sqs, "_delete_messages_for_esm", partial(execution_role.with_delete_permission, log))
    replace(sqs, "_dlq_sweep", redrive.with_allowed_redrive)
    replace(iam_evaluator, "enforce", service_role.remembering_caller)
    service_role.with_roles(log)
    replace(stacks, "_provision_resource", partial(service_role.provisioning, log))
    replace(stacks, "_update_resource", partial(service_role.updating, log))
    replace(stacks, "_delete_resource", partial(service_role.deleting, log))
