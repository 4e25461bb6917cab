"""A processor's folder is read, or refused with the line and what would be right."""

from pathlib import Path

import pytest

from generators.application import build
from generators.retention import Retention
from serverlessapp.processors.definition import (
    FIRST,
    FIRST_PARAMETERS,
    ProcessorError,
    read,
    read_all,
)
from serverlessapp.processors.function import Function
from serverlessapp.processors.settings import RUNTIME
from serverlessapp.processors.uploads import Uploads
from tests.fixture_lanes import lane

HANDLER = 'handler = "main:process"\n'
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-abcdef"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder of processors; in a path that has a hidden part."""
    (tmp_path / ".work" / "processors").mkdir(parents=True)
    return tmp_path / ".work" / "processors"


def written(root: Path, text: str | bytes, name: str = "csv", sample: str = "a.csv") -> Path:
    """Return a processor's folder with this declaration."""
    folder = root / name
    (folder / "samples").mkdir(parents=True)
    (folder / "samples" / sample).write_text("a")
    content = text.encode() if isinstance(text, str) else text
    (folder / "processor.toml").write_bytes(content)
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(ProcessorError) as caught:
        read(folder)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_everything_that_can_be_said(root: Path) -> None:
    text = """\
verify = false
handler = "package.module:function"
[uploads]
source = "eventbridge"
folder = "a-b/c_d/2.0/"
suffixes = [".csv", "_final.tsv"]
[function]
memory = 10240
timeout = 900
concurrency = 2
storage = 512
attempts = 100
[settings]
CURRENCY = "EUR"
MAX_TOKENS = "3"
API_KEY = "arn:aws:ssm:eu-west-1:123456789012:parameter/api/key"
DATABASE_SECRET_ARN = ""
"""
    processor = read(written(root, text))
    assert processor.name == "csv"
    assert processor.handler == "package.module:function"
    assert not processor.verify
    assert processor.uploads == Uploads(
        source="eventbridge", folder="a-b/c_d/2.0/", suffixes=(".csv", "_final.tsv")
    )
    assert processor.function == Function(
        memory=10240, timeout=900, concurrency=2, storage=512, attempts=100
    )
    assert processor.settings["MAX_TOKENS"] == "3"
    assert [path.name for path in processor.samples] == ["a.csv"]


@pytest.mark.parametrize("text", [HANDLER, f"\ufeff{HANDLER}", HANDLER.replace("\n", "\r\n")])
def test_what_is_left_out_has_defaults(root: Path, text: str) -> None:
    processor = read(written(root, text))
    assert (processor.uploads, processor.function) == (Uploads(), Function())
    assert processor.verify
    assert processor.settings == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, 'add at the top: handler = "main:process"'),
        ('verify = true\nhandler = "main.process"', 2, "module:function"),
        ('handler = ""', 1, "module:function"),
        (f'handler = "{"m" * 128}:f"', 1, "128"),
        ('handler = "index:sign_receipt"', 1, "index"),
        ("handler = 1", 1, "a string"),
        ('[uploads]\nhandler = "main:process"', 2, "above all sections"),
        ('[settings]\nhandler = "main:process"', None, "add at the top"),
        (f"{HANDLER}memory = 128", 2, "[function]"),
        (f"{HANDLER}handlers = 1", 2, "did you mean handler?"),
        (f"{HANDLER}[setting]\nAA = 'a'", 2, "did you mean [settings]?"),
        (f"{HANDLER}[else]\nAA = 'a'", 2, "handler, verify, [uploads]"),
        (f"{HANDLER}uploads = 'in/'", 2, "[uploads]"),
        (f"{HANDLER}[[function]]\nmemory = 128", 2, "[function]"),
        (f"{HANDLER}verify = 'no'", 2, "true or false"),
        # However it is written.
        (f"{HANDLER}[function]\n# memory = 256\nmemroy = 1", 4, "did you mean memory?"),
        (f"{HANDLER}[ function ]\n'memory' = 127", 3, "128 to 10240"),
        (f"{HANDLER}function.memory = 10241", 2, "128 to 10240"),
        (f"{HANDLER}function = {{ timeout = 60, memory = 1 }}", 2, "128 to 10240"),
        (f"{HANDLER}[settings]\nAA = '''\n[function]\n'''\n[function]\nmemory = 1", 7, "128"),
        (f"{HANDLER}[uploads]\nsuffixes = [\n  '.csv',\n  '*.tsv',\n]", 3, "letters, digits"),
        # Ranges.
        (f"{HANDLER}[function]\nmemory = true", 3, "an integer: 128"),
        (f"{HANDLER}[function]\nmemory = 256.0", 3, "an integer"),
        (f"{HANDLER}[function]\ntimeout = 45", 3, "10, 30, 60, 120, 300, 600, 900"),
        (f"{HANDLER}[function]\nconcurrency = 1", 3, "2 to 1000"),
        (f"{HANDLER}[function]\nconcurrency = 1001", 3, "2 to 1000"),
        (f"{HANDLER}[function]\nstorage = 511", 3, "512 to 10240"),
        (f"{HANDLER}[function]\nattempts = 0", 3, "1 to 100; it is 0"),
        # Uploads.
        (f"{HANDLER}[uploads]\nsource = 'sns'", 3, '"notification", "eventbridge"'),
        *((f"{HANDLER}[uploads]\nfolder = '{text}'", 3, "slash") for text in
          ("in", "/in/", "in//", "a b/", "*/", "../", "a/./", "year=2026/", "a" * 256 + "/")),
        *((f"{HANDLER}[uploads]\nsuffixes = {text}", 3, "endings such as") for text in
          ("['csv']", "['.csv', '.csv']", "['.gz', '.tar.gz']", "['.c?v']", "['.a/b']", "['']",
           "['.a b']", "[1]", "['.a+b']")),
        (f"{HANDLER}[uploads]\nfolder = 'uploads/'", 3, 'write ""'),
        (f"{HANDLER}[uploads]\nfolder = 'uploads/in/eu/'", 3, 'write "in/eu/"'),
        (f"{HANDLER}[uploads]\nfolder = 'results/in/'", 3, 'such as "reports/"'),
        (f"{HANDLER}[uploads]\nsuffixes = '.csv'", 3, "a list of strings"),
        # Settings.
        (f"{HANDLER}[settings]\nBB = 'b'\nAA = 3", 4, 'variables are: "3"'),
        (f"{HANDLER}[settings]\nAA = true", 3, '"true"'),
        (f"{HANDLER}[settings]\nAA = []", 3, "a string"),
        (f"{HANDLER}[settings]\nAA = \"\\u0000\"", 3, "printable ASCII"),
        (f"{HANDLER}[settings]\nAA = 'ä'", 3, "printable ASCII"),
        (f"{HANDLER}[settings]\n_A = ''", 3, "capital letters"),
        (f"{HANDLER}[settings]\na = ''", 3, "capital letters"),
        (f"{HANDLER}[settings]\nA = ''", 3, "at least two"),
        *((f"{HANDLER}[settings]\n{name} = ''", 3, "reserved") for name in
          ("AWS_REGION", "AWS_ENDPOINT_URL", "LAMBDA_TASK_ROOT", "PYTHONPATH", "TZ", "PATH",
           "HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "LC_ALL", *RUNTIME)),
        *((f"{HANDLER}[settings]\n{name} = 'x'", 3, "Secrets Manager") for name in
          ("PASSWORD", "DB_PASSWORD", "API_TOKEN", "CLIENT_SECRET", "API_KEY", "APIKEY",
           "DB_PWD", "DB_SECRET_ARN")),
        (f"{HANDLER}[settings]\nTOKEN = ''", 3, "TOKEN_ARN"),
        (f"{HANDLER}[settings]\nTOKEN_ARN = 'x'", 3, "must be empty, or the ARN"),
        *((f"{HANDLER}[settings]\nAA = '{value}'", 3, "looks like a secret") for value in
          ("AKIAIOSFODNN7EXAMPLE", "-----BEGIN RSA PRIVATE KEY-----", "https://me:pass@host/",
           "{{resolve:secretsmanager:api}}", "ghp_" + "a1" * 18, "github_pat_" + "a1" * 20,
           "xoxb-1234-abcd", "https://hooks.slack.com/services/T0/B0/x", "sk_live_abcd",
           "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc")),
        *((f"{HANDLER}[settings]\n{name} = ''", 3, f"its {kind}") for name, kind in
          (("MEMORY", "Memory"), ("TIMEOUT", "Timeout"), ("CONCURRENCY", "Concurrency"),
           ("CODE_KEY", "CodeKey"))),
        (f"{HANDLER}[settings]\nMAX_ROWS = ''\nMAX__ROWS = ''", 4, "MAX_ROWS:"),
        (f"{HANDLER}[settings]\nBB = ''\nAA = '{'a' * 2600}'", 4, "bytes"),
        # No TOML.
        ("handler =", None, "not valid TOML"),
        (f"{HANDLER}[uploads\n", 2, "not valid TOML"),
        (f"{HANDLER}[function]\nmemory = {'1' * 5000}", None, "not valid TOML"),
        (HANDLER.encode("utf-16"), None, "UTF-8"),
        (b"# caf\xe9\n", None, "UTF-8"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(
    root: Path, text: str | bytes, line: int | None, words: str
) -> None:
    folder = written(root, text)
    place, _, said = refusal(folder).partition(": ")
    assert place == f"{folder / 'processor.toml'}" + (f":{line}" if line else "")
    assert words in said


@pytest.mark.parametrize(
    "name", ["c", "Csv", "2csv", "my-csv", "my_csv", "a" * 17, "ingest", "csv.old"]
)
def test_a_name_of_which_no_lane_can_be_made_is_refused(root: Path, name: str) -> None:
    assert f"{name} is not a valid processor name" in refusal(written(root, HANDLER, name))


def test_only_receipts_is_inline(root: Path) -> None:
    assert read(written(root, 'handler = "index:sign_receipt"', FIRST)).handler
    (root / FIRST / "processor.toml").write_text(HANDLER)
    assert "must be index:sign_receipt" in refusal(root / FIRST)


def test_a_sample_is_needed_and_has_to_be_taken(root: Path) -> None:
    folder = written(root, f"{HANDLER}[uploads]\nsuffixes = ['.csv']\n", sample="A.CSV")
    assert "A.CSV ends in none of the suffixes .csv" in refusal(folder)
    (folder / "samples/A.CSV").rename(folder / "samples/.hidden.csv")
    assert "samples is empty" in refusal(folder)


def test_all_are_read_by_name_and_what_is_none_is_left_out(root: Path) -> None:
    for name in ("words", "csv", ".hidden"):
        written(root, HANDLER, name)
    (root / "README.md").touch()
    for left in ("gone/__pycache__/main.cpython-313.pyc", "gone/.DS_Store"):
        (root / left).parent.mkdir(parents=True, exist_ok=True)
        (root / left).touch()
    assert [processor.name for processor in read_all(root)] == ["csv", "words"]
    (root / "gone/main.py").touch()
    with pytest.raises(ProcessorError, match=r"gone has no processor\.toml"):
        read_all(root)


@pytest.mark.parametrize("name", ["", "absent"])
def test_no_processor_at_all_says_how_to_make_one(root: Path, name: str) -> None:
    with pytest.raises(ProcessorError, match="serverlessapp new processor NAME"):
        read_all(root / name)


def test_names_of_the_first_lane_stay_and_others_begin_with_theirs(root: Path) -> None:
    first = read(written(root, 'handler = "index:sign_receipt"', FIRST))
    other = read(written(root, HANDLER))
    assert first.logical_id("IngestQueue") == "IngestQueue"
    assert {first.parameter(kind) for kind in FIRST_PARAMETERS} == set(FIRST_PARAMETERS.values())
    assert other.logical_id("IngestQueue") == "CsvIngestQueue"
    assert other.parameter("Memory") == "CsvMemory"
    assert other.setting("MAX_ROWS") == "CsvMaxRows"


def test_the_runtimes_variables_are_those_of_the_template() -> None:
    template = build(Retention.RETAINED, [lane()]).to_dict()
    function = template["Resources"]["FileProcessor"]["Properties"]
    assert set(RUNTIME) == function["Environment"]["Variables"].keys()
