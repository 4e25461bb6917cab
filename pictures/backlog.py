"""How many files wait during bursts, as a picture that is read on a phone, by day and by night."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from pipeline import scaling
from serverlessapp.capacity.burst import Burst
from serverlessapp.capacity.report import duration

WIDTH, HEIGHT = 360, 256  # of a panel: pixels on a phone, and what is wider only gets larger
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 62, 26
FROM, TO = 60.0, 60 * 86_400.0  # seconds
FEWEST, MOST = 1e3, 1e8  # files
STEPS = 160
TIMES = {60: "1 min", 600: "10 min", 3600: "1 h", 36_000: "10 h", 604_800: "1 week"}
NUMBERS = {1e3: "1 k", 1e4: "10 k", 1e5: "100 k", 1e6: "1 M", 1e7: "10 M", 1e8: "100 M"}
# Told apart by their dashes, too.
LINES = (("#1b7f5c", "#5fd3a8", ""), ("#1a5fb4", "#8ab8ff", "7 3"), ("#b3361c", "#ff9d85", "2 3"))
STYLE = "".join(
    [
        ".ground{fill:#fff}.text{fill:#24292f}.faint{fill:#57606a}.grid{stroke:#d8dee4}",
        *(f".l{n}{{stroke:{day}}}.t{n}{{fill:{day}}}" for n, (day, _, _) in enumerate(LINES)),
        "@media(prefers-color-scheme:dark){.ground{fill:#0d1117}.text{fill:#e6edf3}",
        ".faint{fill:#9198a1}.grid{stroke:#30363d}",
        *(f".l{n}{{stroke:{dark}}}.t{n}{{fill:{dark}}}" for n, (_, dark, _) in enumerate(LINES)),
        "}",
    ]
)


def draw() -> str:
    """Return the picture, an SVG: a panel for each setting, both axes logarithmic."""
    panels = [
        line
        for row, number in enumerate(scaling.PLOTTED)
        for line in panel(row * HEIGHT, scaling.options(number), scaling.found(number).bursts)
    ]
    height = HEIGHT * len(scaling.PLOTTED)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            'role="img" font-family="sans-serif" font-size="11">',
            "<title>Files that wait after bursts of 1, 10 and 100 million, over time</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
            *panels,
            "</svg>\n",
        ]
    )


def panel(top: int, options: str, bursts: Sequence[Burst]) -> Iterator[str]:
    """Yield the lines of a panel: what is set, what came of each burst, and how."""
    words = options.split(" --")
    yield text(8, top + 16, f"--{' --'.join(words[:3]).removeprefix('--')}", "text")
    if words[3:]:
        yield text(8, top + 31, f"--{' --'.join(words[3:])}", "text")
    yield f'<g class="grid" transform="translate(0 {top})">'
    yield from (f'<path d="M{x(at):.0f} {TOP}V{HEIGHT - BOTTOM}"/>' for at in TIMES)
    yield from (f'<path d="M{LEFT} {y(n):.0f}H{WIDTH - RIGHT}"/>' for n in NUMBERS)
    yield "</g>"
    for at, name in TIMES.items():
        yield text(x(at), top + HEIGHT - 10, name, "faint", "middle")
    for number, name in NUMBERS.items():
        yield text(LEFT - 4, top + y(number) + 4, name, "faint", "end")
    for number, (burst, (_, _, dash)) in enumerate(zip(bursts, LINES)):
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in points(burst))
        left = 8 + 116 * number
        yield (
            f'<path class="l{number}" transform="translate(0 {top})" fill="none" '
            f'stroke-width="2" stroke-dasharray="{dash}" d="M{left} {TOP - 17}h22M{path}"/>'
        )
        outcome = f"{burst.files / 1e6:g} M: {duration(burst.done)}"
        yield text(left + 27, top + TOP - 13, outcome, f"t{number}")


def points(burst: Burst) -> Iterator[tuple[float, float]]:
    """Yield where the line goes: until nothing waits, or beyond the picture."""
    for step in range(STEPS + 1):
        moment = FROM * (TO / FROM) ** (step / STEPS)
        if moment >= burst.done:
            yield x(burst.done), HEIGHT - BOTTOM
            return
        yield x(moment), y(max(FEWEST, burst.waiting(moment)))


def x(moment: float) -> float:
    """Return where a moment is."""
    return LEFT + (WIDTH - LEFT - RIGHT) * math.log(moment / FROM) / math.log(TO / FROM)


def y(files: float) -> float:
    """Return where a number of files is."""
    share = math.log(files / FEWEST) / math.log(MOST / FEWEST)
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share


def text(left: float, base: float, content: str, kind: str, anchor: str = "start") -> str:
    """Return a line of text."""
    place = f'x="{left:.0f}" y="{base:.0f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(content)}</text>'
