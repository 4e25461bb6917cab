"""What a step is told, and where it puts what it says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipeline.delivery import Environment
from serverlessapp.report import printable

SUMMARY, REPORT_URL = "SUMMARY", "REPORT_URL"  # files of the buildspec's variables of these names
WATCH_MINUTES = 10  # the alarms that Watch looks at look at five minutes each
CONSOLE = "https://{region}.console.aws.amazon.com/codesuite/codebuild"


@dataclass(frozen=True, kw_only=True)
class StepSettings:
    """What a step is told."""

    environment: Environment
    execution: str  # the ID of the pipeline's execution
    pipeline: str  # its name
    package: Path  # folder of the artifact Package
    plan: Path  # folder of what Explain wrote
    output: Path  # folder of what this step hands on
    commit: str = ""  # empty if nobody knows
    build_arn: str = ""  # CodeBuild's, of this very build; empty elsewhere
    region: str = ""  # the pipeline's own
    watch: timedelta = timedelta(minutes=WATCH_MINUTES)  # how long to watch
    write: Callable[[str], object] = print

    def say(self, text: str) -> None:
        """Print lines, which cannot control a terminal."""
        for line in text.split("\n"):
            self.write(printable(line))

    def hand_on(self, summary: str) -> None:
        """Write what the buildspec exports, which must not be empty: so every step does."""
        (self.output / SUMMARY).write_text(f"{printable(summary)}\n", encoding="utf-8")
        (self.output / REPORT_URL).write_text(f"{self.report_url}\n", encoding="utf-8")

    @property
    def report_url(self) -> str:
        """The page of this build in the console, which has all that was printed.

        CodeBuild's variable CODEBUILD_BUILD_ARN is
        ``arn:aws:codebuild:<region>:<account>:build/<project>:<id>`` (CodeBuild User Guide,
        "Environment variables in build environments").
        """
        if not self.build_arn:
            return CONSOLE.format(region=self.region)
        _, _, _, region, account, build = self.build_arn.split(":", 5)
        build = build.removeprefix("build/")
        project = build.partition(":")[0]
        path = f"{account}/projects/{project}/build/{build.replace(':', '%3A')}"
        return f"{CONSOLE.format(region=region)}/{path}/?region={region}"
