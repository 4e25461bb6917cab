"""Answers builds that ask CodePipeline about their own execution, which the emulator cannot.

Source: CodePipeline API Reference, "GetPipelineExecution".
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.emulator import HOST
from local.pipeline.execution import Execution

OPERATION = "CodePipeline_20150709.GetPipelineExecution"
VARIABLE = "AWS_ENDPOINT_URL_CODEPIPELINE"


@contextmanager
def serving(executions: Mapping[str, Execution]) -> Iterator[str]:
    """Yield the URL where a build can ask about executions, by their IDs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, reply = answer(executions, self.headers["X-Amz-Target"], request)
            body = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def answer(
    executions: Mapping[str, Execution], operation: str, request: Mapping[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Return HTTP status and body of an answer."""
    if operation != OPERATION:
        return 400, {"__type": "InvalidAction", "message": f"{operation} is not answered here"}
    execution = executions.get(request.get("pipelineExecutionId", ""))
    if execution is None:
        return 400, {"__type": "PipelineExecutionNotFoundException", "message": "no such execution"}
    described: dict[str, Any] = {
        "pipelineName": request.get("pipelineName"),
        "pipelineExecutionId": execution.id,
        "status": "InProgress",
        "executionMode": "QUEUED",
        "executionType": "ROLLBACK" if execution.target else "STANDARD",
    }
    if execution.target:
        target = {"rollbackTargetPipelineExecutionId": execution.target.id}
        described["rollbackMetadata"] = target
    return 200, {"pipelineExecution": described}
