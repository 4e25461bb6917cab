"""What the two stages of an environment have in common."""

from collections.abc import Iterator
from dataclasses import dataclass

from troposphere import codebuild, iam

from pipeline import actions, names, places
from pipeline.actions import PACKAGE, PLAN, SOURCE, Actions
from pipeline.delivery import Delivery, Environment


@dataclass(frozen=True, kw_only=True)
class Target:
    """An environment with its number, and who runs builds for it."""

    delivery: Delivery
    environment: Environment
    number: int
    inspect: codebuild.Project
    inspect_role: iam.Role
    verify: codebuild.Project
    verify_role: iam.Role

    @property
    def plan(self) -> str:
        """The artifact in which Explain leaves what it showed."""
        return f"{PLAN}{self.number}"

    @property
    def stack_name(self) -> str:
        """The application's stack, in each Region."""
        return names.stack(self.environment.name)

    def places(self) -> Iterator[tuple[str, str, str]]:
        """Yield each Region as CodePipeline, names of actions and names of files have it."""
        for named in self.environment.regions:
            region = places.elsewhere(self.delivery, named)
            yield region, names.title(region), named or "${AWS::Region}"

    def prepare(self, purpose: str) -> list[Actions]:
        """Return the actions that make a change set in each Region, in the role for a purpose."""
        return [
            actions.prepare_change_set(
                f"Prepare{title}",
                role=places.role_arn(self.delivery, self.environment, purpose),
                artifact=PACKAGE,
                template_path=f"templates/{self.environment.template.value}.yaml",
                stack_name=self.stack_name,
                change_set=names.CHANGE_SETS[purpose],
                service_role=places.role_arn(self.delivery, self.environment, names.DEPLOY),
                template_configuration=f"configurations/{self.environment.name}.{file}.json",
                run_order=1,
                region=region,
            )
            for region, title, file in self.places()
        ]

    def step(self, name: str, run_order: int, *, reads: tuple[str, ...] = ()) -> Actions:
        """Return the action that runs a step of ``pipeline.steps`` for this environment."""
        verifies = name == "Verify"
        return actions.build(
            name,
            project=self.verify if verifies else self.inspect,
            role=self.verify_role if verifies else self.inspect_role,
            reads=(SOURCE, PACKAGE, *reads),
            run_order=run_order,
            variables={
                "STEP": name.lower(),
                "ENVIRONMENT": self.environment.name,
                "EXECUTION_ID": "#{codepipeline.PipelineExecutionId}",
            },
            category="Test",
        )
