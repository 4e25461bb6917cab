"""What CodePipeline, CodeBuild and their roles have to be able to do, from the pipeline itself.

Each action tells by its provider what its role calls, and on what by its configuration.

Source: AWS CodePipeline User Guide, "AWS CloudFormation deploy action reference", "AWS CodeBuild
build and test action reference" and "CodeStarSourceConnection ... action reference", each with its
service role permissions; AWS CodeBuild User Guide, "Allow CodeBuild to interact with other AWS
services".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from serverlessapp.template.reading import Json

from .policies import session_of
from .resolved import ResolvedStack
from .simulator import AuthorizationRequest

# Provider, and the mode of CloudFormation's -> what it calls on what it is about.
CALLS = {
    "CloudFormation CHANGE_SET_REPLACE": (
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStacks",
    ),
    "CloudFormation CHANGE_SET_EXECUTE": (
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
    ),
    "CodeBuild": ("codebuild:BatchGetBuilds", "codebuild:StartBuild"),
    "CodeStarSourceConnection": ("codestar-connections:UseConnection",),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class PipelineRequests:
    """The requests of a pipeline's stack."""

    stack: ResolvedStack

    @cached_property
    def pipeline(self) -> Json:
        (pipeline,) = self.stack.of_type("AWS::CodePipeline::Pipeline").values()
        properties: Json = pipeline["Properties"]
        return properties

    @cached_property
    def titles(self) -> dict[str, str]:
        """ARN of a role -> its logical ID."""
        roles = self.stack.of_type("AWS::IAM::Role")
        return {self.stack.attribute(title, "Arn"): title for title in roles}

    def wanted(self) -> Iterator[AuthorizationRequest]:
        """Yield every request that has to be let through."""
        owner = self.titles[self.pipeline["RoleArn"]]
        yield self.trusted("codepipeline.amazonaws.com", owner)
        for title, project in self.stack.of_type("AWS::CodeBuild::Project").items():
            source = self.stack.attribute(title, "Arn")
            builder = self.titles[project["Properties"]["ServiceRole"]]
            yield self.trusted("codebuild.amazonaws.com", builder, source)
        for stage in self.pipeline["Stages"]:
            for action in stage["Actions"]:
                if "RoleArn" in action:
                    title = self.titles[action["RoleArn"]]
                    yield self.trusted(session_of(self.stack, owner), title)
                    yield from self.calls(session_of(self.stack, title), action)

    def trusted(self, principal: str, title: str, source: str = "") -> AuthorizationRequest:
        """Return the request of somebody to take a role."""
        return AuthorizationRequest(
            principal=principal,
            action="sts:AssumeRole",
            resource=self.stack.attribute(title, "Arn"),
            context=(("aws:sourcearn", source),) if source else (),
        )

    def calls(self, principal: str, action: Json) -> Iterator[AuthorizationRequest]:
        """Yield what an action's role calls."""
        provider, configuration = action["ActionTypeId"]["Provider"], action["Configuration"]
        mode = f"{provider} {configuration.get('ActionMode', '')}".strip()
        region = action.get("Region", self.stack.region)
        for call in CALLS[mode]:
            resource = self.about(provider, configuration, region)
            about = configuration.get("FullRepositoryId")
            yield AuthorizationRequest(
                principal=principal,
                action=call,
                resource=resource,
                context=(("codestar-connections:fullrepositoryid", about),) if about else (),
            )
        if "RoleArn" in configuration:
            yield AuthorizationRequest(
                principal=principal,
                action="iam:PassRole",
                resource=configuration["RoleArn"],
                context=(("iam:passedtoservice", "cloudformation.amazonaws.com"),),
            )
        artifacts = {"s3:PutObject": action.get("OutputArtifacts", [])}
        if provider == "CloudFormation":  # CodeBuild reads with the build's own role
            artifacts["s3:GetObject"] = action.get("InputArtifacts", [])
        for call, names in artifacts.items():
            for artifact in names if provider != "CodeBuild" else []:
                yield AuthorizationRequest(
                    principal=principal,
                    action=call,
                    resource=self.stored(artifact["Name"], region),
                    context=(("aws:resourceaccount", self.stack.account),),
                )

    def about(self, provider: str, configuration: Json, region: str) -> str:
        """Return the ARN of what an action is about."""
        place = f"{region}:{self.stack.account}"
        match provider:
            case "CloudFormation":
                return f"arn:aws:cloudformation:{place}:stack/{configuration['StackName']}/0a1b"
            case "CodeBuild":
                return f"arn:aws:codebuild:{place}:project/{configuration['ProjectName']}"
        return str(configuration["ConnectionArn"])

    def stored(self, artifact: str, region: str) -> str:
        """Return the ARN of an artifact in a Region's store.

        CodePipeline puts it under the pipeline's name and the artifact's, both cut to 20 letters.
        """
        stores = self.pipeline.get("ArtifactStores") or [
            {"Region": self.stack.region, "ArtifactStore": self.pipeline["ArtifactStore"]}
        ]
        (bucket,) = (
            each["ArtifactStore"]["Location"] for each in stores if each["Region"] == region
        )
        (title,) = self.stack.of_type("AWS::CodePipeline::Pipeline")
        name = self.pipeline.get("Name", self.stack.name_of(title))
        return f"arn:aws:s3:::{bucket}/{name[:20]}/{artifact[:10]}/0a1b2c3"
