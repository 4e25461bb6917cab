"""Where the pipeline runs, which is what ``OWN`` in ``delivery.toml`` stands for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import names
from pipeline.delivery import OWN, Delivery, DeliveryError, Environment
from serverlessapp.errors import OperatorError

BUILD = re.compile(
    r"arn:aws:codebuild:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):build/(?P<pipeline>.+)-package:.+"
)


@dataclass(frozen=True, kw_only=True)
class Home:
    """The pipeline's own place."""

    account: str
    region: str
    pipeline: str = names.PIPELINE  # the name of its stack

    @classmethod
    def of_build(cls, arn: str) -> "Home":
        """Return where a build of the project ``<pipeline>-package`` runs.

        Source: CodeBuild User Guide, "Environment variables in build environments".

        Raises:
            OperatorError: The ARN is none of its builds'.
        """
        match = BUILD.fullmatch(arn)
        if not match:
            raise OperatorError(
                f"--build must be the ARN of a build of PIPELINE-package, not {arn}"
            )
        return cls(**match.groupdict())

    def check(self, delivery: Delivery) -> None:
        """Refuse to stand for another place than the one that is named."""
        here, named = (self.account, self.region), (delivery.account, delivery.region)
        if any(there not in (OWN, own) for own, there in zip(here, named, strict=True)):
            raise DeliveryError(
                f"delivery.toml says that the pipeline is in {' '.join(filter(None, named))}, "
                f"but this is {' '.join(here)}: correct [pipeline], or run this there"
            )

    def account_of(self, environment: Environment) -> str:
        return environment.account or self.account

    def stacks(self, delivery: Delivery) -> Iterator[tuple[Environment, str]]:
        """Yield each environment with each of its Regions."""
        for environment in delivery.environments:
            yield from ((environment, region or self.region) for region in environment.regions)

    def code_buckets(self, delivery: Delivery) -> dict[str, str]:
        """Return the names of the code buckets by Region, the pipeline's own first."""
        return {region: self.code_bucket(region) for region in (self.region, *delivery.regions)}

    def code_bucket(self, region: str) -> str:
        return names.CODE_BUCKET.format(pipeline=self.pipeline, account=self.account, region=region)
