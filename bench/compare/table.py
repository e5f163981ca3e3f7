"""The table of the comparison, and its place in docs/performance.md."""
import dataclasses

BEGIN, END = "<!-- compare:begin -->", "<!-- compare:end -->"


@dataclasses.dataclass
class Row:
    work: str
    vigie_ms: float
    peer: str = ""
    peer_ms: float = 0
    wanted_ratio: float = 0  # peer's time over vigie's, at least
    wanted_ms: float = 0  # vigie's time, at most
    note: str = ""

    @property
    def ratio(self):
        return self.peer_ms / self.vigie_ms if self.peer_ms else 0

    @property
    def met(self):
        """True, False, or None where nothing is wanted."""
        if not (self.wanted_ratio or self.wanted_ms):
            return None
        fast_enough = not self.wanted_ms or self.vigie_ms <= self.wanted_ms
        return fast_enough and (not self.wanted_ratio or self.ratio >= self.wanted_ratio)


def duration(milliseconds):
    if milliseconds >= 10_000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 100 else f"{milliseconds:.1f} ms"


def wanted(row):
    parts = [f"{row.wanted_ratio:g}x"] if row.wanted_ratio else []
    parts += [f"at most {duration(row.wanted_ms)}"] if row.wanted_ms else []
    return ", ".join(parts)


def cells(row):
    verdict = {True: "met", False: "**short**", None: ""}[row.met]
    peer = f"{duration(row.peer_ms)} ({row.peer})" if row.peer_ms else "–"
    ratio = f"{row.ratio:.2f}x" if row.peer_ms else "–"
    return [row.work, duration(row.vigie_ms), peer, ratio, wanted(row), verdict, row.note]


def markdown(rows):
    head = ["work", "vigie", "peer", "ratio", "wanted", "", "note"]
    lines = [head, ["---"] * len(head)] + [cells(row) for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def replace_block(text, block, begin=BEGIN, end=END):
    """The text with what lies between the two marks replaced."""
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    return f"{before}{begin}\n{block}\n{end}{after}"
