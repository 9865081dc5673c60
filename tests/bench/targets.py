"""The design's targets, with what this run says of each.

Ratios are medians of the ratios within each turn. `least` and `most` say on which side
of the goal it is met.
"""
import statistics

from measure import ratios


def median(values):
    return statistics.median(values)


def rows(data, found):
    """(target, goal, stretch or None, unit, is less better, measured or None)"""
    r = data.rows

    def rate(short):
        return median(r[short].rates())

    fast = median(ratios(r["fast"], r["igzip"])) if "igzip" in r else None
    scrubs = [r[s] for s in ("fast", "balanced", "small", "dry", "one", "two")]
    scale = median([a / b for a, b in zip(r["one"].walls(), r["two"].walls())])
    told = found["get"].told
    members = len(set(told["members"]) - {"directory and end", "manifest.json"}) if told else None
    return [
        ("`--level fast`: time ÷ `igzip -1 -c`", 1.5, 1.25, "×", True, fast),
        ("`--level balanced`: speed", 220, 300, "MB/s", False, rate("balanced")),
        ("`--level balanced`: archive ÷ `gzip -6` of the scrubbed lines", 1.30, None, "×", True,
         r["balanced"].told["to_gzip"]),
        ("`--level small`: speed", 80, None, "MB/s", False, rate("small")),
        ("`--level small`: archive ÷ `gzip -6` of the scrubbed lines", 1.15, None, "×", True,
         r["small"].told["to_gzip"]),
        ("`--dry-run -j 1` on one CPU: speed", 300, 400, "MB/s", False, rate("dry")),
        ("`-j 2` on two CPUs: speed ÷ `-j 1` on one", 1.7, None, "×", False, scale),
        ("peak memory of all scrub rows", 96, None, "MiB", True,
         max(s.peak() for s in scrubs) / 2**20),
        ("1 MB input, start to end", 40, 15, "ms", True, 1e3 * median(found["small"].walls())),
        ("`verify`: speed", 300, None, "MB/s", False, rate("verify")),
        ("`verify --quick`: speed", 500, None, "MB/s", False, rate("quick")),
        ("`get` of one record out of the large snapshot", 10, None, "ms", True,
         1e3 * median(found["get"].walls())),
        ("members that `get` reads, besides `manifest.json`", 3, None, "", True, members),
        ("equal roots told apart: read of both", 64, None, "KiB", True,
         found["roots"].told["bytes"] / 1024 if found["roots"].told else None),
    ]


def number(value, unit):
    if unit == "":
        return str(value)
    places = 2 if unit == "×" else 0 if value >= 100 else 1
    return f"{value:.{places}f} {unit}"


def verdict(goal, stretch, less, value):
    """How it stands to the goal, in percent of it."""
    if value is None:
        return "not measured"
    def off(want):
        return 100 * (value / want - 1)
    def met(want):
        return value <= want if less else value >= want
    if stretch and met(stretch):
        return f"stretch met ({off(stretch):+.0f} %)"
    if met(goal):
        return f"met ({off(goal):+.0f} %)"
    return f"**missed by {abs(off(goal)):.0f} %**"


def table(found, caption):
    lines = [f"**Targets** ({caption}; one process each below), medians\n",
             "| target | goal | stretch | measured | |", "|---|---|---|---|---|"]
    for name, goal, stretch, unit, less, value in found:
        sign = "≤" if less else "≥"
        lines.append("| " + " | ".join([
            name, f"{sign} {goal} {unit}".strip(), f"{sign} {stretch} {unit}" if stretch else "",
            "" if value is None else number(value, unit),
            verdict(goal, stretch, less, value)]) + " |")
    return "\n".join(lines) + "\n"
