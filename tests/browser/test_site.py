"""The site in a real browser, from a folder: everybody can read it, and it works alone."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

from generators import tables
from pipeline import calculator
from serverlessapp.capacity import costs

from .conftest import SITE, Opened

NAMES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
View = tuple[int, Literal["light", "dark"]]  # a width and a scheme of colours
VIEWS: tuple[View, ...] = ((1280, "light"), (360, "dark"))
# What only one width shows (menus, contents) the theme makes, the same on each page, and no style
# sheet gives a width other colours: so these are for one page that has all of it.
OTHER_VIEWS: tuple[View, ...] = ((1280, "dark"), (360, "light"))
SMALLEST = 10  # pixels of text in a picture
# Words in tables that stand on more than one line.
BROKEN_WORDS = r"""() => [...document.querySelectorAll("article td, article th")].flatMap(cell => {
  const words = [], texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/\w+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(line => line.top)).size > 1) words.push(word[0]);
    }
  }
  return words;
})"""
# What is cut off: beyond the right edge, and in nothing that scrolls.
CUT_OFF = """() => [...document.querySelectorAll("article *")].filter(element =>
  element.getBoundingClientRect().right > innerWidth + 1
  && !element.closest(".table-wrapper, pre")
).map(element => element.outerHTML.slice(0, 99))"""
PICTURES = """() => [...document.querySelectorAll("article img")].map(
  image => [image.src, image.naturalWidth && image.clientWidth
    - 2 * parseFloat(getComputedStyle(image).paddingLeft)])"""
TERMS = calculator.terms(tables.template())
DEFAULTS = {field.name: field.default for field in calculator.INPUTS}


class Links(HTMLParser):
    """Where a page leads, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.names = {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.names.add(attributes.get("id") or "")
        if target := attributes.get("href") or attributes.get("src"):
            self.targets.append(target)


def small_text(opened: Opened) -> Iterator[str]:
    """Yield the pictures that are not there, or whose smallest text is hard to read."""
    for url, width in opened.page.evaluate(PICTURES):
        text = Path(unquote(url.removeprefix("file://"))).read_text(encoding="utf-8")
        units = float(re.findall(r'viewBox="\S+ \S+ (\S+) ', text)[0])
        sizes = re.findall(r'\bfont(?:-size="|-size: |: )([\d.]+)', text)
        if (shown := min(map(float, sizes)) * width / units) < SMALLEST:
            yield f"{url}: {shown:.1f} px"


def problems(opened: Opened) -> Iterator[object]:
    """Yield what is wrong with a page as it is shown now."""
    options = {"resultTypes": ["violations"], "preload": False}
    for violation in Axe().run(opened.page, options=options).response["violations"]:
        yield violation["id"], [node["html"][:150] for node in violation["nodes"][:3]]
    wide, room = opened.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if wide > room:
        yield f"{wide} pixels wide"
    yield from opened.page.evaluate(BROKEN_WORDS)
    yield from opened.page.evaluate(CUT_OFF)
    yield from small_text(opened)


def test_there_is_a_site() -> None:
    assert len(NAMES) > 50, "build it: tox run -e docs"


@pytest.mark.parametrize(
    ("opened", "views"),
    [*((name, VIEWS) for name in NAMES), ("operations.html", OTHER_VIEWS)],
    indirect=["opened"],
)
def test_everybody_can_read_it(opened: Opened, views: tuple[View, ...]) -> None:
    seen = {}
    for width, scheme in views:
        opened.page.set_viewport_size({"width": width, "height": 800})
        opened.page.emulate_media(color_scheme=scheme)
        if wrong := list(problems(opened)):
            seen[width, scheme] = wrong
    assert not seen
    assert opened.console == []
    assert not [url for url in opened.requests if not url.startswith(("file://", "data:"))]


def test_every_link_leads_somewhere() -> None:
    pages = {path: Links(path) for path in SITE.rglob("*.html")}
    broken = []
    for page, links in pages.items():
        for target in links.targets:
            path, _, anchor = target.partition("#")
            path = unquote(path.partition("?")[0])
            if re.match(r"\w+:", path):
                continue
            aim = (page.parent / path).resolve() if path else page
            if not aim.is_file() or (aim in pages and unquote(anchor) not in pages[aim].names):
                broken.append(f"{page.name}: {target}")
    assert sum(len(links.targets) for links in pages.values()) > 1000
    assert not broken


@pytest.mark.parametrize("opened", ["index.html"], indirect=True)
@pytest.mark.parametrize("words", ["redrive", "EnvironmentSuffix"])
def test_the_search_finds(opened: Opened, words: str) -> None:
    box = opened.page.locator("input[name=q]").first
    box.fill(words)
    box.press("Enter")
    opened.page.locator("#search-results li a").first.wait_for()
    assert "search.html" in opened.page.url
    assert opened.console == []


@pytest.mark.parametrize("opened", ["index.html"], indirect=True)
def test_the_search_does_not_find_what_is_nowhere(opened: Opened) -> None:
    opened.page.goto(opened.page.url.replace("index.html", "search.html?q=nosuchwordanywhere"))
    opened.page.get_by_text("did not match any documents").wait_for()


def shown(opened: Opened) -> dict[str, float]:
    """Return the unrounded dollars that the page has calculated, by service."""
    amounts: dict[str, float] = opened.page.eval_on_selector_all(
        "[data-service]",
        "all => Object.fromEntries(all.map(e => [e.dataset.service, Number(e.dataset.dollars)]))",
    )
    return amounts


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"files": 0},
        {"files": 1_000_000, "megabytes": 2.5, "milliseconds": 750, "memory": 1769, "batch": 10},
    ],
    ids=["defaults", "nothing", "much"],
)
def test_it_calculates_what_python_calculates(opened: Opened, given: dict[str, float]) -> None:
    before = opened.page.inner_text("#total")
    for name, value in given.items():
        opened.page.fill(f"#{name}", str(value))
    expected = costs.dollars(TERMS, {**DEFAULTS, **given})
    assert shown(opened) == pytest.approx(expected, rel=1e-12)
    total = opened.page.inner_text("#total")
    assert total == f"${sum(expected.values()):,.2f} a month"
    assert (total == before) == (not given)


def test_a_value_outside_its_limits_is_refused_in_words(opened: Opened) -> None:
    opened.page.fill("#batch", "11")
    assert opened.page.inner_text("#total") == "Files per batch: from 1 to 10, please."
    assert opened.page.get_attribute("#batch", "aria-invalid") == "true"
    opened.page.fill("#batch", "10")
    assert opened.page.inner_text("#total").endswith("a month")


def test_the_keyboard_reaches_the_form_and_focus_is_seen(opened: Opened) -> None:
    opened.page.focus("#files")
    reached = []
    for _ in calculator.INPUTS:
        name, outline = opened.page.evaluate(
            "(e => [e.id, getComputedStyle(e).outlineStyle])(document.activeElement)"
        )
        assert outline != "none", name
        reached.append(name)
        opened.page.keyboard.press("Tab")
    assert reached == list(DEFAULTS)
