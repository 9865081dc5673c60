#!/usr/bin/env python3
"""docs/drift.svg: time and bytes read of `diff` of two snapshots against their drift.

drift.sh draws it; `plot.py FILE.json >FILE.svg` does so again from what --json kept.
"""
import json
import math
import sys

PANEL_W, PANEL_H = 340, 230     # of the plotted area
LEFT, TOP, GAP = 62, 64, 84
WIDTH, HEIGHT = 2 * PANEL_W + LEFT + GAP + 24, TOP + PANEL_H + 84

STYLE = """
svg{--ink:#1f2328;--soft:#59636e;--grid:#d8dee4;--paper:#fff;--a:#c2410c;--b:#0b63c5;
font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--soft:#9198a1;--grid:#30363d;--paper:#0d1117;
--a:#ff9b6b;--b:#6cb6ff}}
.paper{fill:var(--paper)}text{fill:var(--ink)}.soft{fill:var(--soft)}.title{font-size:14px;font-weight:600}
.grid{stroke:var(--grid);stroke-width:1}.all{stroke:var(--soft);stroke-dasharray:6 4;stroke-width:1.5}
.none{stroke:var(--soft);stroke-dasharray:1 4;stroke-width:1.5;stroke-linecap:round}
.s{fill:none;stroke:var(--a);stroke-width:2}.c{fill:none;stroke:var(--b);stroke-width:2}
.sd{fill:var(--a)}.cd{fill:var(--b)}
"""


def text(x, y, what, kind="", anchor="start"):
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{kind} text-anchor="{anchor}">{what}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


class Panel:
    """One diagram with logarithmic axes, its left border at x."""

    def __init__(self, x, title, unit, value, points):
        self.x, self.title, self.unit, self.value = x, title, unit, value
        self.points = points
        drifts = [p["drift"] for p in points if p["drift"]]
        values = [value(p) for p in points]
        self.low, self.high = math.log10(min(drifts)), math.log10(max(drifts))
        self.bottom = math.floor(math.log10(min(values)))
        self.top = max(math.ceil(math.log10(max(values))), self.bottom + 1)

    def at(self, drift):
        return self.x + PANEL_W * (math.log10(drift) - self.low) / (self.high - self.low)

    def height(self, value):
        return TOP + PANEL_H * (self.top - math.log10(value)) / (self.top - self.bottom)

    def axes(self):
        yield text(self.x, TOP - 14, self.title, "title")
        for power in range(self.bottom, self.top + 1):
            y = self.height(10 ** power)
            yield line(self.x, y, self.x + PANEL_W, y, "grid")
            yield text(self.x - 8, y + 4, f"{10.0 ** power:g} {self.unit}", "soft", "end")
        for power in range(math.ceil(self.low), math.floor(self.high) + 1):
            x = self.at(10 ** power)
            yield line(x, TOP, x, TOP + PANEL_H, "grid")
            yield text(x, TOP + PANEL_H + 18, f"{10.0 ** power:g} %", "soft", "middle")
        yield text(self.x + PANEL_W / 2, TOP + PANEL_H + 36, "records changed", "soft", "middle")

    def level(self, p, kind):
        y = self.height(self.value(p))
        return line(self.x, y, self.x + PANEL_W, y, kind)

    def curves(self):
        equal = next(p for p in self.points if not p["drift"])
        whole = max((p for p in self.points if p["all"]), key=lambda p: (p["drift"], not p["clustered"]))
        yield self.level(whole, "all")
        yield self.level(equal, "none")
        for clustered, kind in ((False, "s"), (True, "c")):
            own = sorted((p["drift"], self.value(p)) for p in self.points
                         if p["drift"] and not p["all"] and p["clustered"] == clustered)
            dots = [(self.at(d), self.height(v)) for d, v in own]
            yield f'<polyline class="{kind}" points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in dots) + '"/>'
            for x, y in dots:
                yield f'<circle class="{kind}d" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'


def legend():
    y = HEIGHT - 16
    for x, kind, what in ((LEFT, "s", "changes scattered"), (LEFT + 160, "c", "changes in one place"),
                          (LEFT + 340, "all", "everything is read"),
                          (LEFT + 510, "none", "nothing differs")):
        yield line(x, y - 4, x + 28, y - 4, kind)
        yield text(x + 36, y, what)


def picture(points, caption):
    """The SVG. Where reads were not counted there is one diagram."""
    panels = [Panel(LEFT, "Time", "ms", lambda p: p["ms"], points)]
    if all(p["bytes"] for p in points):
        panels.append(Panel(LEFT + PANEL_W + GAP, "Bytes read of both files", "MiB",
                            lambda p: p["bytes"] / 2**20, points))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           f'width="{WIDTH}" height="{HEIGHT}" role="img">',
           f"<title>The cost of sandcast diff follows the drift: {caption}</title>",
           f"<style>{STYLE}</style>", f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
           text(LEFT, 24, f"sandcast diff of {caption}", "soft")]
    for panel in panels:
        out += [*panel.axes(), *panel.curves()]
    return "\n".join([*out, *legend(), "</svg>"]) + "\n"


def main():
    with open(sys.argv[1], encoding="utf-8") as kept:
        told = json.load(kept)
    sys.stdout.write(picture(told["points"], told["caption"]))


if __name__ == "__main__":
    main()
