"""What must hold for the pipeline's template, whatever its exact text."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from generators import __version__
from generators.render import MAXIMUM_BYTES, render
from pipeline import update_role
from pipeline.definition import build
from pipeline.delivery import Delivery, Environment
from pipeline.home_regions import HOME_REGIONS
from pipeline.stores import NAME_LENGTH
from serverlessapp.template import schemas
from serverlessapp.template.reading import Template, parse
from serverlessapp.validation import validate
from tests.fixture_lanes import lane

from .rendered import (
    HOME,
    KEY,
    LARGE,
    LARGE_PARSED,
    LARGE_RESOURCES,
    PARSED,
    PRODUCTION,
    REGIONS,
    RESOURCES,
    TEMPLATE,
    all_actions,
    evaluation,
    of_type,
    pipeline,
    resources,
    run_order,
    stage,
)

ROOT = Path(__file__).resolve().parents[3]

# The shape


def test_it_can_be_launched_from_a_file_without_named_roles_or_macros() -> None:
    assert len(render(build())) < MAXIMUM_BYTES
    assert "Transform" not in TEMPLATE
    for name, resource in RESOURCES.items():
        assert not {"RoleName", "ManagedPolicyName"} & resource["Properties"].keys(), name


def test_same_bytes_each_time() -> None:
    assert render(build()) == render(build())


def test_stages_in_order() -> None:
    names = [s["Name"] for s in pipeline()["Stages"]]
    before = ["Source", "UpdatePipeline", "Build", "Test", "Publish"]
    environments = [f"{kind}{name}" for name in ("Dev", "Prod") for kind in ("Review", "Deploy")]
    expected = [*before, *environments]
    assert [name for name in names if name in expected] == expected  # a team may add more


def test_one_push_after_the_other_and_an_update_starts_over() -> None:
    properties = pipeline()
    assert properties["PipelineType"] == "V2"
    assert properties["ExecutionMode"] == "QUEUED"
    assert properties["RestartExecutionOnUpdate"] is True


def test_a_push_to_the_branch_starts_it_unless_it_changes_only_documents() -> None:
    ((trigger,), (source,)) = (
        pipeline({"BranchName": "trunk"})["Triggers"],
        stage("Source")["Actions"],
    )
    configuration = trigger["GitConfiguration"]
    assert configuration["SourceActionName"] == source["Name"]
    (push,) = configuration["Push"]
    assert push["Branches"] == {"Includes": ["trunk"]}
    assert push["FilePaths"] == {"Excludes": ["docs/**", "*.md"]}
    assert source["Configuration"]["DetectChanges"] == "false", "the trigger does it"


def test_the_template_changes_only_with_the_pipeline() -> None:
    """Each update of a pipeline takes away what a rollback could go back to."""
    assert __version__ not in render(build()).decode()


@pytest.mark.parametrize("template", [PARSED, LARGE_PARSED], ids=["shipped", "large"])
def test_artifacts_are_made_before_they_are_read(template: Template) -> None:
    artifacts: set[str] = set()
    for content in pipeline(template=template)["Stages"]:
        for order in sorted({run_order(action) for action in content["Actions"]}):
            together = [a for a in content["Actions"] if run_order(a) == order]
            for action in together:
                read = {item["Name"] for item in action.get("InputArtifacts", [])}
                assert read <= artifacts, action["Name"]
            outputs = [i["Name"] for a in together for i in a.get("OutputArtifacts", [])]
            assert len(outputs) == len(set(outputs))
            assert not artifacts & set(outputs)
            artifacts |= set(outputs)
    reviews = sum(s["Name"].startswith("Review") for s in pipeline(template=template)["Stages"])
    assert artifacts == {"Source", "Package", *(f"Plan{number}" for number in range(reviews))}
    assert all(len(name) <= NAME_LENGTH for name in artifacts)


def test_action_names_are_unique_in_their_stage() -> None:
    for content in pipeline(template=LARGE_PARSED)["Stages"]:
        names = [action["Name"] for action in content["Actions"]]
        assert len(names) == len(set(names)), names


# Updating itself


def test_an_update_keeps_every_parameter() -> None:
    prepare, execute = stage("UpdatePipeline")["Actions"]
    overrides = json.loads(prepare["Configuration"]["ParameterOverrides"])
    assert overrides == {
        name: evaluation({}).value({"Ref": name}) for name in TEMPLATE["Parameters"]
    }
    assert run_order(prepare) < run_order(execute)
    for action in (prepare, execute):
        assert action["Configuration"]["StackName"] == {"Ref": "AWS::StackName"}
    assert prepare["Configuration"]["TemplatePath"] == "Source::templates/pipeline.yaml"


def test_the_longest_parameters_fit_into_an_update() -> None:
    """CodePipeline takes 1,000 characters of a value."""
    longest = {
        name: "x" * item.get("MaxLength", 2000)
        for name, item in LARGE_PARSED.content["Parameters"].items()
    }
    assert "ArtifactKeyArn" in longest
    assert len(json.dumps(longest, separators=(",", ":"))) <= 1000


def test_the_update_is_tried_again_from_its_change_set_on() -> None:
    """The first run may come while the stack is still being created."""
    failure = stage("UpdatePipeline")["OnFailure"]
    assert failure == {"Result": "RETRY", "RetryConfiguration": {"RetryMode": "ALL_ACTIONS"}}


def test_values_cannot_break_out_of_the_json_of_an_update() -> None:
    for name, item in TEMPLATE["Parameters"].items():
        if "AllowedPattern" in item:
            assert not re.search(item["AllowedPattern"], 'a@b.c","X":"y'), name
            assert not re.search(item["AllowedPattern"], "a\\@b.c"), name


# Builds


def test_projects_run_committed_buildspecs_on_arm() -> None:
    for name, project in of_type("AWS::CodeBuild::Project").items():
        properties = project["Properties"]
        assert properties["Environment"]["Type"].startswith("ARM_"), name
        assert "aarch64" in properties["Environment"]["Image"], name
        assert properties["Source"]["Type"] == properties["Artifacts"]["Type"] == "CODEPIPELINE"
        assert properties["LogsConfig"]["CloudWatchLogs"]["GroupName"] == {"Ref": "BuildLogs"}


def test_lambda_builds_ask_for_nothing_that_lambda_refuses() -> None:
    """CodeBuild User Guide, "Run builds on AWS Lambda compute", limitations."""
    kinds: Counter[str] = Counter()
    for name, project in of_type("AWS::CodeBuild::Project").items():
        properties = project["Properties"]
        environment = properties["Environment"]
        on_lambda = environment["Type"] == "ARM_LAMBDA_CONTAINER"
        kinds[environment["Type"]] += 1
        assert on_lambda == environment["ComputeType"].startswith("BUILD_LAMBDA_"), name
        assert on_lambda == ("-lambda-" in environment["Image"]), name
        if on_lambda:
            refused = {"Cache", "TimeoutInMinutes", "QueuedTimeoutInMinutes", "BadgeEnabled"}
            assert not refused & properties.keys(), name
            assert "PrivilegedMode" not in environment, name
    assert kinds == {"ARM_LAMBDA_CONTAINER": 5, "ARM_CONTAINER": 2}


def test_builds_run_at_the_same_time() -> None:
    assert {run_order(a) for a in stage("Build")["Actions"]} == {1}
    assert stage("Build")["OnFailure"]["RetryConfiguration"] == {"RetryMode": "FAILED_ACTIONS"}


def test_builds_at_the_same_time_are_of_different_types() -> None:
    """A new account runs one of each type at a time (CodeBuild User Guide, "Quotas")."""
    projects = of_type("AWS::CodeBuild::Project")
    for each in pipeline()["Stages"]:
        types = Counter(
            (run_order(action), *(environment[key] for key in ("Type", "ComputeType")))
            for action in each["Actions"]
            if action["ActionTypeId"]["Provider"] == "CodeBuild"
            for name in (action["Configuration"]["ProjectName"]["Ref"],)
            for environment in (projects[name]["Properties"]["Environment"],)
        )
        assert set(types.values()) <= {1}, each["Name"]


def test_logs_do_not_pile_up() -> None:
    assert RESOURCES["BuildLogs"]["Properties"]["RetentionInDays"] == 30


# Publishing


@pytest.mark.parametrize(
    ("version", "is_release"),
    [("1.2.0", True), ("0.10.3", True), ("1.2.0-dev", False), ("1.2", False), ("01.2.0", False)],
)
def test_only_releases_are_published_and_others_are_skipped(version: str, is_release: bool) -> None:
    (condition,) = stage("Publish")["BeforeEntry"]["Conditions"]
    (rule,) = condition["Rules"]
    assert condition["Result"] == "SKIP"
    assert rule["RuleTypeId"]["Provider"] == "VariableCheck"
    assert rule["Configuration"]["Variable"] == "#{Package.VERSION}"
    assert bool(re.search(rule["Configuration"]["Value"], version)) is is_release


def test_releases_are_put_once_and_never_deleted() -> None:
    statements = RESOURCES["ReleaseBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    by_sid = {statement["Sid"]: statement for statement in statements}
    put, delete = by_sid["PutOnlyIfAbsent"], by_sid["NeverDelete"]
    assert put["Effect"] == delete["Effect"] == "Deny"
    assert put["Action"] == ["s3:PutObject"]
    assert put["Condition"] == {"Null": {"s3:if-none-match": "true"}}
    assert delete["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert "Condition" not in delete
    rules = RESOURCES["ReleaseBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert not [rule for rule in rules if "ExpirationInDays" in rule]


# Environments

STAGES = {s["Name"]: s for s in pipeline(template=LARGE_PARSED)["Stages"]}
TITLES = ("UsEast1", "EuWest1", "ApSoutheast1")


def ordered(name: str) -> list[tuple[int, str]]:
    return sorted((run_order(action), action["Name"]) for action in STAGES[name]["Actions"])


def test_review_shows_everywhere_then_explains_and_asks_if_it_has_to() -> None:
    prepared = sorted((1, f"Prepare{title}") for title in ("", *TITLES))
    assert ordered("ReviewProd") == [*prepared, (2, "Explain"), (3, "Approve")]
    assert ordered("ReviewDev") == [*prepared, (2, "Explain")]
    assert not {"OnFailure", "OnSuccess", "BeforeEntry"} & STAGES["ReviewProd"].keys()


def test_deploy_checks_goes_region_by_region_verifies_and_watches() -> None:
    assert ordered("DeployProd") == [
        *sorted((1, f"Prepare{title}") for title in ("", *TITLES)),
        (2, "Check"),
        (3, "Execute"),
        *sorted((4, f"Execute{title}") for title in TITLES),
        (5, "Verify"),
        (6, "Watch"),
    ]
    assert STAGES["DeployProd"]["OnFailure"] == {"Result": "ROLLBACK"}
    assert "OnSuccess" not in STAGES["DeployProd"]


def test_each_change_set_is_executed_where_it_was_prepared() -> None:
    places = Counter(
        (action.get("Region"), action["Configuration"]["ActionMode"])
        for action in STAGES["DeployProd"]["Actions"]
        if "ActionMode" in action["Configuration"]
    )
    modes = ("CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE")
    assert places == {(region, mode): 1 for region in (None, *REGIONS[1:]) for mode in modes}


def test_change_sets_are_made_in_roles_of_the_environments_account() -> None:
    for name, purpose in (("Review", "review"), ("Deploy", "deliver")):
        for action in STAGES[f"{name}Stage"]["Actions"]:
            if "ActionMode" in action["Configuration"]:
                role = f"iam::222222222222:role/{purpose}-serverlessapp-stage"
                assert json.dumps(action["RoleArn"]).endswith(f'{role}"}}'), action["Name"]


def test_each_region_gets_its_template_with_its_configuration() -> None:
    for environment in LARGE.environments:
        for kind, change_set in (("Review", "review"), ("Deploy", "deploy")):
            prepared = [
                action
                for action in STAGES[f"{kind}{environment.title}"]["Actions"]
                if action["Configuration"].get("ActionMode") == "CHANGE_SET_REPLACE"
            ]
            assert len(prepared) == len(REGIONS)
            for action in prepared:
                configuration, region = action["Configuration"], action.get("Region", HOME)
                file = f"Package::configurations/{environment.name}.{region}.json"
                path = f"Package::templates/{environment.template.value}.yaml"
                assert configuration["TemplateConfiguration"] == file
                assert configuration["TemplatePath"] == path
                assert configuration["StackName"] == f"serverlessapp-{environment.name}"
                assert configuration["ChangeSetName"] == change_set
                assert configuration["Capabilities"] == "CAPABILITY_IAM"
                assert "ParameterOverrides" not in configuration


def test_an_environment_without_regions_is_in_the_pipelines() -> None:
    prepare = stage("ReviewDev")["Actions"][0]
    assert "Region" not in prepare
    assert prepare["Configuration"]["TemplateConfiguration"] == (
        f"Package::configurations/dev.{HOME}.json"
    )
    assert "ArtifactStore" in pipeline()
    assert "ArtifactStores" not in pipeline()


def test_what_a_step_is_told() -> None:
    for name, number in (("Dev", 0), ("Prod", 4)):
        both = (*STAGES[f"Review{name}"]["Actions"], *STAGES[f"Deploy{name}"]["Actions"])
        actions = {each["Name"]: each for each in both}
        for step in ("Explain", "Check", "Verify", "Watch"):
            variables = json.loads(actions[step]["Configuration"]["EnvironmentVariables"])
            assert {each["name"]: each["value"] for each in variables} == {
                "STEP": step.lower(),
                "ENVIRONMENT": name.lower(),
                "EXECUTION_ID": "#{codepipeline.PipelineExecutionId}",
            }
            assert actions[step]["Configuration"]["PrimarySource"] == "Source"
        plan = {"Name": f"Plan{number}"}
        assert actions["Explain"]["OutputArtifacts"] == [plan]
        assert plan in actions["Check"]["InputArtifacts"]
    assert actions["Approve"]["Configuration"] == {
        "CustomData": "#{ExplainProd.SUMMARY}",
        "ExternalEntityLink": "#{ExplainProd.REPORT_URL}",
    }
    assert actions["Explain"]["Namespace"] == "ExplainProd"


# Size


def test_a_large_delivery_is_valid_and_fits(tmp_path: Path) -> None:
    """Also the quotas of CodePipeline: User Guide, "Quotas"."""
    path = tmp_path / "pipeline.yaml"
    path.write_bytes(render(build(delivery=LARGE)))
    assert not validate(path, {}, ROOT).violations
    assert path.stat().st_size < MAXIMUM_BYTES
    stages = pipeline(template=LARGE_PARSED)["Stages"]
    assert len(stages) <= 50
    assert sum(len(each["Actions"]) for each in stages) <= 1000
    for action in all_actions(LARGE_PARSED):
        for value in action.get("Configuration", {}).values():
            assert len(json.dumps(value)) <= 1000, action["Name"]


def test_a_region_of_an_environment_costs_little() -> None:
    *others, last = LARGE.environments
    fewer = replace(last, regions=last.regions[:-1])
    smaller = render(build(delivery=replace(LARGE, environments=(*others, fewer))))
    assert 0 < len(render(build(delivery=LARGE))) - len(smaller) < 4500


def test_lanes_change_nothing() -> None:
    many = [lane(), *(lane(f"lane{number}", source="eventbridge") for number in range(9))]
    assert render(build(many)) == render(build([lane()])) == render(build())


# Accounts and Regions


def test_each_region_has_a_store_with_the_key_of_that_region() -> None:
    stores = pipeline(template=LARGE_PARSED)["ArtifactStores"]
    assert [store["Region"] for store in stores] == [HOME, *sorted(REGIONS[1:])]
    for store in stores:
        key = store["ArtifactStore"]["EncryptionKey"]
        assert key["Type"] == "KMS"
        if store["Region"] == HOME:
            assert key["Id"] == KEY
        else:
            assert f":kms:{store['Region']}:" in json.dumps(key["Id"])
    assert "EncryptionKey" not in pipeline()["ArtifactStore"]


def test_builds_encrypt_with_the_same_key() -> None:
    for title, resource in LARGE_RESOURCES.items():
        if resource["Type"] == "AWS::CodeBuild::Project":
            assert resource["Properties"]["EncryptionKey"] == {"Ref": "ArtifactKeyArn"}, title
    assert "EncryptionKey" not in RESOURCES["Package"]["Properties"]


def test_only_roles_of_environments_in_other_accounts_read_the_buckets() -> None:
    for bucket, purposes in (("Artifact", ["review", "deliver"]), ("Code", ["deploy"])):
        policy = LARGE_RESOURCES[f"{bucket}BucketPolicy"]["Properties"]["PolicyDocument"]
        (statement,) = [s for s in policy["Statement"] if s["Effect"] == "Allow"]
        assert statement["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
        assert [arn["Fn::Sub"].split("::")[-1] for arn in statement["Principal"]["AWS"]] == [
            "222222222222:root",
            f"{PRODUCTION}:root",
        ]
        roles = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
        assert [arn["Fn::Sub"].partition("role/")[2] for arn in roles] == [
            f"{purpose}-serverlessapp-*" for purpose in purposes
        ]
        own = RESOURCES[f"{bucket}BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        assert {each["Effect"] for each in own} == {"Deny"}


def test_code_is_put_once_and_never_expires() -> None:
    policy = RESOURCES["CodeBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (put,) = [statement for statement in policy if statement["Sid"] == "PutOnlyIfAbsent"]
    assert put["Condition"] == {"Null": {"s3:if-none-match": "true"}}
    rules = RESOURCES["CodeBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert [rule["Id"] for rule in rules] == ["AbortUnfinishedUploads"]


def test_names_of_buckets_fit() -> None:
    name = RESOURCES["CodeBucket"]["Properties"]["BucketName"]["Fn::Sub"]
    longest = {"AWS::StackName": 24, "AWS::AccountId": 12, "AWS::Region": 14}
    for parameter, length in longest.items():
        name = name.replace(f"${{{parameter}}}", "x" * length)
    assert len(name) <= 63


UPDATE_ROLES = [parse(render(update_role.build(delivery=each))) for each in (None, LARGE)]


@pytest.mark.parametrize("region", [*HOME_REGIONS, "ap-northeast-3", "eu-north-1", "cn-north-1"])
def test_the_pipeline_is_at_home_where_it_can_be(region: str) -> None:
    def allowed(template: Template) -> bool:
        (assertion,) = template.content["Rules"]["HomeRegion"]["Assertions"]
        holds = evaluation({}, region, template).condition(assertion["Assert"])
        assert holds is not None
        return bool(holds)

    for shipped, large in ((PARSED, LARGE_PARSED), UPDATE_ROLES):
        assert allowed(shipped) is (region in HOME_REGIONS)
        assert allowed(large) is (region == HOME)


def test_there_is_everything_where_it_can_be() -> None:
    types = {resource["Type"] for resource in RESOURCES.values()}
    for region in HOME_REGIONS:
        assert types <= schemas.digests(region).keys()


def test_a_named_account_is_that_of_the_connection() -> None:
    pattern = LARGE_PARSED.content["Parameters"]["ConnectionArn"]["AllowedPattern"]
    arn = "arn:aws:codeconnections:us-west-2:{}:connection/1"
    assert re.search(pattern, arn.format(LARGE.account))
    assert not re.search(pattern, arn.format(PRODUCTION))
    shipped = TEMPLATE["Parameters"]["ConnectionArn"]["AllowedPattern"]
    assert re.search(shipped, arn.format(PRODUCTION))


# The rest


def test_buckets_are_private_versioned_encrypted_kept_and_tls_only() -> None:
    for name, bucket in of_type("AWS::S3::Bucket").items():
        values = bucket["Properties"]
        assert set(values["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert values["VersioningConfiguration"] == {"Status": "Enabled"}, name
        assert values["BucketEncryption"], name
        assert bucket["DeletionPolicy"] == "RetainExceptOnCreate", name
        policy = RESOURCES[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
        assert "DenyInsecureTransport" in [statement["Sid"] for statement in policy], name


def test_artifacts_expire_but_not_before_a_rollback_may_need_them() -> None:
    rules = RESOURCES["ArtifactBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (expiry,) = [rule for rule in rules if "ExpirationInDays" in rule]
    assert expiry["ExpirationInDays"] >= 180


def test_failures_and_approvals_are_told() -> None:
    rule = RESOURCES["NotificationRule"]["Properties"]
    assert {
        "codepipeline-pipeline-pipeline-execution-failed",
        "codepipeline-pipeline-manual-approval-needed",
    } <= set(rule["EventTypeIds"])
    assert rule["Targets"] == [{"TargetType": "SNS", "TargetAddress": {"Ref": "NotificationTopic"}}]
    assert "codepipeline-pipeline-pipeline-execution-canceled" in rule["EventTypeIds"]


def test_an_address_is_needed_where_somebody_is_asked() -> None:
    asks = TEMPLATE["Parameters"]["NotificationEmail"]
    assert "Default" not in asks
    assert not re.search(asks["AllowedPattern"], "")
    assert "NotificationSubscription" in resources()
    quiet = Delivery(environments=(Environment(name="dev"),), taskcat_regions=())
    template = parse(render(build(delivery=quiet)))
    address = template.content["Parameters"]["NotificationEmail"]
    assert re.search(address["AllowedPattern"], address["Default"])
    assert "NotificationSubscription" not in resources({"NotificationEmail": ""}, template)
    assert "NotificationSubscription" in resources({"NotificationEmail": "a@b.c"}, template)


def test_each_parameter_is_labelled_grouped_once_and_constrained() -> None:
    form = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in form["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(TEMPLATE["Parameters"]) == sorted(form["ParameterLabels"])
    for name, parameter in TEMPLATE["Parameters"].items():
        assert parameter["Description"], name
        assert parameter["ConstraintDescription"], name
        assert {"AllowedPattern", "AllowedValues"} & parameter.keys(), name


def test_everything_that_can_be_is_tagged() -> None:
    untagged = {
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
    }
    for name, resource in RESOURCES.items():
        if resource["Type"] not in untagged:
            tags = json.dumps(resource["Properties"]["Tags"])
            assert all(key in tags for key in ("Project", "Environment", "Owner")), name


def test_outputs_are_exported() -> None:
    for name, output in TEMPLATE["Outputs"].items():
        assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


def test_no_resource_assumes_a_partition() -> None:
    assert "arn:aws:" not in json.dumps(RESOURCES)
