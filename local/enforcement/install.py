"""Puts the checks in place, before ministack serves."""

from functools import partial
from pathlib import Path
from typing import Any

from local.enforcement import (
    alarms,
    encryption,
    execution_role,
    service_role,
    trace,
    transport,
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
    from ministack.core import iam_evaluator
    from ministack.services import cloudwatch, lambda_svc, sns, sqs
    from ministack.services.cloudformation import handlers, provisioners, stacks

    log = Trace(decisions)
    keys: encryption.Keys = {}
    encryption.learn_keys(keys, provisioners._RESOURCE_HANDLERS)
    replace(app, "app", transport.behind_tls)
    replace(iam_evaluator, "_request_origin", lambda _: transport.origin_of_services())
    replace(iam_evaluator, "evaluate", trace.observed)
    key_refusal = partial(encryption.key_refusal, log, keys)
    replace(iam_evaluator, "enforce", lambda f: trace.traced(log, key_refusal, f))
    replace(sqs, "queue_policy_allows", lambda f: trace.traced_delivery(log, "sqs:SendMessage", f))
    replace(sns, "topic_policy_allows", lambda f: trace.traced_delivery(log, "sns:Publish", f))
    replace(cloudwatch, "_dispatch_alarm_actions", alarms.with_topic_policy)
    replace(lambda_svc, "_emit_lambda_logs", lambda f: execution_role.with_log_permissions(log, f))
    replace(
        sqs, "_receive_messages_for_esm", lambda f: execution_role.with_read_permissions(log, f)
    )
    replace(
        sqs, "_delete_messages_for_esm", lambda f: execution_role.with_delete_permission(log, f)
    )
    replace(iam_evaluator, "enforce", service_role.remembering_caller)
    service_role.with_roles(log, handlers._ACTION_HANDLERS)
    replace(stacks, "_provision_resource", lambda f: service_role.provisioning(log, f))
    replace(stacks, "_update_resource", lambda f: service_role.updating(log, f))
    replace(stacks, "_delete_resource", lambda f: service_role.deleting(log, f))
