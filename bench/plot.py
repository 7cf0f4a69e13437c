# SPDX-License-Identifier: MIT
"""A line plot over a logarithmic axis, as SVG. Its greys and colours are of middle lightness, so that it can be read on
white and on black."""
import dataclasses
import math
from xml.sax.saxutils import escape

WIDTH, PANEL_HEIGHT = 760, 230
LEFT, RIGHT, TOP, BETWEEN, BOTTOM = 70, 40, 64, 62, 48
GREY, FAINT = "#7c828a", "#7c828a55"
COLOURS = ["#2f81d6", "#d1741c", "#3c9a5f", "#a45cc4"]


@dataclasses.dataclass
class Panel:
    """title: what is drawn, with its unit. lines: points (x, y) in the order of x, by the name of a line."""
    title: str
    lines: dict


def short(value):
    """1000000 as 1M."""
    for size, letter in (1e6, "M"), (1e3, "k"):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def digits(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def round_step(highest):
    """A step of 1, 2 or 5 times a power of ten, of which four or five, or a few more, reach the highest value."""
    power = 10 ** math.floor(math.log10(highest / 4))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= highest / 5)


def text(x, y, content, anchor="middle", colour=GREY, size=12, weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}" '
            f'font-weight="{weight}">{escape(content)}</text>')


def rule(x1, y1, x2, y2, colour):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


class Axes:
    """Where a value lies: x by its logarithm, y from zero."""

    def __init__(self, panel, lowest, highest, top):
        self.lowest, self.highest, self.top = lowest, max(highest, lowest * 1.01), top
        most = max(y for line in panel.lines.values() for _, y in line) * 1.12 or 1  # labels stand above the points
        self.step = round_step(most)
        self.most = math.ceil(most / self.step) * self.step

    def x(self, value):
        share = math.log(value / self.lowest) / math.log(self.highest / self.lowest)
        return LEFT + 14 + share * (WIDTH - LEFT - RIGHT - 28)

    def y(self, value):
        return self.top + PANEL_HEIGHT * (1 - value / self.most)

    def grid_through(self, y):
        """The height of the grid line that would run through a label whose middle is at y, or None."""
        lines = [self.y(tick * self.step) for tick in range(round(self.most / self.step) + 1)]
        return next((line for line in lines if abs(line - y) < 7), None)

    def draw(self, panel, xs):
        right, bottom = WIDTH - RIGHT, self.top + PANEL_HEIGHT
        yield text(LEFT, self.top - 12, panel.title, "start", size=13, weight="bold")
        for tick in range(round(self.most / self.step) + 1):
            y = self.y(tick * self.step)
            yield rule(LEFT, y, right, y, GREY if tick == 0 else FAINT)
            yield text(LEFT - 8, y + 4, f"{tick * self.step:,g}", "end")
        for x in xs:
            yield rule(self.x(x), bottom, self.x(x), bottom + 5, GREY)
            yield text(self.x(x), bottom + 19, short(x))


def label_height(panel, name, point, axes):
    """Where the label of a point goes: above it if the line is the highest there, below if the lowest,
    but not below the axis, else nowhere."""
    x, y = point
    there = [value for line in panel.lines.values() for at, value in line if at == x]
    names = [n for n, line in panel.lines.items() if any(at == x for at, _ in line)]
    if y == max(there) and name == next(n for n in names if (x, y) in panel.lines[n]):
        grid = axes.grid_through(axes.y(y) - 13)
        return axes.y(y) - 9 if grid is None else grid - 5
    low = [n for n in names if (x, min(there)) in panel.lines[n]]
    if y > min(there) or y == max(there) or name != low[-1]:
        return None
    grid = axes.grid_through(axes.y(y) + 14)
    height = axes.y(y) + 18 if grid is None else grid + 13
    if height < axes.y(0):
        return height
    return axes.y(y) - 9 if axes.y(y) - axes.y(max(there)) > 30 else None


def draw_line(panel, name, colour, axes):
    points = panel.lines[name]
    path = " ".join(f"{axes.x(x):.1f},{axes.y(y):.1f}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in points:
        yield f'<circle cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="3.5" fill="{colour}"/>'
        height = label_height(panel, name, (x, y), axes)
        if height is not None:
            yield text(axes.x(x), height, digits(y), colour=colour, size=11)


def draw(title, across, panels):
    """The plot: panels under each other over one axis, which `across` names."""
    xs = sorted({x for panel in panels for line in panel.lines.values() for x, _ in line})
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    height = TOP + len(panels) * PANEL_HEIGHT + (len(panels) - 1) * BETWEEN + BOTTOM
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
             f'height="{height}" font-family="system-ui, sans-serif" role="img">', f"<title>{escape(title)}</title>"]
    x = WIDTH - RIGHT
    for number, name in reversed(list(enumerate(names))):
        parts.append(text(x, 22, name, "end", COLOURS[number % len(COLOURS)], weight="bold"))
        x -= 7.5 * len(name) + 18
    parts.append(text(LEFT, 22, title, "start", size=14, weight="bold"))
    for number, panel in enumerate(panels):
        axes = Axes(panel, xs[0], xs[-1], TOP + number * (PANEL_HEIGHT + BETWEEN))
        parts += axes.draw(panel, xs)
        for name in panel.lines:
            parts += draw_line(panel, name, COLOURS[names.index(name) % len(COLOURS)], axes)
    parts += [text((LEFT + WIDTH - RIGHT) / 2, height - 8, across), "</svg>"]
    return "\n".join(parts) + "\n"
