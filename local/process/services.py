"""What the runtime calls of AWS, in memory: one uploaded file, a ledger, a secret, a queue.

The SDK is the real one. Its calls are answered before they are sent, where botocore's own
Stubber does it, too.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody

from local.process import items

BUCKET = "uploads-bucket"
VERSION = "v1"
RESULTS = "results/"
PASSWORD = "not-a-secret"


@dataclass
class Services:
    """AWS for one file."""

    path: Path  # the content of the only upload
    key: str
    _: KW_ONLY
    metadata: dict[str, str]  # as its uploader set them
    folder: Path  # where objects that are written are kept, numbered
    written: dict[str, Path] = field(default_factory=dict)  # those objects, by their keys
    # The ledger entry, as DynamoDB's attributes.
    entry: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None  # why the file was parked

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer every client that is made while the context lasts."""
        original = botocore.session.get_session

        def get_session(*arguments: Any) -> Any:
            session: Any = original(*arguments)
            session.register("before-parameter-build", remember)
            session.register("before-call", self.answer)
            return session

        with mock.patch.object(botocore.session, "get_session", get_session):
            yield

    def answer(self, model: Any, context: dict[str, Any], **_: object) -> tuple[AWSResponse, Any]:
        """Answer a call, or say that nobody does."""
        method = getattr(self, f"_{model.name}", None)
        parameters = context["local_parameters"]
        answer = method(**parameters) if method else refused(501, "NotImplemented", unknown(model))
        code = answer.setdefault("ResponseMetadata", {}).setdefault("HTTPStatusCode", 200)
        headers: Any = {}
        return AWSResponse("", code, headers, None), answer

    def _GetObject(self, Key: str, VersionId: str = VERSION, **_: object) -> Any:  # noqa: N802,N803
        path, metadata = self.written.get(Key), {}
        if Key == self.key:
            path, metadata = self.path, self.metadata
        if path is None:
            return refused(404, "NoSuchKey", f"no object {Key}")
        if VersionId != VERSION:
            return refused(404, "NoSuchVersion", f"the only version is {VERSION}")
        size = path.stat().st_size
        body = StreamingBody(path.open("rb"), size)
        return {"Body": body, "ContentLength": size, "Metadata": metadata, "VersionId": VERSION}

    def _PutObject(  # noqa: N802
        self,
        Bucket: str,  # noqa: N803
        Key: str,  # noqa: N803
        Body: Any = b"",  # noqa: N803
        **_: object,
    ) -> Any:
        if Bucket != BUCKET or not Key.startswith(RESULTS):
            return refused(403, "AccessDenied", f"a processor may write only to {RESULTS}")
        path = self.folder / str(len(self.written))
        with path.open("wb") as target:
            if hasattr(Body, "read"):
                shutil.copyfileobj(Body, target)
            else:
                target.write(Body.encode() if isinstance(Body, str) else Body)
        self.written[Key] = path
        return {"VersionId": VERSION}

    def _PutItem(self, Item: dict[str, Any], **_: object) -> Any:  # noqa: N802,N803
        if words := items.refusal(Item):
            return refused(400, "ValidationException", words)
        self.entry = Item
        return {}

    def _GetSecretValue(self, **_: object) -> Any:  # noqa: N802
        text = json.dumps({"username": "signer", "password": PASSWORD})
        return {"SecretString": text, "VersionId": VERSION}

    def _SendMessage(self, MessageAttributes: Any, **_: object) -> Any:  # noqa: N802,N803
        self.reason = MessageAttributes["Reason"]["StringValue"].rstrip()
        return {"MessageId": "parked"}


def remember(params: Any, context: dict[str, Any], **_: object) -> None:
    """Keep a call's parameters as they were given; later they are a request."""
    context["local_parameters"] = dict(params)


def refused(status: int, code: str, message: str) -> Any:
    """Return an error as botocore reads one from an answer."""
    metadata = {"HTTPStatusCode": status}
    return {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}


def unknown(model: Any) -> str:
    """Say what to do about a call that nobody answers."""
    service = model.service_model.service_name
    return f"{service} {model.name} is not available without a stack; use: local demo"


@contextmanager
def serving(path: Path, key: str, metadata: dict[str, str]) -> Iterator[Services]:
    """Answer for one file, and forget everything afterwards."""
    with tempfile.TemporaryDirectory(prefix="process-") as place:
        services = Services(path, key, metadata=metadata, folder=Path(place))
        with services.answering():
            yield services
