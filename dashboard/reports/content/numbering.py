"""Numbers of tables and charts in print order, the sentence that refers to them, and the mark on figures that a check doubts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dashboard.reports.content.blocks import Block, Chart, Figure, Language, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import DOUBTFUL

DOUBTFUL_NOTE: dict[Language, str] = {
    "vi": f"{DOUBTFUL} Số liệu có kiểm tra nhất quán chưa đạt, cần rà soát.",
    "en": f"{DOUBTFUL} A figure that a failed check concerns, to be reviewed.",
}
NAMES: dict[type[Block], str] = {Table: "Bảng", Chart: "Biểu đồ"}


@dataclass
class Numbering:
    """Counts the tables and the charts of a report, or of one annex, whose number comes before theirs."""

    annex: str = ""
    _used: dict[str, int] = field(default_factory=dict)

    def numbered(self, blocks: Iterable[Block]) -> list[Block]:
        """The blocks with `Bảng 1.` or `Biểu đồ I.1.` before their captions."""
        return [replace(block, caption=f"{self._next(block)}. {block.caption}") if isinstance(block, Table | Chart) else block for block in blocks]

    def _next(self, block: Table | Chart) -> str:
        name = NAMES[type(block)]
        self._used[name] = self._used.get(name, 0) + 1
        return f"{name} {f'{self.annex}.' if self.annex else ''}{self._used[name]}"


def referred_to(data: ReportData, section: str, blocks: Sequence[Block]) -> list[Block]:
    """The numbered blocks of a section with a sentence before the first table or chart that refers to all of them."""
    numbers = [block.caption.partition(".")[0] for block in blocks if isinstance(block, Table | Chart)]
    if not numbers:
        return list(blocks)
    place = next(place for place, block in enumerate(blocks) if isinstance(block, Table | Chart))
    return [*blocks[:place], data.say(f"{section}.shown", "shown", numbers=numbers), *blocks[place:]]


def doubts_marked(blocks: Iterable[Block], figures: Mapping[str, Figure], language: Language) -> list[Block]:
    """The blocks with a mark on each figure of a table that a failed check concerns, and what it means below the table."""
    return [_marked(block, figures, language) if isinstance(block, Table) else block for block in blocks]


def _marked(table: Table, figures: Mapping[str, Figure], language: Language) -> Table:
    doubtful = {key for key, figure in figures.items() if figure.failed_checks}
    if not any(cell.figure in doubtful for row in table.rows for cell in row):
        return table
    rows = tuple(tuple(replace(cell, text=f"{cell.text} {DOUBTFUL}") if cell.figure in doubtful else cell for cell in row) for row in table.rows)
    return replace(table, rows=rows, note=f"{table.note} {DOUBTFUL_NOTE[language]}".strip())
