"""The emptier on a bucket of the emulator: it empties, and it answers."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

Deploy = Callable[..., Any]
OBJECTS = 1100  # more than one batch


@pytest.fixture
def cloudformation() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A place to answer to, and the answers."""
    answers: list[dict[str, Any]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answers.append(json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_empties_versions_markers_and_unfinished_uploads(
    deploy: Deploy, cloudformation: tuple[str, list[dict[str, Any]]]
) -> None:
    url, answers = cloudformation
    stack = deploy()
    bucket, s3 = stack.outputs["UploadBucketName"], stack.client("s3")
    for number in range(OBJECTS):
        s3.put_object(Bucket=bucket, Key=f"old/{number}", Body=b"")
    for number in range(5):
        s3.put_object(Bucket=bucket, Key=f"old/{number}", Body=b"again")
        s3.delete_object(Bucket=bucket, Key=f"old/{number}")
    s3.create_multipart_upload(Bucket=bucket, Key="old/unfinished")
    functions = [
        f["FunctionName"]
        for f in stack.client("lambda").list_functions()["Functions"]
        if f["FunctionName"].startswith(f"{stack.name}-BucketEmptier")
    ]
    event = {
        "RequestType": "Delete",
        "ResponseURL": url,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "UploadBucketContents",
        "ResourceProperties": {"BucketName": bucket},
    }
    stack.client("lambda").invoke(FunctionName=functions[0], Payload=json.dumps(event))
    assert [answer["Status"] for answer in answers] == ["SUCCESS"], answers
    left = s3.list_object_versions(Bucket=bucket)
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
