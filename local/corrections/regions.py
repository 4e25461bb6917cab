"""What ministack lacks to hold the same stack in several Regions, as taskcat makes them.

Applied by ``local.server``. Each correction has a test named "still needs" that fails when
ministack no longer needs it.
"""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import ParseResult, urlparse

from ministack.core.responses import get_account_id, get_region

# Amazon S3 User Guide, "Virtual-hosted-style requests".
VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-]([a-z0-9-]+\.)?amazonaws\.com(\.cn)?")


def path_style(url: str) -> ParseResult:
    """Return a parsed URL of an S3 object with the bucket in its path, as ministack expects it.

    taskcat gives CloudFormation virtual-hosted ``TemplateURL``s; ministack would take the first
    folder of the key for the bucket.
    """
    parts = urlparse(url)
    host = VIRTUAL_HOST.fullmatch(parts.netloc)
    return parts._replace(path=f"/{host['bucket']}{parts.path}") if host else parts


def distinct_names(physical_name: Callable[..., str], seed: ContextVar[str]) -> Callable[..., str]:
    """Wrap ``provisioners._physical_name``: another Region, another name.

    On AWS the end of a generated name is random. ministack derives it from the stack's name, so
    stacks of one name in two Regions would share their IAM roles, which have no Region.

    Args:
        physical_name: ministack's function.
        seed: ``provisioners._NAME_SEED``, which goes into the name's end.
    """

    def named(stack_name: str, logical_id: str, *, seeded: bool = True, **options: Any) -> str:
        token = seed.set((seed.get() if seeded else "") + get_region())
        try:
            return physical_name(stack_name, logical_id, **options)
        finally:
            seed.reset(token)

    return named


def named_by_stack(
    handlers: Mapping[str, Callable[..., Any]], physical_name: Callable[..., str]
) -> dict[str, Callable[..., Any]]:
    """Return CloudFormation's functions for log groups, with a name like AWS's.

    There, a generated name begins with the stack's, as with other resources, and policies rely on
    that. ministack puts ``/aws/cloudformation/`` before it.
    """

    def create(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> Any:
        name = physical_name(stack_name, logical_id, max_len=512)
        return handlers["create"](logical_id, {"LogGroupName": name, **properties}, stack_name)

    def update(name: str, old: Mapping[str, Any], new: Mapping[str, Any], *rest: Any) -> Any:
        return handlers["update"](name, old, {"LogGroupName": name, **new}, *rest)

    return {**handlers, "create": create, "update": update}


def here_only(invalidate: Callable[..., None]) -> Callable[..., None]:
    """Wrap ``lambda_svc.invalidate_worker``: leave the other Regions' functions alone.

    CloudFormation calls it without a Region when it makes a function, and so would stop the
    running function of the same name in every other one.
    """

    def scoped(
        name: str,
        qualifier: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        invalidate(name, qualifier, account or get_account_id(), region or get_region())

    return scoped


def correct() -> None:
    """Apply the corrections to ministack, which must not be serving yet."""
    from ministack.services import lambda_svc
    from ministack.services.cloudformation import helpers, provisioners

    helpers.urlparse = path_style
    lambda_svc.invalidate_worker = here_only(lambda_svc.invalidate_worker)
    provisioners._physical_name = distinct_names(
        provisioners._physical_name, provisioners._NAME_SEED
    )
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::Logs::LogGroup"] = named_by_stack(
        handlers["AWS::Logs::LogGroup"], provisioners._physical_name
    )
