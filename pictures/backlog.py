"""How many files wait during bursts, drawn by Matplotlib, to be read on a phone."""

from io import BytesIO
from textwrap import fill

from pipeline import scaling
from serverlessapp.capacity.burst import Burst
from serverlessapp.capacity.report import duration

WIDTH, HEIGHT = 4.4, 6.6  # inches; a phone shows 72 pixels or more of each
FROM, TO = 60.0, 60 * 86_400.0  # seconds
STEPS = 160
TIMES = {60: "1 min", 600: "10 min", 3600: "1 h", 36_000: "10 h", 604_800: "1 week"}
NUMBERS = {1e3: "1 k", 1e4: "10 k", 1e5: "100 k", 1e6: "1 M", 1e7: "10 M", 1e8: "100 M"}
# Told apart by their dashes, too.
LINES = (("#1b7f5c", "-"), ("#1a5fb4", "--"), ("#b3361c", ":"))
# Text stays text, and the same bytes come out each time.
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "backlog", "font.size": 11}


def draw() -> bytes:
    """Return the picture, an SVG: a panel for each setting, both axes logarithmic."""
    from matplotlib import rc_context  # only in the environment docs
    from matplotlib.figure import Figure

    image = BytesIO()
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        for axes, number in zip(figure.subplots(len(scaling.PLOTTED)), scaling.PLOTTED):
            for burst, (colour, dashes) in zip(scaling.found(number).bursts, LINES):
                label = f"{burst.files / 1e6:g} M files: {duration(burst.done)}"
                axes.loglog(*zip(*points(burst)), dashes, color=colour, label=label)
            axes.set_title(fill(scaling.options(number), 40), fontsize=11)
            axes.set_xlim(FROM, TO)
            axes.set_xticks(list(TIMES), TIMES.values())
            axes.set_yticks(list(NUMBERS), NUMBERS.values())
            axes.set_ylim(min(NUMBERS), max(NUMBERS) * 2)
            axes.minorticks_off()
            axes.grid(visible=True, color="#d8dee4")
            axes.legend(loc="lower left")
        figure.savefig(image, format="svg", metadata={"Date": None})
    return image.getvalue()


def points(burst: Burst) -> list[tuple[float, float]]:
    """Return moments in seconds, and how many files wait then: until nothing does."""
    moments = [FROM * (TO / FROM) ** (step / STEPS) for step in range(STEPS + 1)]
    waiting = [(at, max(min(NUMBERS), burst.waiting(at))) for at in moments if at < burst.done]
    return [*waiting, (burst.done, min(NUMBERS))]
