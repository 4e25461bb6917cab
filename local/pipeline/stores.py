"""The pipeline's artifact buckets: who puts and who reads an artifact has to be allowed to.

The files come from the execution's folder; what is asked here is whether they might.
Source: CodePipeline User Guide, "Input and output artifacts", "Add a cross-Region action", and
"Troubleshooting", about folder names: ``<pipeline>/<artifact>/<random>``, 20 and 10 characters.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.identities import Identities
from serverlessapp.template.pipeline.elements import Action, Pipeline


@dataclass(frozen=True)
class Stores:
    """The buckets of a pipeline, one in each of its Regions."""

    identities: Identities
    pipeline: Pipeline

    def put(self, execution: Execution, action: Action, *roles: str) -> None:
        """Put the output artifacts of an action, in the last of some roles."""
        for name in action.outputs:
            key = f"{self.pipeline.name[:20]}/{name[:10]}/{uuid.uuid4().hex[:7]}"
            execution.artifacts.keys[name] = key
            self.write(execution, name, self.pipeline.home, roles)

    def get(self, execution: Execution, action: Action, *roles: str) -> None:
        """Read the input artifacts of an action, in the Region of the action.

        The pipeline carries them into another Region than its own.
        """
        for name in action.inputs:
            if action.region != self.pipeline.home:
                self.read(execution, name, self.pipeline.home, (self.pipeline.role,))
                self.write(execution, name, action.region, (self.pipeline.role,))
            self.read(execution, name, action.region, roles)

    def write(self, execution: Execution, name: str, region: str, roles: tuple[str, ...]) -> None:
        """Put an artifact into a Region's bucket."""
        bucket, key = self.place(execution, name, region)
        encrypting = self.pipeline.keys[region]
        encrypted: dict[str, Any] = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": encrypting} if encrypting else {}
        )
        with execution.artifacts.path(name).open("rb") as body:
            try:
                self.identities.client("s3", region, *roles).put_object(
                    Bucket=bucket, Key=key, Body=body, **encrypted
                )
            except ClientError as error:
                raise PipelineError(f"{roles[-1]} cannot put {name} into {bucket}: {error}") from (
                    error
                )

    def read(self, execution: Execution, name: str, region: str, roles: tuple[str, ...]) -> None:
        """Read an artifact from a Region's bucket; HEAD takes the same permission as GET."""
        bucket, key = self.place(execution, name, region)
        try:
            self.identities.client("s3", region, *roles).head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            raise PipelineError(f"{roles[-1]} cannot read {name} in {bucket}: {error}") from error

    def place(self, execution: Execution, name: str, region: str) -> tuple[str, str]:
        if region not in self.pipeline.stores:
            raise PipelineError(f"there is no artifact store in {region}")
        if name not in execution.artifacts.keys:
            raise PipelineError(f"there is no artifact {name}")
        return self.pipeline.stores[region], execution.artifacts.keys[name]
