"""The page in a real browser: it works for everybody, alone, and says the truth."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from generators import tables
from handbook import calculator
from handbook.page import PARTS
from serverlessapp.capacity import costs

from .conftest import Opened

TERMS = calculator.terms(tables.template())
DEFAULTS = {field.name: field.default for field in calculator.INPUTS}


def unfold(opened: Opened) -> None:
    opened.page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")


def shown(opened: Opened) -> dict[str, float]:
    """Return the unrounded dollars that the page has calculated, by service."""
    found: dict[str, float] = opened.page.eval_on_selector_all(
        "[data-service]",
        "all => Object.fromEntries(all.map(e => [e.dataset.service, Number(e.dataset.dollars)]))",
    )
    return found


def test_it_opens_without_errors_and_without_a_network(opened: Opened) -> None:
    unfold(opened)
    opened.page.fill("#files", "5")
    assert opened.console == []
    assert [url for url in opened.requests if not url.startswith("data:")] == [opened.url]


def test_nobody_is_kept_out(opened: Opened) -> None:
    unfold(opened)
    violations = Axe().run(opened.page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:200]) for one in violations]


def test_it_never_scrolls_sideways(opened: Opened) -> None:
    unfold(opened)
    wide, room = opened.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room


def test_every_part_can_be_reached(opened: Opened) -> None:
    for name, title in PARTS.items():
        opened.page.get_by_role("navigation").get_by_role("link", name=title).click()
        assert opened.page.evaluate("location.hash") == f"#{name}"
        assert opened.page.locator(f"h2#{name}").is_visible()


def test_every_picture_is_drawn(opened: Opened) -> None:
    sizes = opened.page.eval_on_selector_all(
        "img", "all => all.map(one => one.complete && one.naturalWidth)"
    )
    assert sizes
    assert all(sizes)


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
    for name, value in given.items():
        opened.page.fill(f"#{name}", str(value))
    expected = costs.dollars(TERMS, {**DEFAULTS, **given})
    assert shown(opened) == pytest.approx(expected, rel=1e-12)
    total = opened.page.inner_text("#total")
    assert total == f"${sum(expected.values()):,.2f} a month"


def test_a_value_outside_its_limits_is_refused_in_words(opened: Opened) -> None:
    opened.page.fill("#batch", "11")
    assert opened.page.inner_text("#total") == "Files per batch: from 1 to 10, please."
    assert opened.page.get_attribute("#batch", "aria-invalid") == "true"
    opened.page.fill("#batch", "10")
    assert opened.page.inner_text("#total").endswith("a month")


def test_the_keyboard_reaches_everything_and_focus_is_seen(opened: Opened) -> None:
    reached = set()
    for _ in range(60):
        opened.page.keyboard.press("Tab")
        tag, identity, outline = opened.page.evaluate(
            "(e => [e.tagName, e.id, getComputedStyle(e).outlineStyle])(document.activeElement)"
        )
        if tag == "BODY":
            break
        assert outline != "none", (tag, identity)
        reached.add(identity or tag)
    assert {"A", "SUMMARY", *DEFAULTS} <= reached
    opened.page.locator("summary").first.focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("details").first.get_attribute("open") is not None
