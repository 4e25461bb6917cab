"""Reads a template from a virtual-hosted URL, as taskcat gives them to CloudFormation.

ministack expects the bucket in the path, and would take the first folder of the key for it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlparse

from local.replacements import around

# Amazon S3 User Guide, "Virtual-hosted-style requests".
VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-]([a-z0-9-]+\.)?amazonaws\.com(\.cn)?")


@around("services.cloudformation.helpers", "_resolve_document")
def document(
    resolve: Callable[..., Any],
    parameters: Mapping[str, list[str]],
    body_key: str,
    url_key: str,
    *rest: Any,
) -> Any:
    """Return the text of a template or policy that a request names."""
    if url_key in parameters:
        parameters = {**parameters, url_key: [path_style(url) for url in parameters[url_key]]}
    return resolve(parameters, body_key, url_key, *rest)


def path_style(url: str) -> str:
    """Return the URL of an S3 object with the bucket in its path."""
    parts = urlparse(url)
    host = VIRTUAL_HOST.fullmatch(parts.netloc)
    return parts._replace(path=f"/{host['bucket']}{parts.path}").geturl() if host else url
