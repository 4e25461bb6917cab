"""What must hold for the pipeline's template, whatever its exact text."""

import json
import re
from collections import Counter

import pytest

from generators import __version__
from generators.application import build as application_of
from generators.render import MAXIMUM_BYTES, render
from generators.retention import Retention
from pipeline.definition import build
from pipeline.regions import EXTRA, HOME
from pipeline.stores import NAME_LENGTH
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane

from .rendered import (
    ALL_REGIONS,
    RESOURCES,
    TEMPLATE,
    evaluation,
    of_type,
    pipeline,
    resources,
    run_order,
    stage,
)

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
    order = ["Source", "UpdatePipeline", "Build", "Test", "Publish", "Production"]
    assert [name for name in names if name in order] == order
    assert names[:2] == order[:2], "nothing keeps a repair of the pipeline out"


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


@pytest.mark.parametrize("parameters", [{}, ALL_REGIONS], ids=["one Region", "all"])
def test_artifacts_are_made_before_they_are_read(parameters: dict[str, str]) -> None:
    artifacts: set[str] = set()
    for content in pipeline(parameters)["Stages"]:
        for order in sorted({run_order(action) for action in content["Actions"]}):
            together = [a for a in content["Actions"] if run_order(a) == order]
            for action in together:
                read = {item["Name"] for item in action.get("InputArtifacts", [])}
                assert read <= artifacts, action["Name"]
            outputs = [i["Name"] for a in together for i in a.get("OutputArtifacts", [])]
            assert len(outputs) == len(set(outputs))
            assert not artifacts & set(outputs)
            artifacts |= set(outputs)
    assert artifacts == {"Source", "Package"}
    assert all(len(name) <= NAME_LENGTH for name in artifacts)


def test_action_names_are_unique_in_their_stage() -> None:
    for content in pipeline(ALL_REGIONS)["Stages"]:
        names = [action["Name"] for action in content["Actions"]]
        assert len(names) == len(set(names)), names


# Updating itself


def test_an_update_keeps_every_parameter() -> None:
    prepare, execute = stage("UpdatePipeline")["Actions"]
    overrides = json.loads(prepare["Configuration"]["ParameterOverrides"])
    assert overrides == {
        name: evaluation({}, HOME).value({"Ref": name}) for name in TEMPLATE["Parameters"]
    }
    assert run_order(prepare) < run_order(execute)
    for action in (prepare, execute):
        assert action["Configuration"]["StackName"] == {"Ref": "AWS::StackName"}
    assert prepare["Configuration"]["TemplatePath"] == "Source::templates/pipeline.yaml"


def test_the_longest_parameters_fit_into_an_update() -> None:
    """CodePipeline takes one kilobyte of ParameterOverrides."""
    longest = {
        name: "x" * max(map(len, item.get("AllowedValues", ["x" * item.get("MaxLength", 2000)])))
        for name, item in TEMPLATE["Parameters"].items()
    }
    assert len(json.dumps(longest, separators=(",", ":"))) <= 1024


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
    assert kinds == {"ARM_LAMBDA_CONTAINER": 2, "ARM_CONTAINER": 2}


def test_builds_run_at_the_same_time() -> None:
    assert {run_order(a) for a in stage("Build")["Actions"]} == {1}
    assert stage("Build")["OnFailure"]["RetryConfiguration"] == {"RetryMode": "FAILED_ACTIONS"}


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


# Production

TITLES = sorted(region.title for region in EXTRA)


def test_production_prepares_everywhere_then_asks_then_goes_region_by_region() -> None:
    rules = sorted(
        (run_order(action), action["Name"])
        for action in stage("Production", ALL_REGIONS)["Actions"]
    )
    assert rules == [
        (1, "Prepare"),
        *((1, f"Prepare{title}") for title in TITLES),
        (2, "Approve"),
        (3, "Deploy"),
        *((4, f"Deploy{title}") for title in TITLES),
    ]


def test_each_change_set_is_executed_where_it_was_prepared() -> None:
    places = Counter(
        (action.get("Region"), action["Configuration"]["ActionMode"])
        for action in stage("Production", ALL_REGIONS)["Actions"]
        if "ActionMode" in action["Configuration"]
    )
    modes = ("CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE")
    regions = (None, *(region.name for region in EXTRA))
    assert places == {(region, mode): 1 for region in regions for mode in modes}


def test_approval_can_be_left_out() -> None:
    names = [a["Name"] for a in stage("Production", {"RequireApproval": "false"})["Actions"]]
    assert names == ["Prepare", "Deploy"]


def test_production_goes_back_when_it_fails_or_an_alarm_goes_off() -> None:
    production = stage("Production", ALL_REGIONS)
    assert production["OnFailure"] == {"Result": "ROLLBACK"}
    (condition,) = production["OnSuccess"]["Conditions"]
    assert condition["Result"] == "ROLLBACK"
    assert len(condition["Rules"]) <= 5, "CodePipeline takes no more"
    assert {rule["RuleTypeId"]["Provider"] for rule in condition["Rules"]} == {"CloudWatchAlarm"}
    watched = [
        (rule.get("Region"), rule["Configuration"]["AlarmName"].partition("-")[2])
        for rule in condition["Rules"]
    ]
    suffix = "prod-"
    assert watched == [
        (None, f"{suffix}FunctionErrorsAlarm"),
        (None, f"{suffix}ProcessingErrorsAlarm"),
        *((region.name, f"{suffix}ProcessingErrorsAlarm") for region in EXTRA),
    ]


def test_the_watched_alarms_are_the_applications() -> None:
    application = load(render(application_of(Retention.RETAINED)))["Resources"]
    for rule in stage("Production", ALL_REGIONS)["OnSuccess"]["Conditions"][0]["Rules"]:
        name = rule["Configuration"]["AlarmName"].removeprefix("serverlessapp-prod-")
        alarm = application[name]["Properties"]["AlarmName"]
        assert alarm == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


def test_of_many_lanes_as_many_are_watched_as_codepipeline_takes() -> None:
    """First the crashes of each. What limits the pipeline stays, so it needs no person."""
    lanes = [lane(), *(lane(f"lane{n}", source="eventbridge") for n in range(3))]
    template = build(lanes).to_dict()["Resources"]
    (production,) = (
        stage
        for stage in template["Pipeline"]["Properties"]["Stages"]
        if stage["Name"] == "Production"
    )
    rules = production["OnSuccess"]["Conditions"][0]["Rules"]
    watched = [rule["Configuration"]["AlarmName"]["Fn::Sub"].partition("}-")[2] for rule in rules]
    crashes = [each.logical_id("FunctionErrorsAlarm") for each in lanes]
    assert watched == [*crashes, "ProcessingErrorsAlarm"]
    changed = [title for title, resource in template.items() if resource != RESOURCES[title]]
    assert changed == ["Pipeline"]


def test_roles_of_the_application_stay_within_its_boundary() -> None:
    for action in stage("Production", ALL_REGIONS)["Actions"]:
        configuration = action["Configuration"]
        if configuration.get("ActionMode") == "CHANGE_SET_REPLACE":
            overrides = json.loads(configuration["ParameterOverrides"])
            assert overrides == {"PermissionsBoundaryArn": "PermissionsBoundaryArn"}
            assert configuration["RoleArn"] == "DeployRoleArn"


def test_each_region_gets_the_retained_template_with_its_environment() -> None:
    prepared = [
        action["Configuration"]
        for action in stage("Production", ALL_REGIONS)["Actions"]
        if action["Configuration"].get("ActionMode") == "CHANGE_SET_REPLACE"
    ]
    assert len(prepared) == 1 + len(EXTRA)
    for configuration in prepared:
        # What the deploy role reaches, so it is part of the interface.
        assert configuration["StackName"] == "serverlessapp-prod"
        assert configuration["TemplatePath"] == "Package::templates/application.yaml"
        assert configuration["TemplateConfiguration"] == "Package::environments/prod.json"
        assert configuration["Capabilities"] == "CAPABILITY_IAM"


# Regions


@pytest.mark.parametrize(
    ("parameters", "home", "regions"),
    [
        ({}, HOME, []),
        *(({region.parameter: "true"}, HOME, [region.name]) for region in EXTRA),
        (ALL_REGIONS, HOME, [region.name for region in EXTRA]),
        (ALL_REGIONS, EXTRA[0].name, [region.name for region in EXTRA[1:]]),
    ],
)
def test_regions_are_as_asked_and_never_twice(
    parameters: dict[str, str], home: str, regions: list[str]
) -> None:
    properties = pipeline(parameters, home)
    production = stage("Production", parameters, home)
    deployed = {a["Region"] for a in production["Actions"] if "Region" in a}
    assert deployed == set(regions)
    watched = production["OnSuccess"]["Conditions"][0]["Rules"]
    assert {rule["Region"] for rule in watched if "Region" in rule} == set(regions)
    assert ("ArtifactStores" in properties) is bool(regions)
    assert ("ArtifactStore" in properties) is not bool(regions), "CodePipeline takes one of them"
    if regions:
        assert [store["Region"] for store in properties["ArtifactStores"]] == [home, *regions]


@pytest.mark.parametrize("parameters", [{}, ALL_REGIONS], ids=["one Region", "all"])
def test_nothing_refers_to_what_is_not_there(parameters: dict[str, str]) -> None:
    there = resources(parameters)
    text = json.dumps(there)
    referred = set(re.findall(r'"Fn::GetAtt": \["(\w+)"', text))
    referred |= set(re.findall(r'"Ref": "(\w+)"', text)) & RESOURCES.keys()
    assert referred <= there.keys()


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
    assert "NotificationSubscription" in resources({"NotificationEmail": "a@example.com"})
    assert "NotificationSubscription" not in resources({"NotificationEmail": ""})


def test_each_parameter_is_labelled_grouped_once_and_constrained() -> None:
    form = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in form["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(TEMPLATE["Parameters"]) == sorted(form["ParameterLabels"])
    for name, parameter in TEMPLATE["Parameters"].items():
        assert parameter["Description"], name
        assert parameter["ConstraintDescription"], name
        assert {"AllowedPattern", "AllowedValues"} & parameter.keys(), name


@pytest.mark.parametrize(
    ("parameters", "refused"),
    [
        ({"NotificationEmail": "a@example.com"}, []),
        ({"RequireApproval": "false"}, []),
        ({"RequireApproval": "true", "NotificationEmail": ""}, ["ApprovalNeedsEmail"]),
        (
            {"RequireApproval": "false", "DeployRoleArn": "same", "UpdateRoleArn": "same"},
            ["RolesDiffer"],
        ),
        (
            {"RequireApproval": "false", "TaskcatRoleArn": "same", "UpdateRoleArn": "same"},
            ["RolesDiffer"],
        ),
    ],
)
def test_combinations_that_cannot_work_are_refused(
    parameters: dict[str, str], refused: list[str]
) -> None:
    stack = evaluation(parameters, HOME)
    failed = [
        name
        for name, rule in TEMPLATE["Rules"].items()
        if stack.condition(rule.get("RuleCondition", True))
        and not all(stack.condition(each["Assert"]) for each in rule["Assertions"])
    ]
    assert failed == refused


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
