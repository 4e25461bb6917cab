"""What ``delivery.toml`` may say, and with which line it is refused."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from generators import application
from generators.lanes import Lane, load
from generators.render import GenerationError
from generators.retention import Retention
from pipeline import definition, delivery, delivery_checks
from pipeline.command import main
from pipeline.delivery import DeliveryError
from serverlessapp.template import schemas
from tests.fixture_lanes import lane

ROOT = Path(__file__).resolve().parents[3]
HEAD = "[pipeline]\naccount = '111122223333'\nregion = 'us-west-2'\n"
TASKCAT = "[taskcat]\nregions = ['us-west-2']\n"
DEV = "[[environments]]\nname = 'dev'\n"
LANES = [lane(), lane("csv", source="eventbridge", settings={"CURRENCY": "EUR"})]


def written(folder: Path, text: str) -> Path:
    path = folder / "delivery.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path, lanes: list[Lane] | None = None) -> str:
    with pytest.raises(DeliveryError) as caught:
        delivery.check(lanes or LANES, path)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_what_is_delivered_fits_what_is_processed() -> None:
    delivery.check(load(ROOT / "processors"), ROOT / "pipeline/delivery.toml")


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "eu.json").write_text(
        '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*",'
        ' "Resource": "*"}]}'
    )
    text = f"""{HEAD}{TASKCAT}account = "444455556666"
{DEV}
[[environments]]
name = "eu"
account = "777788889999"
regions = ["eu-west-1", "eu-central-1"]
template = "ephemeral"
approval = true
stack_policy = "eu.json"
[environments.parameters]
CsvCurrency = "USD"
[environments.regional.eu-west-1]
LogRetentionDays = "14"
[environments.tags]
CostCentre = "42"
"""
    path = written(tmp_path, text)
    delivery.check(LANES, path)
    read = delivery.load(path)
    assert read.accounts == ("444455556666", "777788889999")
    assert read.regions == ("eu-central-1", "eu-west-1")
    eu = read.environments[1]
    assert (eu.title, eu.regions, eu.approval) == ("Eu", ("eu-west-1", "eu-central-1"), True)
    assert (eu.parameters, eu.tags) == ({"CsvCurrency": "USD"}, {"CostCentre": "42"})
    assert eu.regional == {"eu-west-1": {"LogRetentionDays": "14"}}


def policy(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Statement": statements})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "taskcat has no Regions"),
        (TASKCAT, None, "no environment: add"),
        (f"environments = []\n{TASKCAT}", None, "no environment: add"),
        (f"{TASKCAT}[[environments]]\n", 3, "no name"),
        (f"{TASKCAT}[environments]\nname = 'dev'", 3, "[[environments]]"),
        (f"[taskcat]\nregions = []\n{DEV}", 2, "Regions, each once"),
        (f"[taskcat]\nregions = ['us-west-2', 'us-west-2']\n{DEV}", 2, "each once"),
        (f"[taskcats]\nregions = []\n{DEV}", 1, "did you mean [taskcat]?"),
        (f"{TASKCAT}{DEV}acount = '1'", 5, "did you mean account?"),
        (f"{TASKCAT}{DEV}[environments.tag]\na = 'b'", 5, "did you mean tags?"),
        (f"{TASKCAT}approval = true\n{DEV}", 3, "[[environments]]"),
        (f"{HEAD}{TASKCAT}{DEV}account = '12345678901'", 8, "12 digits"),
        (f"{HEAD}{TASKCAT}{DEV}account = ''", 8, "12 digits"),
        (f"{HEAD}{TASKCAT}{DEV}account = 111122223333", 8, "a string"),
        (f"{HEAD}{TASKCAT}{DEV}regions = ['eu-west-9']", 8, "Regions, each once"),
        (f"{HEAD}{TASKCAT}{DEV}regions = ['cn-north-1']", 8, "Regions, each once"),
        (f"{HEAD}{TASKCAT}{DEV}regions = ['']", 8, "Regions, each once"),
        (f"{HEAD.replace('us-west-2', 'eu-north-1')}{TASKCAT}{DEV}", 3, "CodeBuild has all"),
        (f"{TASKCAT}{DEV}account = '111122223333'", 5, "[pipeline] account"),
        (f"{TASKCAT}account = '111122223333'\n{DEV}", 3, "[pipeline] account"),
        (f"{TASKCAT}{DEV}regions = ['eu-west-1']", 5, "[pipeline] region"),
        (f"{TASKCAT}{DEV}template = 'kept'", 5, '"retained", "ephemeral"'),
        (f"{TASKCAT}{DEV}approval = 'true'", 5, "true or false"),
        (f"{TASKCAT}[[environments]]\nname = 'tcat-a'", 4, "tcat"),
        (f"{TASKCAT}[[environments]]\nname = 'pipeline'", 4, "pipeline"),
        (f"{TASKCAT}[[environments]]\nname = 'Prod'", 4, "lowercase"),
        (f"{TASKCAT}{DEV}{DEV}", 6, "environment dev exists twice"),
        (f"{TASKCAT}{DEV}[[environments]]\nname = 'dev-eu'", 6, "give dev-eu a name"),
        (f"{TASKCAT}[[environments]]\nname = 'a-1'\n[[environments]]\nname = 'a1'", 6, "A1"),
        (f"{TASKCAT}{DEV}[environments.tags]\n'aws:x' = 'y'", 5, "aws:"),
        (f"{TASKCAT}{DEV}[environments.tags]\nx = 1", 5, "tags must be"),
        (f"{TASKCAT}{DEV}[environments.tags]\nenvironment = 'x'", 5, "differ in more than case"),
        (f"{TASKCAT}{DEV}[environments.tags]\nx = 'a<b'", 5, "letters, digits, spaces"),
        (f"{TASKCAT}{DEV}[environments.tags]\nx = 'a\\nb'".replace("'", '"'), 5, "letters"),
        (f"{TASKCAT}{DEV}tags = {{{', '.join(f'k{n} = 1' for n in range(48))}}}", 5, "47 tags"),
        (f"{TASKCAT}{DEV}[environments.regional.eu-west-1]\nA = 'b'", 5, "not in the environment"),
        (f"{TASKCAT}{DEV}stack_policy = '../x.json'", 5, "in the same folder"),
        (f"{TASKCAT}{DEV}stack_policy = 'x.json'", 5, "cannot be read"),
        # What the application has to take.
        (f"{TASKCAT}{DEV}[environments.parameters]\nLogRetention = '7'", 6, "LogRetentionDays?"),
        (f"{TASKCAT}{DEV}[environments.parameters]\nLogRetentionDays = 7", 6, '"7"'),
        (f"{TASKCAT}{DEV}[environments.parameters]\nLogRetentionDays = '8'", 6, "CloudWatch"),
        (f"{TASKCAT}{DEV}[environments.parameters]\nEnvironmentSuffix = 'x'", 6, "remove it"),
        (f"{TASKCAT}{DEV}[environments.parameters]\nCvsCodeKey = 'a.zip'", 6, "CsvCodeKey?"),
        (f"{TASKCAT}{DEV}[environments.parameters]\nCodeBucket = 'mine'", 3, "CsvCodeKey"),
        (f"{TASKCAT}{DEV}[environments.parameters]\nSourceBucket = 'mine'", 6, "no parameter"),
        (f"{TASKCAT}{DEV}template = 'existing-bucket'", 3, "SourceBucket is required"),
        (f"{TASKCAT}{DEV}template = 'existing-bucket'\n[environments.parameters]\n"
         "SourceBucket = 'Mine'", 7, "must be a bucket name"),
        (f"{HEAD}{TASKCAT}{DEV}regions = ['us-west-2']\n[environments.regional.us-west-2]\n"
         "CsvMemory = '1'", 10, "128 to 10240"),
    ],
)  # fmt: skip
def test_mistakes_have_a_line(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    path = written(tmp_path, text)
    said = refusal(path)
    assert said.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert words in said


def test_a_region_without_a_type_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schemas, "digests", lambda _: {"AWS::S3::X": ""})
    assert "us-west-2 lacks AWS::" in refusal(written(tmp_path, TASKCAT + DEV))


ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[]", 'a stack policy is {"Statement": [{...}, ...]}'),
        ('{"Statement": {}}', 'a stack policy is {"Statement": [{...}, ...]}'),
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ('{"Statement": NaN}', "NaN is not valid in JSON"),
        (policy({}), "Effect must be Allow or Deny"),
        (policy({**ALLOW, "Principal": "arn:x"}), 'Principal must be "*"'),
        (
            policy({**ALLOW, "Action": "Update:All"}),
            "Action must be one or more of Update:*, Update:Modify",
        ),
        (policy({**ALLOW, "Action": 5}), "Action must be one or more of"),
        (policy({**ALLOW, "Resource": "UploadBucket"}), '"LogicalResourceId/NAME"; it is "Upload'),
        (policy({**ALLOW, "NotAction": "Update:*"}), "NotAction"),
        (policy({**ALLOW, "Effekt": "Deny"}), "unknown key Effekt"),
        (policy({**ALLOW, "Resource": "LogicalResourceId/Gone"}), "has no resource Gone"),
        (policy(*[ALLOW] * 300), "16,384"),
    ],
)
def test_a_file_that_is_no_stack_policy(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "x.json").write_text(content)
    path = written(tmp_path, f"{TASKCAT}{DEV}stack_policy = 'x.json'")
    said = refusal(path)
    assert said.startswith(f"{path}:5: ")
    assert words in said


@pytest.mark.parametrize(
    "name", ["*", "LogicalResourceId/Upload*", "LogicalResourceId/UploadBucket"]
)
def test_a_stack_policy_of_ones_own(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.json").write_text(policy(ALLOW, {**ALLOW, "Resource": name}), "utf-8-sig")
    delivery.check(LANES, written(tmp_path, f"{TASKCAT}{DEV}stack_policy = 'x.json'"))


@pytest.mark.parametrize(
    ("environments", "accounts", "words"),
    [(23, 1, "stages, two for each environment"), (13, 13, "PipelineBoundary could have")],
)
def test_what_aws_would_refuse_of_many_places_is_refused(
    tmp_path: Path, environments: int, accounts: int, words: str
) -> None:
    tables = [
        f"[[environments]]\nname = 'e{n:02}'\naccount = '{n % accounts:012}'\n"
        for n in range(environments)
    ]
    path = written(tmp_path, HEAD + TASKCAT + "".join(tables))
    with pytest.raises(GenerationError, match=words):
        definition.build(LANES, delivery.load(path))


def test_an_own_key_in_the_pipelines_bucket_pins_a_package(tmp_path: Path) -> None:
    text = f"{TASKCAT}{DEV}[environments.parameters]\nCsvCodeKey = 'csv/0123.zip'"
    delivery.check(LANES, written(tmp_path, text))


def test_every_parameter_of_ours_is_the_applications() -> None:
    form = application.build(Retention.RETAINED).to_dict()["Parameters"]
    assert form.keys() >= set(delivery_checks.OURS)


def test_another_file_can_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, output = written(tmp_path, TASKCAT), str(tmp_path / "build")
    assert main(["--delivery", str(path), "--output", output]) == 2
    assert "no environment: add" in capsys.readouterr().err
    path.write_text(TASKCAT + DEV)
    assert main(["--delivery", str(path), "--output", output]) == 0
