"""A small pipeline in the form of the generated one: its stages, roles and builds, little else."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline import names
from pipeline.delivery import Delivery, Environment

Json = dict[str, Any]

HERE = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:"
OWN_PARAMETERS = ("ConnectionArn", "RepositoryId", "BranchName", "NotificationEmail")
BUILDS = ("Package", "Inspect", "Verify")


def template(delivery: Delivery) -> Json:
    """Return the pipeline's template."""
    return {
        "Parameters": {name: {"Type": "String", "Default": "main"} for name in OWN_PARAMETERS},
        "Resources": {
            "ArtifactBucket": {"Type": "AWS::S3::Bucket"},
            "ArtifactBucketPolicy": bucket_policy("ArtifactBucket", delivery),
            "CodeBucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": {
                        "Fn::Sub": "${AWS::StackName}-code-${AWS::AccountId}-${AWS::Region}"
                    }
                },
            },
            "CodeBucketPolicy": bucket_policy("CodeBucket", delivery),
            "PipelineRole": role(
                "codepipeline", statement("sts:AssumeRole", "*"), statement("s3:*", "*")
            ),
            "RunRole": role(
                {"Fn::GetAtt": ["PipelineRole", "Arn"]},
                statement(
                    ["codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"],
                    {"Fn::Sub": HERE % "codebuild" + "project/${AWS::StackName}-*"},
                ),
            ),
            "SourceRole": role(
                {"Fn::GetAtt": ["PipelineRole", "Arn"]}, statement("s3:PutObject", "*")
            ),
            "UpdateRole": role(
                {"Fn::GetAtt": ["PipelineRole", "Arn"]},
                statement(
                    ["cloudformation:*"],
                    {"Fn::Sub": HERE % "cloudformation" + "stack/${AWS::StackName}/*"},
                ),
                statement("s3:GetObject", "*"),
                statement("iam:PassRole", "*"),
            ),
            **{f"{name}BuildRole": build_role() for name in BUILDS},
            **{name: project(name) for name in BUILDS},
            "Pipeline": {
                "Type": "AWS::CodePipeline::Pipeline",
                "Properties": {
                    "Name": {"Fn::Sub": "${AWS::StackName}"},
                    "PipelineType": "V2",
                    "ExecutionMode": "QUEUED",
                    "RestartExecutionOnUpdate": True,
                    "RoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
                    "ArtifactStore": {"Type": "S3", "Location": {"Ref": "ArtifactBucket"}},
                    "Stages": list(stages(delivery)),
                },
            },
        },
    }


def bucket_policy(bucket: str, delivery: Delivery) -> Json:
    arn = {"Fn::GetAtt": [bucket, "Arn"]}
    accounts = [{"Ref": "AWS::AccountId"}, *delivery.accounts]
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": bucket},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        **statement("s3:GetObject*", {"Fn::Sub": f"${{{bucket}.Arn}}/*"}),
                        "Principal": {"AWS": accounts},
                    },
                    {**statement("s3:ListBucket", arn), "Principal": {"AWS": accounts}},
                ],
            },
        },
    }


def statement(action: Any, resource: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def role(trusts: Any, *statements: Json) -> Json:
    principal = (
        {"Service": f"{trusts}.amazonaws.com"} if isinstance(trusts, str) else {"AWS": trusts}
    )
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "Action", "PolicyDocument": policy}],
        },
    }


def build_role() -> Json:
    return role(
        "codebuild",
        statement(["s3:GetObject", "s3:PutObject", "s3:ListBucket"], "*"),
        statement("sts:AssumeRole", "*"),
        statement("logs:*", "*"),
    )


def project(name: str) -> Json:
    return {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "Name": {"Fn::Sub": f"${{AWS::StackName}}-{name.lower()}"},
            "ServiceRole": {"Fn::GetAtt": [f"{name}BuildRole", "Arn"]},
            "Artifacts": {"Type": "CODEPIPELINE"},
            "Source": {
                "Type": "CODEPIPELINE",
                "BuildSpec": f"pipeline/buildspecs/{name.lower()}.yml",
            },
            "Environment": {
                "Type": "ARM_LAMBDA_CONTAINER",
                "ComputeType": "BUILD_LAMBDA_2GB",
                "Image": "aws/codebuild/amazonlinux-aarch64-lambda-standard:python3.13",
            },
        },
    }


def stages(delivery: Delivery) -> Iterator[Json]:
    source = action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        "SourceRole",
        {
            "ConnectionArn": {"Ref": "ConnectionArn"},
            "FullRepositoryId": {"Ref": "RepositoryId"},
            "BranchName": {"Ref": "BranchName"},
        },
        gives=["Source"],
        namespace="Source",
    )
    yield {"Name": "Source", "Actions": [source]}
    yield {"Name": "UpdatePipeline", "Actions": update()}
    package = action(
        "Package",
        "Build",
        "CodeBuild",
        "RunRole",
        {"ProjectName": {"Ref": "Package"}},
        takes=["Source"],
        gives=["Package"],
        namespace="Package",
    )
    yield {"Name": "Build", "Actions": [package]}
    for number, environment in enumerate(delivery.environments):
        yield {"Name": f"Review{environment.title}", "Actions": review(environment, number)}
        yield {
            "Name": f"Deploy{environment.title}",
            "Actions": deploy(environment, number),
            "OnFailure": {"Result": "ROLLBACK"},
        }


def update() -> list[Json]:
    own = {"StackName": {"Ref": "AWS::StackName"}, "ChangeSetName": "self-update"}
    given = json.dumps({name: f"${{{name}}}" for name in OWN_PARAMETERS})
    prepare = {
        **own,
        "ActionMode": "CHANGE_SET_REPLACE",
        "Capabilities": "CAPABILITY_IAM",
        "TemplatePath": "Source::templates/pipeline.yaml",
        "RoleArn": {
            "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/update-${AWS::StackName}"
        },
        "ParameterOverrides": {"Fn::Sub": given},
    }
    execute = {**own, "ActionMode": "CHANGE_SET_EXECUTE"}
    return [
        action("Prepare", "Deploy", "CloudFormation", "UpdateRole", prepare, takes=["Source"]),
        action("Execute", "Deploy", "CloudFormation", "UpdateRole", execute, order=2),
    ]


def review(environment: Environment, number: int) -> list[Json]:
    explained = f"Explain{environment.title}"
    actions = [
        change_set(environment, "Prepare", "review", names.REVIEW, 1),
        inspect(environment, "Explain", 2, gives=[f"Plan{number}"], namespace=explained),
    ]
    if environment.approval:
        said = {"CustomData": f"#{{{explained}.SUMMARY}}"}
        actions.append(action("Approve", "Approval", "Manual", "", said, order=3))
    return actions


def deploy(environment: Environment, number: int) -> list[Json]:
    return [
        change_set(environment, "Prepare", "deploy", names.DELIVER, 1),
        inspect(environment, "Check", 2, takes=[f"Plan{number}"]),
        change_set(environment, "Execute", "deploy", names.DELIVER, 3),
        inspect(environment, "Verify", 4),
        inspect(environment, "Watch", 5),
    ]


def change_set(environment: Environment, name: str, called: str, purpose: str, order: int) -> Json:
    account = environment.account or "${AWS::AccountId}"
    stack = f"serverlessapp-{environment.name}"
    roles = {
        each: {
            "Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:role/"
            f"{names.role(each, environment.name)}"
        }
        for each in (purpose, names.DEPLOY)
    }
    configuration: Json = {
        "ActionMode": "CHANGE_SET_EXECUTE",
        "StackName": stack,
        "ChangeSetName": called,
    }
    takes: list[str] = []
    if name == "Prepare":
        takes = ["Package"]
        configuration |= {
            "ActionMode": "CHANGE_SET_REPLACE",
            "Capabilities": "CAPABILITY_IAM",
            "TemplatePath": f"Package::templates/{environment.template.value}.yaml",
            "TemplateConfiguration": f"Package::configurations/{environment.name}.json",
            "RoleArn": roles[names.DEPLOY],
        }
    made = action(name, "Deploy", "CloudFormation", "", configuration, takes=takes, order=order)
    return {**made, "RoleArn": roles[purpose]}


def inspect(environment: Environment, name: str, order: int, takes: Any = (), **more: Any) -> Json:
    given = {
        "STEP": name.lower(),
        "ENVIRONMENT": environment.name,
        "EXECUTION_ID": "#{codepipeline.PipelineExecutionId}",
    }
    variables = [{"name": key, "value": value} for key, value in given.items()]
    project = {"Ref": "Verify" if name == "Verify" else "Inspect"}
    configuration = {
        "ProjectName": project,
        "PrimarySource": "Source",
        "EnvironmentVariables": json.dumps(variables),
    }
    inputs = ["Source", "Package", *takes]
    return action(
        name, "Build", "CodeBuild", "RunRole", configuration, takes=inputs, order=order, **more
    )


def action(
    name: str,
    category: str,
    provider: str,
    role: str,
    configuration: Mapping[str, Any],
    *,
    takes: Any = (),
    gives: Any = (),
    order: int = 1,
    namespace: str = "",
) -> Json:
    return {
        "Name": name,
        "ActionTypeId": {
            "Category": category,
            "Owner": "AWS",
            "Provider": provider,
            "Version": "1",
        },
        "RunOrder": order,
        "Configuration": dict(configuration),
        **({"RoleArn": {"Fn::GetAtt": [role, "Arn"]}} if role else {}),
        **({"InputArtifacts": [{"Name": each} for each in takes]} if takes else {}),
        **({"OutputArtifacts": [{"Name": each} for each in gives]} if gives else {}),
        **({"Namespace": namespace} if namespace else {}),
    }
