"""An environment that the pipeline delivers to, and the steps as its builds run them."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from generators.editions import Edition
from generators.render import render
from local import stacks
from local.emulator import ACCOUNT, Emulator
from pipeline import delivery, names
from pipeline.steps.command import main
from serverlessapp.template.reading import load

Json = dict[str, Any]
REGION = "us-west-2"
OTHER = "eu-west-1"
FIRST, SECOND, THIRD = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
STANDARD: Json = {"status": "InProgress", "executionType": "STANDARD"}


@dataclass
class Delivered:
    """The environment ``prod`` of two Regions, and the package of a push.

    Attributes:
        executions: What CodePipeline says of executions; standard ones if nothing.
        answers: Exports of the last step.
    """

    emulator: Emulator
    folder: Path
    capsys: pytest.CaptureFixture[str]
    executions: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    stack: str = "serverlessapp-prod"

    def toml(self, **keys: object) -> None:
        """Write delivery.toml; other keys of the environment."""
        lines = (f"{key} = {json.dumps(value)}" for key, value in keys.items())
        text = f"""\
[pipeline]
account = "{ACCOUNT}"
region = "{REGION}"
[taskcat]
regions = ["{REGION}"]
[[environments]]
name = "dev"
[[environments]]
name = "prod"
regions = ["{REGION}", "{OTHER}"]
"""
        (self.folder / "delivery.toml").write_text(text + "\n".join(lines))

    def package(
        self,
        change: Callable[[Json], object] = lambda _: None,
        edition: Edition = Edition.RETAINED,
        **parameters: str,
    ) -> None:
        """Build the package: the application, changed, and its configurations, of ``{region}``s."""
        content = load(render(edition.build()))
        change(content)
        files = {
            "VERSION": "1.2.0-dev\n",
            **{f"templates/{each.value}.yaml": json.dumps(content) for each in Edition},
        }
        for region in (REGION, OTHER):
            own = {name: value.format(region=region) for name, value in parameters.items()}
            given = {"Parameters": {"EnvironmentSuffix": "prod", **own}}
            files[f"configurations/prod.{region}.json"] = json.dumps(given)
        for name, text in files.items():
            path = self.folder / "package" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def cloudformation(self, region: str) -> Any:
        return self.emulator.session(region).client("cloudformation")

    def prepare(self, name: str) -> None:
        """Prepare change sets of the package, in place of those of the same name."""
        for region in (REGION, OTHER):
            client = self.cloudformation(region)
            with suppress(client.exceptions.ClientError):
                client.delete_change_set(StackName=self.stack, ChangeSetName=name)
            path = self.folder / "package" / f"configurations/prod.{region}.json"
            stacks.plan(
                client,
                stack=self.stack,
                name=name,
                template=(self.folder / "package/templates/application.yaml").read_text(),
                parameters=json.loads(path.read_text())["Parameters"],
            )

    def execute(self, *regions: str) -> None:
        """Execute the change sets of a deployment."""
        for region in regions or (REGION, OTHER):
            client = self.cloudformation(region)
            made = client.describe_change_set(StackName=self.stack, ChangeSetName="deploy")
            if made["Status"] != "FAILED":
                planned = stacks.Plan(stack=self.stack, name="deploy", changes=())
                list(stacks.execute(client, planned))

    def deploy(self) -> None:
        """Deliver the package, whatever anybody says."""
        self.prepare("deploy")
        self.execute()

    def by_hand(self, region: str, **parameters: str) -> None:
        """Update a stack as a person does, past the pipeline."""
        client = self.cloudformation(region)
        body = client.get_template(StackName=self.stack)["TemplateBody"]
        given = {"EnvironmentSuffix": "prod", **parameters}
        stacks.deploy(client, stack=self.stack, template=body, parameters=given)

    def step(self, name: str, execution: str = FIRST) -> tuple[int, str]:
        """Run a step as a build does; return exit code and all that it printed."""
        self.capsys.readouterr()
        folder = self.folder / "plan"
        package = str(self.folder / "package")
        options = ("--execution", execution, "--package", package, "--output", str(folder))
        code = main([name, "--environment", "prod", *options])
        self.answers = {
            path.name: path.read_text().strip() for path in folder.iterdir() if not path.suffix
        }
        told = self.capsys.readouterr()
        return code, told.out + told.err

    def review(self, execution: str = FIRST) -> tuple[int, str]:
        """Go through the stage Review."""
        self.prepare("review")
        return self.step("explain", execution)

    def check(self, execution: str = FIRST) -> tuple[int, str]:
        """Go through the stage Deploy as far as Check."""
        self.prepare("deploy")
        return self.step("check", execution)


@pytest.fixture
def delivered(
    emulator: Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Delivered]:
    made = Delivered(emulator, tmp_path, capsys)
    made.toml()
    monkeypatch.setattr(delivery, "DELIVERY", tmp_path / "delivery.toml")
    for name, value in emulator.session(REGION).environment.items():
        monkeypatch.setenv(name, value)
    iam = emulator.session().client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    roles = [names.role(purpose, "prod") for purpose in (names.INSPECT, names.VERIFY)]
    for role in roles:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
    server = code_pipeline(made.executions)
    monkeypatch.setenv("AWS_ENDPOINT_URL_CODEPIPELINE", f"http://127.0.0.1:{server.server_port}")
    yield made
    server.shutdown()
    server.server_close()
    for role in roles:
        iam.delete_role(RoleName=role)
    for region in (REGION, OTHER):
        remove(emulator, region, made.stack)


def remove(emulator: Emulator, region: str, stack: str) -> None:
    """Remove a stack and all that it retains, so that the next one can be made."""
    session = emulator.session(region)
    cloudformation = session.client("cloudformation")
    if stacks.status(cloudformation, stack) is None:
        return
    for name in ("review", "deploy"):  # the emulator would keep them for the next one
        with suppress(cloudformation.exceptions.ClientError):
            cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
    described = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    held = {
        item["ResourceType"]: item["PhysicalResourceId"]
        for item in described
        if item.get("PhysicalResourceId") and item["ResourceType"] == "AWS::DynamoDB::Table"
    }
    for table in held.values():
        session.client("dynamodb").update_table(TableName=table, DeletionProtectionEnabled=False)
    list(stacks.delete(cloudformation, stack))
    s3, sqs, logs = (session.client(name) for name in ("s3", "sqs", "logs"))
    for item in described:
        physical = item.get("PhysicalResourceId", "")
        with suppress(s3.exceptions.ClientError, logs.exceptions.ClientError):
            if item["ResourceType"] == "AWS::S3::Bucket":
                for version in s3.list_object_versions(Bucket=physical).get("Versions", []):
                    s3.delete_object(
                        Bucket=physical, Key=version["Key"], VersionId=version["VersionId"]
                    )
                s3.delete_bucket(Bucket=physical)
            elif item["ResourceType"] == "AWS::SQS::Queue":
                sqs.delete_queue(QueueUrl=physical)
            elif item["ResourceType"] == "AWS::DynamoDB::Table":
                session.client("dynamodb").delete_table(TableName=physical)
            elif item["ResourceType"] == "AWS::Logs::LogGroup":
                logs.delete_log_group(logGroupName=physical)


def code_pipeline(executions: dict[str, Json]) -> HTTPServer:
    """Return a server that answers GetPipelineExecution, which the emulator does not."""

    class GetPipelineExecution(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["X-Amz-Target"].endswith(".GetPipelineExecution")
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = asked["pipelineExecutionId"]
            told = {**STANDARD, **executions.get(name, {}), "pipelineExecutionId": name}
            body = json.dumps({"pipelineExecution": told}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), GetPipelineExecution)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
