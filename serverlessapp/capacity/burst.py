"""How a burst of files waits and drains, calculated piece by piece along straight lines.

No part lets fewer files through than before, so a queue that is empty once stays empty. That
DynamoDB's throughput doubles with the time alone is exact, too: while it is not used up, what
another part lets through has not yet doubled either, since none grows faster than along a line.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from serverlessapp.capacity.throughput import Throughput

ALIKE = 1e-9  # of each other: what lines may miss each other by where they cross
Line = tuple[float, float, str]  # files a second, growth, name of the part


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some seconds in which nothing changes but the number of files."""

    begin: float  # seconds from the beginning of the burst
    end: float  # likewise, exclusive
    waiting: float  # files, at the beginning
    arriving: float  # files a second
    rate: float  # files a second that are processed, at the beginning
    growth: float  # how many more each second
    part: str  # what limits that; where nothing waits, how files come in
    idle: bool = False  # whether nothing waits, and all that comes is processed

    def at(self, moment: float) -> float:
        """Return how many files wait."""
        passed = moment - self.begin
        grown = self.waiting + (self.arriving - self.rate) * passed
        return max(0.0, grown - self.growth * passed**2 / 2)

    @property
    def most_waiting(self) -> float:
        """The most files that wait at a time."""
        turn = self.begin + (self.arriving - self.rate) / self.growth if self.growth else self.begin
        moments = (self.begin, min(self.end, max(self.begin, turn)), self.end)
        return max(self.at(moment) for moment in moments)


@dataclass(frozen=True, kw_only=True)
class Burst:
    """What comes of a burst."""

    files: float
    uploaded: float  # seconds until the last one is there; infinite: they never are
    done: float  # seconds until none waits any more; infinite: some always do
    pieces: Sequence[Piece] = field(repr=False)

    @property
    def most_waiting(self) -> float:
        """The most files that wait at a time."""
        return max((piece.most_waiting for piece in self.pieces), default=0.0)

    @property
    def fastest(self) -> float:
        """The most files a second that are processed."""
        ends = (
            piece.arriving if piece.idle else piece.rate + piece.growth * (piece.end - piece.begin)
            for piece in self.pieces
        )
        return max(ends, default=0.0)

    @property
    def limited_by(self) -> dict[str, float]:
        """Seconds for which each part sets the pace, by its name; the longest first."""
        seconds: dict[str, float] = {}
        for piece in self.pieces:
            seconds[piece.part] = seconds.get(piece.part, 0) + piece.end - piece.begin
        return dict(sorted(seconds.items(), key=lambda item: -item[1]))

    @property
    def last_waits(self) -> float:
        """Seconds that the last file waits; what comes after it waits behind it."""
        before = self.waiting(self.uploaded)
        for piece in self.pieces:
            if piece.begin >= self.uploaded:
                moment = piece.begin + seconds_until_empty(before, -piece.rate, piece.growth)
                if moment <= piece.end * (1 + ALIKE):
                    return moment - self.uploaded
                passed = piece.end - piece.begin
                before -= piece.rate * passed + piece.growth * passed**2 / 2
        return self.done - self.uploaded

    def waiting(self, moment: float) -> float:
        """Return how many files wait, ``moment`` seconds after the beginning."""
        return next((each.at(moment) for each in self.pieces if moment <= each.end), 0.0)


def burst(files: float, steady: float, parts: Sequence[Throughput]) -> Burst:
    """Return what comes of so many files that are uploaded as fast as the parts let them.

    ``steady``: files a second that come all the time, besides.
    """
    arriving, gate = min((part.last, part.part) for part in parts if part.limits == "arrival")
    if arriving <= steady:
        return Burst(files=files, uploaded=math.inf, done=math.inf, pieces=())
    uploaded = files / (arriving - steady)
    pieces: list[Piece] = []
    waiting = 0.0
    for begin, end, lines in stretches(parts, uploaded):
        now, coming = begin, arriving if begin < uploaded else steady
        while now < end:
            rate, growth, name = lowest(lines, now - begin)
            idle = not waiting and rate >= coming * (1 - ALIKE)
            if idle:
                if begin >= uploaded:
                    return Burst(files=files, uploaded=uploaded, done=now, pieces=pieces)
                until = gone = end
            else:
                gone = now + seconds_until_empty(waiting, coming - rate, growth)
                until = min(end, gone, begin + overtaken(lines, now - begin, rate, growth))
            if until == math.inf:
                break
            piece = Piece(
                begin=now,
                end=until,
                waiting=waiting,
                arriving=coming,
                rate=rate,
                growth=growth,
                part=gate if idle else name,
                idle=idle,
            )
            pieces.append(piece)
            waiting = 0.0 if until == gone else piece.at(until)
            now = until
    return Burst(files=files, uploaded=uploaded, done=math.inf, pieces=pieces)


def stretches(
    parts: Sequence[Throughput], uploaded: float
) -> Iterator[tuple[float, float, list[Line]]]:
    """Yield begin and end of where each part is one line, and these, beginning there."""
    curves = [
        (part.part, list(part.lines())) for part in parts if part.limits in ("queue", "calls")
    ]
    begins = {0.0, uploaded, *(begin for _, lines in curves for begin, *_ in lines)}
    for begin, end in pairwise([*sorted(begins), math.inf]):
        current = []
        for name, lines in curves:
            since, rate, growth = max(line for line in lines if line[0] <= begin)
            current.append((rate + growth * (begin - since), growth, name))
        yield begin, end, current


def lowest(lines: Sequence[Line], passed: float) -> Line:
    """Return the line that is lowest now, and next: its files a second now, growth and name."""
    now = [(rate + growth * passed, growth, name) for rate, growth, name in lines]
    least = min(now)[0]
    alike = [line for line in now if line[0] <= least * (1 + ALIKE)]
    return min(alike, key=lambda line: line[1])


def overtaken(lines: Sequence[Line], passed: float, rate: float, growth: float) -> float:
    """Return when, counted from where the lines begin, another becomes the lowest."""
    crossings = (
        (other + slower * passed - rate) / (growth - slower)
        for other, slower, _ in lines
        if slower < growth
    )
    return passed + min(crossings, default=math.inf)


def seconds_until_empty(waiting: float, excess: float, growth: float) -> float:
    """Return how long a queue takes, of which ``excess - growth * t`` files a second are left."""
    root = math.sqrt(excess**2 + 2 * growth * waiting)
    if excess < 0:
        return 2 * waiting / (root - excess)  # the other form would lose all digits
    return (excess + root) / growth if growth else math.inf
