"""Names and ARNs of resources, as a launched stack would have them.

Names that CloudFormation would make up are ``<stack>-<logical ID>`` here; only that they are the
same wherever they are used matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from local.emulator import ACCOUNT
from local.pipeline.errors import PipelineError
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.references import of_template
from serverlessapp.template.values import Kind, Unknown, rendered

PARTITION, SUFFIX = "aws", "amazonaws.com"

# Which property names a resource.
NAMED_BY = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
}
# What comes between partition and name; by default service:region:account:kind/.
ARN_PATHS = {
    "AWS::CodePipeline::Pipeline": "codepipeline:{region}:{account}:",
    "AWS::CodeBuild::ReportGroup": "codebuild:{region}:{account}:report-group/",
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy/",
    "AWS::IAM::Role": "iam::{account}:role/",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:",
    "AWS::S3::Bucket": "s3:::",
    "AWS::SNS::Topic": "sns:{region}:{account}:",
}
REFERRED_BY_ARN = {"AWS::SNS::Topic", "AWS::IAM::ManagedPolicy", "AWS::CodeBuild::ReportGroup"}


@dataclass(frozen=True)
class Names:
    """Names of the resources of a stack.

    Attributes:
        evaluation: The template, with every parameter given, and ``pseudo``.
        physical: Names by logical ID, of what is really there.
    """

    evaluation: Evaluation
    resources: Mapping[str, Resource]
    physical: Mapping[str, str]

    @classmethod
    def of(cls, evaluation: Evaluation, physical: Mapping[str, str]) -> "Names":
        """Return the names."""
        resources = {resource.title: resource for resource in evaluation.resources()}
        return cls(evaluation, resources, physical)

    def known(self) -> Evaluation:
        """Return the template with everything known that it refers to."""
        given = {}
        for reference in of_template(self.evaluation.template):
            if reference.target in self.resources:
                if reference.attribute:
                    name = f"{reference.target}.{reference.attribute}"
                    given[name] = self.attribute(reference.target, reference.attribute)
                else:
                    given[reference.target] = self.reference(reference.target)
        return replace(self.evaluation, given={**self.evaluation.given, **given})

    def reference(self, title: str) -> str:
        """Return what ``Ref`` gives."""
        is_arn = self.resources[title].type in REFERRED_BY_ARN
        return self.attribute(title, "Arn") if is_arn else self.name(title)

    def attribute(self, title: str, attribute: str) -> str:
        """Return what ``Fn::GetAtt`` gives; attributes other than ARNs have made-up values."""
        kind, name = self.resources[title].type, self.name(title)
        if not attribute.endswith("Arn"):
            return f"{name}-{attribute}"
        service, of = kind.split("::")[1:]
        pattern = ARN_PATHS.get(kind, f"{service.lower()}:{{region}}:{{account}}:{of.lower()}/")
        region = self.evaluation.given["AWS::Region"]
        return f"arn:{PARTITION}:{pattern.format(region=region, account=ACCOUNT)}{name}"

    def name(self, title: str) -> str:
        """Return the physical name of a resource."""
        resource = self.resources[title]
        if title in self.physical:
            return self.physical[title]
        given = resource.properties.get(NAMED_BY.get(resource.type, "Name"))
        if given is not None:
            (name,) = rendered(given, self.fill)
            return name
        made = f"{self.evaluation.given['AWS::StackName']}-{title}"
        return made.lower() if resource.type == "AWS::S3::Bucket" else made

    def fill(self, unknown: Unknown) -> list[str]:
        """Return what a resource's name or attribute is within another's name."""
        match unknown.kind:
            case Kind.RESOURCE if unknown.name in self.resources:
                return [self.reference(unknown.name)]
            case Kind.ATTRIBUTE if unknown.name in self.resources:
                return [self.attribute(unknown.name, unknown.attribute)]
        raise PipelineError(f"nobody knows {unknown} here")


def pseudo(stack: str, region: str) -> dict[str, str]:
    """Return the pseudo parameters of a stack."""
    return {
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": PARTITION,
        "AWS::Region": region,
        "AWS::StackName": stack,
        "AWS::URLSuffix": SUFFIX,
    }
