"""Places of lines and bars in a drawing; the colours and words are the template's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from insights.figures import Waiting

LEFT, RIGHT, TOP = 38.0, 406.0, 12.0


class Numbered(Protocol):
    """A week, by its number in the year."""

    @property
    def number(self) -> int: ...


@dataclass(frozen=True)
class Line:
    """One series: its path, its last point, and the value there."""

    key: str
    label: str
    path: str
    x: str
    y: str
    last: int | None
    text_y: str


@dataclass(frozen=True)
class Chart:
    """A line chart of weeks, 452 wide."""

    height: int
    grid: list[tuple[str, str, int]]
    labels: list[tuple[str, int]]
    lines: list[Line]
    goal: tuple[str, str, int] | None


def chart(
    weeks: Sequence[Numbered], series: list[tuple[str, str, list[int | None]]], *, height: int, goal: int | None = None
) -> Chart:
    """Give the drawing of these percentages per week; a week that says nothing leaves a gap."""
    low, high = _scale([value for _key, _label, points in series for value in points if value is not None], goal)
    step = 10 if high - low <= 50 else 20
    bottom = height - 26.0

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - TOP)

    def x(place: int) -> float:
        return LEFT + (RIGHT - LEFT) * (place / (len(weeks) - 1) if len(weeks) > 1 else 1)

    lines = [_line(key, label, points, x, y) for key, label, points in series]
    every = max(1, -(-(len(weeks) - 1) // 3))
    shown = [place for place in range(len(weeks)) if (len(weeks) - 1 - place) % every == 0]
    return Chart(
        height=height,
        grid=[(f"{y(tick):.1f}", f"{y(tick) + 4:.1f}", tick) for tick in range(low, high + 1, step)],
        labels=[(f"{x(place):.1f}", weeks[place].number) for place in shown],
        lines=_apart(lines),
        goal=(f"{y(goal):.1f}", f"{y(goal) - 6:.1f}", goal) if goal else None,
    )


@dataclass(frozen=True)
class Columns:
    """A chart of one number per week as standing bars, 452 wide."""

    height: int
    grid: list[tuple[str, str, int]]
    labels: list[tuple[str, int]]
    bars: list[tuple[str, str, str, int]]  # left, top, height, number
    width: str
    last: tuple[str, str, int] | None


def columns(weeks: Sequence[Numbered], numbers: list[int], *, height: int) -> Columns:
    """Give the drawing of these numbers per week, from zero up."""
    step = _round(max(numbers, default=0))
    most = step * max(1, -(-max(numbers, default=0) // step))
    bottom, each = height - 26.0, (RIGHT - LEFT) / max(len(weeks), 1)

    def y(value: float) -> float:
        return bottom - value / most * (bottom - TOP)

    left = [LEFT + each * place + each * 0.14 for place in range(len(weeks))]
    every = max(1, -(-(len(weeks) - 1) // 3))
    shown = [place for place in range(len(weeks)) if (len(weeks) - 1 - place) % every == 0]
    middle = each * 0.36
    return Columns(
        height=height,
        grid=[(f"{y(tick):.1f}", f"{y(tick) + 4:.1f}", tick) for tick in range(0, most + 1, step)],
        labels=[(f"{left[place] + middle:.1f}", weeks[place].number) for place in shown],
        bars=[(f"{x:.1f}", f"{y(n):.1f}", f"{bottom - y(n):.1f}", n) for x, n in zip(left, numbers, strict=True)],
        width=f"{each * 0.72:.1f}",
        last=("415", f"{y(numbers[-1]) + 4.5:.1f}", numbers[-1]) if numbers else None,
    )


def _round(most: int) -> int:
    """Give a step of 1, 2 or 5 times a power of ten of which at most five reach the highest number."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if step * times * 5 >= most:
                return step * times
        step *= 10


def _scale(values: list[int], goal: int | None) -> tuple[int, int]:
    """Give the lowest and highest percentage of the drawing: from zero, or around the goal when there is one."""
    if goal is None:
        return 0, min(100, max(10, -(-max(values, default=10) // 10) * 10))
    known = [*values, goal]
    return max(0, min(known) // 10 * 10 - 10), min(100, -(-max(known) // 10) * 10 + 10)


def _line(
    key: str, label: str, points: list[int | None], x: Callable[[int], float], y: Callable[[float], float]
) -> Line:
    steps, pen = [], "M"
    last: tuple[float, float, int] | None = None
    for place, value in enumerate(points):
        if value is None:
            pen = "M"
            continue
        steps.append(f"{pen}{x(place):.1f} {y(value):.1f}")
        pen, last = "L", (x(place), y(value), value)
    if last is None:
        return Line(key, label, "", "", "", None, "")
    return Line(key, label, " ".join(steps), f"{last[0]:.1f}", f"{last[1]:.1f}", last[2], f"{last[1] + 4.5:.1f}")


def _apart(lines: list[Line]) -> list[Line]:
    """Move the words beside two lines that end close together, so that both can be read."""
    drawn = [line for line in lines if line.last is not None]
    if len(drawn) != 2:
        return lines
    upper, lower = sorted(drawn, key=lambda line: float(line.y))
    gap = 15 - (float(lower.text_y) - float(upper.text_y))
    if gap <= 0:
        return lines
    moved = {upper.key: float(upper.text_y) - gap / 2, lower.key: float(lower.text_y) + gap / 2}
    return [replace(line, text_y=f"{moved[line.key]:.1f}") if line.key in moved else line for line in lines]


@dataclass(frozen=True)
class Bar:
    key: str
    x: str
    width: str


def bars(row: Waiting, widest: int) -> list[Bar]:
    """Give the bars of one team, in percent of the widest, with a gap of about two pixels between them."""
    place, found = 0.0, []
    for key, n in (("late", row.late), ("today", row.today), ("ontime", row.on_time)):
        if n:
            width = n / widest * 98.5
            found.append(Bar(key, f"{place:.2f}", f"{max(width - 0.6, 0.4):.2f}"))
            place += width
    return found
