"""Links and pages of the repository, as the site needs them."""

from types import SimpleNamespace

from pipeline import site
from pipeline.site import ROOT, included, relinked

DOCS = ROOT / "docs"


def test_links_of_the_readme_lead_to_pages_of_the_site() -> None:
    text = "[a](docs/pipeline.md#code) [b](CONTRIBUTING.md) [c](docs/adr/) ![d](docs/p/x.svg)"
    expected = "[a](pipeline.md#code) [b](contributing.md) [c](decisions.md) ![d](p/x.svg)"
    assert relinked(text, ROOT, DOCS) == expected


def test_files_become_downloads_and_folders_words() -> None:
    text = "[f](../CHANGELOG.md) [a](../LICENSE) [b](../examples/) [c](https://x.example) [e](#f)"
    expected = "f [a](../LICENSE) b [c](https://x.example) [e](#f)"
    assert relinked(text, DOCS, DOCS) == expected


def test_decisions_link_to_pages_above() -> None:
    text = "[a](../../README.md#b) [c](../ledger.md)"
    assert relinked(text, DOCS / "adr", DOCS / "adr") == "[a](../index.md#b) [c](../ledger.md)"


def test_a_page_includes_another_and_the_calculator() -> None:
    rendered = SimpleNamespace(render=lambda name, context: f"{name}: {len(context['inputs'])}")
    app = SimpleNamespace(
        env=SimpleNamespace(doc2path=lambda name: DOCS / f"{name}.md"),
        builder=SimpleNamespace(templates=rendered),
    )
    source = ["<!-- include: CONTRIBUTING.md -->\n<!-- calculator -->"]
    site.read(app, "page", source)
    assert source[0].startswith(included(ROOT / "CONTRIBUTING.md", DOCS)[:40])
    assert source[0].endswith("```{raw} html\ncalculator.html: 5\n```")


def test_the_corner_of_a_table_is_no_heading() -> None:
    context = {"body": f"<tr>{site.CORNER}<th>a</th></tr>"}
    site.finish(None, "", "", context, None)
    assert context["body"] == "<tr><td></td><th>a</th></tr>"
