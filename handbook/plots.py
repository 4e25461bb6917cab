"""Bars as inline SVG."""

from collections.abc import Sequence
from html import escape

ROW = 26  # pixels
LABEL, BARS, WIDTH = 190, 330, 640


def bars(title: str, values: Sequence[tuple[str, float]], unit: str) -> str:
    """Return horizontal bars, longest value over the whole width.

    Args:
        title: What is compared, also for a screen reader.
        values: Label and value of each bar.
        unit: Of the values.
    """
    longest = max((value for _, value in values), default=0) or 1
    spoken = ", ".join(f"{label} {value:,.4g} {unit}" for label, value in values)
    lines = [
        f'<figure><figcaption>{escape(title)}</figcaption><svg class="plot" role="img" '
        f'viewBox="0 0 {WIDTH} {ROW * len(values)}" aria-label="{escape(f"{title}: {spoken}")}">'
    ]
    for number, (label, value) in enumerate(values):
        y = number * ROW
        width = max(1, BARS * value / longest)
        lines += [
            f'<text x="0" y="{y + 17}">{escape(label[:28])}</text>',
            f'<rect x="{LABEL}" y="{y + 5}" width="{width:.1f}" height="{ROW - 10}"/>',
            f'<text x="{LABEL + width + 8:.1f}" y="{y + 17}">{value:,.4g} {escape(unit)}</text>',
        ]
    return "\n".join([*lines, "</svg></figure>"])
