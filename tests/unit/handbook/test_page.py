"""What is on the page, and that it stands alone."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from generators import tables
from generators.application import build
from generators.retention import Retention
from handbook import page
from handbook.command import main
from handbook.documents import MissingPartError, part
from handbook.links import inside
from pictures import command
from tests.fixture_lanes import lane

TEMPLATE = tables.template()


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def text() -> str:
    return page.render()


def test_every_internal_link_has_its_place_and_no_name_is_used_twice(text: str) -> None:
    elements = Elements(text).found
    names = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(names) == len(set(names))
    links = [str(attributes["href"]) for tag, attributes in elements if tag == "a"]
    assert len(links) > len(page.PARTS)
    for link in links:
        assert link.startswith("https://") or link.removeprefix("#") in names, link


def test_nothing_is_fetched(text: str) -> None:
    for tag, attributes in Elements(text).found:
        if tag in ("img", "script", "link", "iframe"):
            for name in ("src", "href"):
                assert (attributes.get(name) or "data:").startswith("data:"), (tag, attributes)
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
def test_everything_of_the_template_is_there(text: str, section: str) -> None:
    for name in TEMPLATE[section]:
        assert f"<code>{name}</code>" in text


def test_every_alarm_has_its_runbook(text: str) -> None:
    for name, resource in TEMPLATE["Resources"].items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            entry = text.partition(f'<details id="{name}">')[2].partition("</details>")[0]
            assert "<strong>Means.</strong>" in entry, name
            assert "<strong>Do.</strong>" in entry, name


def test_alarms_of_every_processor_have_the_runbook_of_the_first() -> None:
    content = build(Retention.RETAINED, [lane("csv", folder="csv/")]).to_dict()
    words = page.alarms(content, (command.DOCS / "operations.md").read_text(encoding="utf-8"))
    entry = words.partition('<details id="CsvDeadLetterAlarm">')[2].partition("</details>")[0]
    assert "serverlessapp parked" in entry


def test_what_a_processor_is_and_what_is_signed_is_there(text: str) -> None:
    words = text.partition('<h2 id="processors">')[2].partition("</section>")[0]
    assert "<summary>The contract</summary>" in words
    assert "<summary>What is signed</summary>" in words


def test_an_alarm_without_a_runbook_has_its_description() -> None:
    assert "An invocation crashed or timed out" in page.alarms(TEMPLATE, "")


def test_each_grant_is_there_with_what_needs_it(text: str) -> None:
    proven = part((command.DOCS / "permissions.md").read_text(), "Grants")
    rows = [line for line in proven.splitlines() if line.startswith("| ")][1:]
    folded = text.partition("Grants, and the path")[2].partition("</details>")[0]
    assert folded.count("<tr>") == len(rows) + 1


def test_links_out_of_the_page_become_names() -> None:
    text = "[a](versions.md#back) [b](#here) [c](https://x.example) [d](operations.md#here)"
    expected = "a (docs/versions.md) [b](#here) [c](https://x.example) [d](#here)"
    assert inside(text, {"here"}) == expected


def test_headings_in_commands_are_none() -> None:
    assert part("## A\n```sh\n## B\n```\n## C\nx", "A") == "```sh\n## B\n```"
    with pytest.raises(MissingPartError, match="## B"):
        part("## A\n```sh\n## B\n```\n", "B")


def test_the_command_writes_and_says_where_it_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "new" / "page.html"
    assert main(["--output", str(target)]) == 0
    assert target.read_text().endswith("</html>\n")
    assert main(["--output", str(target / "page.html")]) == 2
    assert str(target) in capsys.readouterr().err
