"""Resources as a launched stack has them: conditions decided, references replaced by names.

Names that CloudFormation would make up are ``<stack>-<logical ID>`` here; only that they are the
same wherever they are used matters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serverlessapp.template.first_evaluation import Evaluation
from serverlessapp.template.parameters import ACCOUNT, Json, ModelError
from serverlessapp.template.paths import placed

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


class UnresolvedError(ModelError):
    """A value that cannot be known from the template.

    Attributes:
        path: Where it is.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """A template in one situation.

    Attributes:
        existing: The resources whose condition holds, as they are written.
        absent: Those whose condition does not.
        evaluation: Of conditions and parameters.
        names: Physical names by logical ID, where they are known.
    """

    existing: Mapping[str, Json]
    absent: frozenset[str]
    evaluation: Evaluation
    names: Mapping[str, str]

    @classmethod
    def of(
        cls,
        template: Json,
        values: Mapping[str, str],
        *,
        stack: str,
        account: str = ACCOUNT,
        names: Mapping[str, str] | None = None,
    ) -> "Resolver":
        """Return the resolver.

        Args:
            template: The template.
            values: Of all parameters and of ``AWS::Region``.
            stack: What the stack is called.
            account: In which it is.
            names: Physical names by logical ID, of what is really there.
        """
        pseudo = {
            "AWS::AccountId": account,
            "AWS::Partition": PARTITION,
            "AWS::URLSuffix": SUFFIX,
            "AWS::StackName": stack,
        }
        evaluation = Evaluation(template=dict(template), values={**values, **pseudo})
        resources = template["Resources"]
        absent = {
            title
            for title, resource in resources.items()
            if "Condition" in resource and not evaluation.condition(resource["Condition"])
        }
        existing = {title: item for title, item in resources.items() if title not in absent}
        return cls(
            existing=existing, absent=frozenset(absent), evaluation=evaluation, names=names or {}
        )

    @property
    def values(self) -> Mapping[str, str]:
        """Values of the parameters, and of pseudo parameters."""
        return self.evaluation.values

    def properties(self, title: str) -> Any:
        """Return the properties of a resource.

        Raises:
            UnresolvedError: One of them cannot be known.
        """
        path = f"Resources.{title}.Properties"
        return self.decided(self.existing[title].get("Properties", {}), path)

    def decided(self, node: Any, path: str) -> Any:
        """Return a value with conditions decided and every reference replaced.

        Raises:
            UnresolvedError: It cannot be known.
        """
        return self.resolve(self.evaluation.value(node), path)

    def resolve(self, node: Any, path: str) -> Any:
        """Return a value, whose conditions are decided, with every reference replaced.

        Raises:
            UnresolvedError: It cannot be known.
        """
        if isinstance(node, list):
            return [self.resolve(item, where) for where, item in placed(path, node)]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((key, argument),) = node.items()
            match key:
                case "Ref":
                    return self.reference(argument, path)
                case "Fn::GetAtt":
                    written = argument if isinstance(argument, str) else ".".join(argument)
                    title, _, attribute = written.partition(".")
                    return self.attribute(title, attribute, path)
                case "Fn::Sub":
                    return self.substitution(argument, path)
                case "Fn::Join":
                    separator, items = argument
                    return separator.join(str(item) for item in self.resolve(items, path))
                case "Fn::Select":
                    index, items = argument
                    return self.resolve(items, path)[int(index)]
                case "Fn::Split":
                    separator, text = argument
                    return str(self.resolve(text, path)).split(separator)
            if key.startswith("Fn::"):
                raise UnresolvedError(path, f"{key} cannot be resolved here: use a plain value")
        return {key: self.resolve(item, f"{path}.{key}") for key, item in node.items()}

    def substitution(self, argument: Any, path: str) -> str:
        """Return the text of ``Fn::Sub``."""
        text, given = argument if isinstance(argument, list) else (argument, {})

        def replaced(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in given:
                return str(self.resolve(given[name], path))
            title, dot, attribute = name.partition(".")
            return self.attribute(title, attribute, path) if dot else self.reference(name, path)

        return re.sub(r"\$\{([^}]+)\}", replaced, text)

    def reference(self, name: str, path: str) -> str:
        """Return what ``Ref`` gives."""
        if name in self.values:
            return self.values[name]
        if self.resource(name, path)["Type"] in REFERRED_BY_ARN:
            return self.attribute(name, "Arn", path)
        return self.name(name, path)

    def attribute(self, title: str, attribute: str, path: str) -> str:
        """Return what ``Fn::GetAtt`` gives; attributes other than ARNs have made-up values."""
        kind = self.resource(title, path)["Type"]
        name = self.name(title, path)
        if not attribute.endswith("Arn"):
            return f"{name}-{attribute}"
        service, of = kind.split("::")[1:]
        pattern = ARN_PATHS.get(kind, f"{service.lower()}:{{region}}:{{account}}:{of.lower()}/")
        region, account = self.values["AWS::Region"], self.values["AWS::AccountId"]
        return f"arn:{PARTITION}:{pattern.format(region=region, account=account)}{name}"

    def name(self, title: str, path: str) -> str:
        """Return the physical name of a resource."""
        resource = self.resource(title, path)
        if title in self.names:
            return self.names[title]
        given = resource.get("Properties", {}).get(NAMED_BY.get(resource["Type"], "Name"))
        if given is not None:
            return str(self.decided(given, path))
        made = f"{self.values['AWS::StackName']}-{title}"
        return made.lower() if resource["Type"] == "AWS::S3::Bucket" else made

    def resource(self, title: str, path: str) -> Json:
        """Return a resource that something refers to."""
        if title in self.absent:
            raise UnresolvedError(
                path,
                f"{title} does not exist under the same conditions: refer to it only in an Fn::If "
                "with its condition",
            )
        if title not in self.existing:
            raise UnresolvedError(path, f"the template has no {title}: correct the reference")
        return self.existing[title]
