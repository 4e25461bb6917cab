"""An AWS emulator on this machine, started for one purpose and always stopped again."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader

from local.enforcement.decisions import DecisionLog

HOST = "127.0.0.1"
ACCOUNT = "123456789012"
PASSWORD = "emulator"  # ministack takes any
REGION = "us-west-2"
# Where people's stacks are: in most Regions, version 1 of the AWS CLI asks SQS at a host name of
# its own, whatever AWS_ENDPOINT_URL says (awscli/customizations/overridesslcommonname.py).
SHELL_REGION = "eu-central-2"
START_SECONDS = 60.0  # it takes half a second; slow machines compile the code first
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
KEPT_LOG_LINES = 5
DECISIONS = "decisions.jsonl"

# What botocore knows of services, read once: each session of its own takes longer than its calls.
DATA: Loader = create_loader()

# What the emulator and the functions it runs may know of this machine. Everything else, AWS
# profiles and credentials above all, stays outside.
PASSED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "SYSTEMROOT")


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who somebody is to the emulator."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


# An account number as key is that account's root, who may do everything.
ROOT = Credentials(access_key=ACCOUNT, secret_key=PASSWORD)


class EmulatorError(Exception):
    """The emulator cannot run; the message says why and what to do."""


class EmulatorSession(boto3.Session):
    """A session whose clients all talk to one emulator, whatever the environment says.

    Attributes:
        environment: What makes another process's AWS CLI or SDK do the same.
    """

    def __init__(self, endpoint: str, region: str, credentials: Credentials = ROOT) -> None:
        keys: Any = {
            "aws_access_key_id": credentials.access_key,
            "aws_secret_access_key": credentials.secret_key,
        }
        if credentials.session_token:
            keys["aws_session_token"] = credentials.session_token
        known = botocore.session.Session()
        known.register_component("data_loader", DATA)
        super().__init__(region_name=region, botocore_session=known, **keys)
        self._endpoint = endpoint
        self._credentials = credentials
        self.environment = {
            "AWS_ENDPOINT_URL": endpoint,
            **{name.upper(): value for name, value in keys.items()},
            "AWS_DEFAULT_REGION": region,
        }

    def exports(self) -> list[str]:
        """Return lines for a shell, bash or zsh, that lead it to the emulator, whatever it used.

        The AWS CLI's version 2 takes AWS_REGION before AWS_DEFAULT_REGION, and stops at a pager
        (AWS CLI User Guide, "Configuring environment variables for the AWS CLI").
        """
        given = {**self.environment, "AWS_REGION": self.region_name, "AWS_PAGER": ""}
        exported = [f"export {name}={value}" for name, value in given.items()]
        return ["unset AWS_PROFILE AWS_SESSION_TOKEN", *exported]

    def acting_as(self, credentials: Credentials) -> "EmulatorSession":
        """Return a session of somebody else, at the same emulator and Region."""
        return EmulatorSession(self._endpoint, str(self.region_name), credentials)

    def assuming(self, role_arn: str, name: str, **more: str) -> "EmulatorSession":
        """Return a session of a role, which has to trust this user."""
        taken = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=name, **more)
        keys = taken["Credentials"]
        return self.acting_as(
            Credentials(
                access_key=keys["AccessKeyId"],
                secret_key=keys["SecretAccessKey"],
                session_token=keys["SessionToken"],
            )
        )

    def in_region(self, region: str) -> "EmulatorSession":
        return EmulatorSession(self._endpoint, region, self._credentials)

    def client(self, *arguments: Any, **options: Any) -> Any:
        """Return a client, as ``boto3.Session.client`` does."""
        return super().client(*arguments, **{"endpoint_url": self._endpoint, **options})


@dataclass(eq=False)
class Emulator:
    """ministack on 127.0.0.1 with its own data; use it as a context manager."""

    port: int = 0  # TCP port; 0 takes a free one
    _: KW_ONLY
    enforce_iam: bool = False  # check signatures and policies of everyone but the account's root
    outlive: bool = False  # leave it running when the context or this process ends
    # More environment variables for ministack.
    settings: Mapping[str, str] = field(default_factory=dict)
    _process: "subprocess.Popen[bytes] | None" = None
    _folder: Path = field(default_factory=Path)

    @property
    def endpoint(self) -> str:
        """URL of every service."""
        return f"http://{HOST}:{self.port}"

    @property
    def decisions(self) -> DecisionLog:
        """Every decision about access so far; empty unless IAM is enforced."""
        return DecisionLog(self._folder / DECISIONS)

    @property
    def process_id(self) -> int:
        if self._process is None:
            raise EmulatorError("the emulator is not running")
        return self._process.pid

    def __enter__(self) -> "Emulator":
        try:
            self.start()
        except KeyboardInterrupt:  # nobody else knows of it yet
            self.stop()
            raise
        return self

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        if not self.outlive or error is not None:
            self.stop()

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            EmulatorError: ministack is not installed, the port is taken, or it did not start.
        """
        if importlib.util.find_spec("ministack") is None:
            raise EmulatorError("ministack is not installed; run: make install")
        self.port = usable_port(self.port)
        self._folder = Path(tempfile.mkdtemp(prefix="serverlessapp-emulator-"))
        command = [sys.executable, "-m", "local.server", str(self._folder)]
        if self.enforce_iam:
            command += ["--decisions", str(self._folder / DECISIONS)]
        log = self._folder / "emulator.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*command, "--outlive-parent"] if self.outlive else command,
                cwd=Path(__file__).resolve().parent.parent,
                env=self._environment(),
                stdin=subprocess.DEVNULL if self.outlive else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we stop it in order
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                last = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
                self.stop()
                told = "\n  ".join(last[-KEPT_LOG_LINES:]) or "no output"
                raise EmulatorError(f"the emulator did not start on port {self.port}:\n  {told}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop it and remove its data. Harmless when it is not running."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            # Whatever is left of its process group, the functions it ran included.
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def session(self, region: str = REGION, account: str = ACCOUNT) -> EmulatorSession:
        """Return a session whose clients all talk to this emulator, as an account's root."""
        root = Credentials(access_key=account, secret_key=PASSWORD)
        return EmulatorSession(self.endpoint, region, root)

    def _environment(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
        return {
            **passed,
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            "S3_DATA_DIR": str(self._folder / "s3"),
            "STATE_DIR": str(self._folder / "state"),
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "AUTH": "true" if self.enforce_iam else "false",
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
            **self.settings,
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=1) as reply:
                return bool(reply.status == 200)
        except OSError:  # URLError is one
            return False


def usable_port(port: int) -> int:
    """Return the port, or a free one for 0.

    Raises:
        EmulatorError: Something else listens on it, or it is not ours to use.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise EmulatorError(
                f"cannot use port {port} on {HOST} ({error}); stop the program that uses it, or "
                "choose another with --port (0: a free one)"
            ) from error
        return int(probe.getsockname()[1])
