"""Several processors in one template: what each has, shares, and leaves alone."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from generators.application import build
from generators.editions import Edition
from generators.lanes import Lane, load
from generators.monitoring import watched
from generators.render import MAXIMUM_BYTES, GenerationError, render
from generators.retention import Retention
from serverlessapp.capacity import costs
from serverlessapp.processors.definition import SHORT, ProcessorError
from serverlessapp.template.reading import load as read
from serverlessapp.validation import validate
from tests.fixture_lanes import FORK, lane

TemplateDict = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]

RECEIPTS = lane(folder="signed/")
CSV = lane(
    "csv",
    folder="reports/",
    suffixes=[".csv", ".tsv"],
    settings={"CURRENCY": "EUR", "MAX_ROWS": "1000"},
    memory=1024,
    timeout=300,
    concurrency=5,
    storage=2048,
    attempts=5,
)
SIGNED = lane(folder="signed/")  # beside others that S3 announces
SCAN = lane("scan", source="eventbridge", folder="reports/", suffixes=[".csv"])
ALL = lane("all", source="eventbridge")
TEN = [
    RECEIPTS,
    *(
        lane(f"processor{letter}name", folder=f"{letter}/", suffixes=[".csv", ".json"])
        for letter in "abcdefghi"
    ),
]


def template(*lanes: Lane, retention: Retention = Retention.RETAINED) -> TemplateDict:
    return read(render(build(retention, lanes)))


def properties(content: TemplateDict, title: str) -> dict[str, Any]:
    return content["Resources"][title]["Properties"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def several() -> TemplateDict:
    return template(RECEIPTS, CSV, SCAN, ALL)


def test_the_lanes_are_those_of_the_folder() -> None:
    assert [each.name for each in load()] == ["receipts"]


def test_a_handler_that_its_code_lacks_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(FORK, tmp_path / "processors") / "csv"
    declaration = folder / "processor.toml"
    declaration.write_text(declaration.read_text().replace('"\n', 's"\n', 1))
    with pytest.raises(ProcessorError, match=rf"{folder}\S* has no function \w+s$"):
        load(folder.parent)


def test_each_lane_has_what_the_first_has_by_its_own_name(several: TemplateDict) -> None:
    first = template(lane())["Resources"].keys()
    long = {short: kind for kind, short in SHORT.items()}
    names = (title.removeprefix("Scan") for title in several["Resources"] if "Scan" in title)
    kinds = {long.get(name, name) for name in names}
    assert kinds - first == {"UploadRule"}
    shared = first - kinds
    own = {CSV.logical_id(kind) for kind in kinds}
    assert shared == template(CSV)["Resources"].keys() - own


def test_a_lane_is_a_package_with_parameters_of_its_own(several: TemplateDict) -> None:
    function = properties(several, "CsvFunction")
    assert function["Code"] == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CsvCodeKey"}}
    assert function["MemorySize"] == {"Ref": "CsvMemory"}
    assert function["EphemeralStorage"] == {"Size": 2048}
    variables = function["Environment"]["Variables"]
    assert (variables["PROCESSOR_NAME"], variables["PROCESSOR"]) == ("csv", "csv:run")
    assert variables["CURRENCY"] == {"Ref": "CsvCurrency"}
    assert variables["FUNCTION_TIMEOUT"] == function["Timeout"] == {"Ref": "CsvTimeout"}
    scaling = properties(several, "CsvIngestMapping")["ScalingConfig"]
    assert scaling["Fn::If"][2] == {"MaximumConcurrency": {"Ref": "CsvConcurrency"}}


def test_defaults_are_what_the_processor_says(several: TemplateDict) -> None:
    parameters = several["Parameters"]
    names = ("CsvMemory", "CsvTimeout", "CsvConcurrency", "CsvCurrency", "CsvMaxRows")
    defaults = [parameters[name]["Default"] for name in names]
    assert defaults == ["1024", "300", "5", "EUR", "1000"]
    assert "Default" not in parameters["CsvCodeKey"]


def test_each_lane_has_a_group_of_the_form(several: TemplateDict) -> None:
    groups = {
        group["Label"]["default"]: group["Parameters"]
        for group in several["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    }
    assert list(groups)[1:4] == ["Processing", "Processor csv", "Processor scan"]
    assert groups["Processor csv"][0] == "CsvCodeKey"
    assert sum(len(group) for group in groups.values()) == len(several["Parameters"])


@pytest.mark.parametrize("lanes", [(CSV,), (RECEIPTS, CSV)])
def test_a_package_needs_a_bucket(lanes: Sequence[Lane]) -> None:
    content = template(*lanes)
    bucket = content["Parameters"]["CodeBucket"]
    assert "Default" not in bucket
    assert not bucket["AllowedPattern"].startswith("^(|")
    assert "CodeBucketNeedsKey" not in content["Rules"]


def test_attempts_decide_when_a_file_is_parked_and_what_is_late(several: TemplateDict) -> None:
    assert properties(several, "CsvIngestQueue")["RedrivePolicy"]["maxReceiveCount"] == 5
    alarm = properties(several, "CsvBacklogAlarm")
    table, key, column = alarm["Threshold"]["Fn::FindInMap"]
    assert (key, column) == ({"Ref": "CsvTimeout"}, "Backlog5")
    assert several["Mappings"][table]["60"] == {
        "Visibility": "360",
        "Backlog": str(4 * 360),
        "Backlog5": str(6 * 360),
        "Slow": "30000",
    }
    assert "5 attempts" in alarm["AlarmDescription"]
    assert "CsvConcurrency" in alarm["AlarmDescription"]


def test_a_removed_lane_takes_its_queues_along_but_no_data(several: TemplateDict) -> None:
    kept = {
        title
        for title, resource in several["Resources"].items()
        if title.startswith("Csv") and resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert kept == {"CsvLedger", "CsvFileProcessorLogs"}


def test_the_bucket_announces_each_suffix_and_waits_for_these_queues(several: TemplateDict) -> None:
    configuration = properties(several, "UploadBucket")["NotificationConfiguration"]
    told = [
        (entry["Queue"]["Fn::GetAtt"][0], [rule["Value"] for rule in rules])
        for entry in configuration["QueueConfigurations"]
        for rules in [entry["Filter"]["S3Key"]["Rules"]]
    ]
    signed, reports = (
        {"Fn::Join": ["%3D", {"Fn::Split": ["=", {"Fn::Sub": f"${{UploadPrefix}}{folder}"}]}]}
        for folder in ("signed/", "reports/")
    )
    assert told == [
        ("IngestQueue", [signed]),
        ("CsvIngestQueue", [reports, ".csv"]),
        ("CsvIngestQueue", [reports, ".tsv"]),
    ]
    assert configuration["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}
    waits_for = several["Resources"]["UploadBucket"]["DependsOn"]
    assert waits_for == ["IngestQueuePolicy", "CsvIngestQueuePolicy", "AccessLogBucketPolicy"]


def test_events_go_through_the_bus_only_where_a_lane_asks_for_it() -> None:
    configuration = properties(template(CSV), "UploadBucket")["NotificationConfiguration"]
    assert "EventBridgeConfiguration" not in configuration
    configuration = properties(template(SCAN), "UploadBucket")["NotificationConfiguration"]
    assert "QueueConfigurations" not in configuration


def test_a_rule_matches_what_its_lane_takes_with_a_wildcard_only_if_need_be(
    several: TemplateDict,
) -> None:
    keys = {
        name: properties(several, f"{name}UploadRule")["EventPattern"]["detail"]["object"]["key"]
        for name in ("Scan", "All")
    }
    assert keys == {
        "Scan": [{"wildcard": {"Fn::Sub": "${UploadPrefix}reports/*.csv"}}],
        "All": [{"prefix": {"Ref": "UploadPrefix"}}],
    }
    rule = properties(several, "ScanUploadRule")
    assert rule["EventPattern"]["detail"]["bucket"] == {"name": [{"Ref": "UploadBucket"}]}
    assert rule["Targets"] == [
        {"Arn": {"Fn::GetAtt": ["ScanIngestQueue", "Arn"]}, "Id": "ScanIngestQueue"}
    ]


def test_a_queue_opens_to_its_rule_alone_which_comes_after(several: TemplateDict) -> None:
    document = properties(several, "ScanIngestQueuePolicy")["PolicyDocument"]
    (accepted,) = [each for each in document["Statement"] if each["Effect"] == "Allow"]
    assert accepted["Principal"] == {"Service": "events.amazonaws.com"}
    (arn,) = accepted["Condition"]["ArnEquals"].values()
    name = properties(several, "ScanUploadRule")["Name"]
    assert arn["Fn::Sub"][0].endswith(f":rule/{name['Fn::Sub'][0]}")
    assert arn["Fn::Sub"][1] == name["Fn::Sub"][1]
    assert several["Resources"]["ScanUploadRule"]["DependsOn"] == ["ScanIngestQueuePolicy"]


def test_the_longest_names_fit() -> None:
    content = template(lane("a" * 16, source="eventbridge"))
    queue = properties(content, "A" + "a" * 15 + "IngestQueue")["QueueName"]["Fn::Sub"][0]
    rule = properties(content, "A" + "a" * 15 + "UploadRule")["Name"]["Fn::Sub"][0]
    suffix, guid = "s" * 12, "0a1b2c3d-0000-1111-8222-123456789012"
    for pattern, part, limit in ((queue, guid, 80), (rule, guid[:8], 64)):
        name = pattern.replace("${EnvironmentSuffix}", suffix).replace("${Guid}", part)
        assert "$" not in name
        assert len(name) <= limit


def test_a_lane_reads_what_it_takes_and_nothing_else(several: TemplateDict) -> None:
    document = properties(several, "CsvFileProcessorPolicy")["PolicyDocument"]
    (read_uploads,) = [each for each in document["Statement"] if each["Sid"] == "ReadUploads"]
    assert read_uploads["Resource"] == [
        {"Fn::Sub": f"${{UploadBucket.Arn}}/${{UploadPrefix}}reports/*{suffix}"}
        for suffix in (".csv", ".tsv")
    ]
    others = {f"{kind}{part}" for kind in ("Scan", "All") for part in ("Ledger", "IngestQueue")}
    assert not [other for other in others if other in json.dumps(document)]


def test_lanes_share_no_metric_alarm_or_query(several: TemplateDict) -> None:
    names = [
        json.dumps(resource["Properties"][key])
        for resource in several["Resources"].values()
        for key in ("AlarmName", "Name", "QueueName")
        # A pipe has the name of a rule, which is another service's.
        if key in resource["Properties"] and resource["Type"] != "AWS::Pipes::Pipe"
    ]
    assert len(names) == len(set(names))
    assert {"${AWS::StackName}/what failed", "${AWS::StackName}/csv/what failed"} <= {
        json.loads(name).get("Fn::Sub") for name in names if "/what failed" in name
    }
    alarm = properties(several, "CsvProcessingErrorsAlarm")
    assert {"Name": "Processor", "Value": "csv"} in alarm["Dimensions"]
    titles = watched([lane(), CSV])
    assert titles[2:] == ["CsvFunctionErrorsAlarm", "CsvProcessingErrorsAlarm"]
    assert all("AlarmName" in properties(several, title) for title in titles)


def test_the_dashboard_has_lines_for_each_lane(several: TemplateDict) -> None:
    body, variables = properties(several, "Dashboard")["DashboardBody"]["Fn::Sub"]
    (errors,) = [w for w in json.loads(body)["widgets"] if w["properties"]["title"] == "Errors"]
    metrics = errors["properties"]["metrics"]
    assert [line[-1] for line in metrics if line[1] == "ProcessingErrors"] == [
        *("receipts", "csv", "scan", "all")
    ]
    assert [line[-1] for line in metrics if line[1] == "Throttles"][1] == "${CsvFunction}"
    assert variables["CsvFunction"] == {"Ref": "CsvFunction"}


def test_one_output_says_what_there_is(several: TemplateDict) -> None:
    output = several["Outputs"]["Lanes"]
    assert "Export" not in output
    lanes = json.loads(output["Value"]["Fn::Sub"])
    assert list(lanes) == ["receipts", "csv", "scan", "all"]
    assert lanes["csv"] == {
        "source": "notification",
        "folder": "reports/",
        "suffixes": [".csv", ".tsv"],
        "queue": "${CsvIngestQueue}",
        "deadLetterQueue": "${CsvDeadLetterQueue}",
        "ledger": "${CsvLedger}",
        "function": "${CsvFunction}",
        "logGroup": "${CsvFileProcessorLogs}",
    }
    referred = [value[2:-1] for value in lanes["csv"].values() if "$" in value]
    assert all(title in several["Resources"] for title in referred)


def test_outputs_of_the_first_lane_go_with_it() -> None:
    outputs = template(CSV)["Outputs"]
    assert outputs.keys() == {
        *("UploadBucketName", "UploadPrefix", "SecretArn", "AlarmTopicArn", "DashboardUrl"),
        *("Lanes", "TemplateVersion"),
    }


@pytest.mark.parametrize("retention", Retention)
def test_ten_lanes_can_be_delivered(retention: Retention) -> None:
    assert len(render(build(retention, TEN))) < 0.98 * MAXIMUM_BYTES


def test_what_a_lane_takes_and_costs_is_as_the_docs_say() -> None:
    page = " ".join((ROOT / "docs/processors.md").read_text(encoding="utf-8").split())
    said = re.search(
        r"a lane takes about ([\d,]+) of them, (\d+) of 500 resources, and (\d) of", page
    )
    assert said
    size, resources, parameters = (int(number.replace(",", "")) for number in said.groups())
    # As "serverlessapp new processor" makes it beside receipts; and one that S3 announces.
    made = lane("invoices", source="eventbridge", folder="invoices/", suffixes=[".txt"])
    for edition, first, added in (
        *((edition, lane(), made) for edition in Edition),
        (Edition.RETAINED, RECEIPTS, lane("csv", folder="reports/", suffixes=[".csv", ".tsv"])),
    ):
        fewer, more = (render(edition.build(lanes)) for lanes in ([first], [first, added]))
        less, content = read(fewer), read(more)
        assert abs(len(more) - len(fewer) - size) < 1500
        assert abs(len(content["Resources"]) - len(less["Resources"]) - resources) <= 1
        assert len(content["Parameters"]) - len(less["Parameters"]) == parameters
    alarms = sum(
        each["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in each
        for title, each in content["Resources"].items()
        if title not in less["Resources"]
    )
    prices = costs.prices()["standing"]["prices"]
    dollars = alarms * prices["alarm"]["dollars"] + 7 * prices["metric"]["dollars"]
    assert alarms == 8
    assert f"eight alarms and, once they have data, seven metrics, ${dollars:.2f} a month" in page


def test_a_pipe_waits_until_iam_may_know_its_lane() -> None:
    resources = template(*TEN)["Resources"]
    pipes = {name: each for name, each in resources.items() if each["Type"] == "AWS::Pipes::Pipe"}
    assert len(pipes) == len(TEN)
    for name, pipe in pipes.items():
        assert pipe["DependsOn"] == [name.replace("CompletionEventPipe", "IngestMapping")]


# What names all lanes, for options.
OF_ALL = {"CompletionEventPipeRole", "NetworkPolicy", "PollersReplaceConcurrency", "TracingPolicy"}


@pytest.mark.parametrize("fewer", [TEN[:1] + TEN[2:], TEN[:5] + TEN[6:], TEN[:-1]])
def test_a_lane_that_comes_or_goes_changes_no_other(fewer: Sequence[Lane]) -> None:
    before, after = template(*fewer), template(*TEN)
    (name,) = {each.name for each in TEN} - {each.name for each in fewer}
    for section in ("Parameters", "Conditions", "Mappings", "Rules", "Outputs", "Resources"):
        had, has = before.get(section, {}), after.get(section, {})
        assert had.keys() <= has.keys()
        assert all(title.startswith(name.capitalize()) for title in has.keys() - had.keys())
        changed = {title for title in had if had[title] != has[title]}
        assert changed <= {"UploadBucket", "Dashboard", "Lanes", *OF_ALL}, section


@pytest.mark.parametrize(
    ("lanes", "words"),
    [
        (
            [RECEIPTS, lane("function", source="eventbridge")],
            "processor function:.*FunctionMemory.*rename",
        ),
        ([lane("csv", settings={"MEMORY": "1"})], "processor csv:.*CsvMemory.*rename"),
        ([lane("csv", settings={"LEDGER": "a"})], "CsvLedger .* LEDGER of processor csv: rename"),
        ([lane("upload", settings={"PREFIX": "a"})], "processor upload:.*UploadPrefix"),
        ([lane("csv", settings={"A": "x" * 2561})], "processor csv: .* shorten A"),
        ([lane("csv", settings={"A": "é"})], "processor csv: .* setting A .* ASCII"),
        (
            [lane("csv", settings={f"S{n}": "" for n in range(200)})],
            "processor csv:.*parameters 200.*fewer settings",
        ),
        (
            [lane(f"csv{n}", folder=f"{n}/") for n in range(25)],
            "processor csv2.:.*resources 500.*a stack",
        ),
        ([lane("csv", suffixes=[f".{n}" for n in range(101)])], "101 suffixes, but S3 allows 100"),
        ([lane("csv", suffixes=[f".{n}" for n in range(40)])], "processor csv: the policies"),
        (
            [lane("csv", source="eventbridge", suffixes=[f".{n}" for n in range(50)])],
            "processor csv: .* 50 suffixes",
        ),
    ],
)
def test_what_aws_would_refuse_is_refused_with_what_to_do(lanes: list[Lane], words: str) -> None:
    with pytest.raises(GenerationError, match=words):
        build(Retention.RETAINED, lanes)


def test_all_settings_at_their_longest_fit_into_the_environment() -> None:
    """Lambda takes 4 KB; what the stack makes up is as long as CloudFormation makes names."""
    content = template(lane("a" * 16, settings={f"SETTING_{n}": "" for n in range(30)}))
    title = "A" + "a" * 15
    variables = properties(content, f"{title}Function")["Environment"]["Variables"]
    made_up = {
        "STACK_NAME": 128,
        "ENVIRONMENT": 12,
        "BUCKET_NAME": 63,
        "SECRET_ARN": 300,
        "FUNCTION_TIMEOUT": 3,
        "LEDGER_TABLE": 255,
        "DEAD_LETTER_QUEUE_URL": 150,
        "PROCESSOR": 128,
    }
    total = 0
    for name, value in variables.items():
        if (
            isinstance(value, dict)
            and value["Ref" if "Ref" in value else "Fn::GetAtt"]
            and (name.startswith("SETTING_"))
        ):
            total += content["Parameters"][value["Ref"]]["MaxLength"]
        else:
            total += made_up.get(name, len(str(value)))
        total += len(name)
    assert total <= 4096


def test_many_suffixes_on_the_bus_shorten_the_prefix() -> None:
    """EventBridge takes patterns of 2,048 characters."""
    suffixes = [f".s{n:02}" for n in range(20)]
    content = template(lane("csv", source="eventbridge", suffixes=suffixes))
    longest = content["Parameters"]["UploadPrefix"]["MaxLength"]
    pattern = json.dumps(
        properties(content, "CsvUploadRule")["EventPattern"], separators=(",", ":")
    )
    pattern = pattern.replace('{"Ref":"UploadBucket"}', f'"{"b" * 63}"')
    pattern = pattern.replace('{"Fn::Sub":', "").replace('"}}', '"}')
    assert 32 <= longest < 256
    assert len(pattern.replace("${UploadPrefix}", "p" * longest)) <= 2048


@pytest.mark.once
@pytest.mark.parametrize(
    ("retention", "lanes"),
    [
        *((retention, [RECEIPTS, CSV, SCAN, ALL]) for retention in Retention),
        (Retention.RETAINED, TEN),
    ],
)
def test_cfn_lint_and_our_rules_find_nothing(
    tmp_path: Path, retention: Retention, lanes: Sequence[Lane]
) -> None:
    path = tmp_path / "application.yaml"
    path.write_bytes(render(build(retention, lanes)))
    assert not validate(path, {}).violations


@pytest.mark.parametrize("kind", ["AWS::IAM::Role", "AWS::Lambda::Function"])
def test_names_begin_with_the_whole_name_of_the_stack(kind: str) -> None:
    """By which the role that deploys reaches them: longer than 64, they would be cut."""
    resources = template(lane("a" * 16, source="eventbridge"))["Resources"]
    longest = max(len(title) for title, each in resources.items() if each["Type"] == kind)
    assert len(f"serverlessapp-{'e' * 12}-{'x' * longest}-{'r' * 12}") <= 64
