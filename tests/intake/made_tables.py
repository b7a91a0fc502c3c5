"""The tables of made-up reports: the figures of `data/` printed again, in several looks.

Layouts differ in everything a real report may differ in: spacing, width of digits and brackets,
order of rows and years, extra columns, merged cells, page breaks. Nothing here is copied from a
report; only figures, labels and table headings appear.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from qzanalysis import codebook
from qzanalysis.intake.extraction import meanings
from qzanalysis.intake.layout import FORM, SECTION_TABLES, Cell, edition_for, file_of
from qzanalysis.reports import loading

SCHOOL, YEAR = "quzhou-zhongzhuan", 2021


@dataclass(frozen=True)
class Printed:
    """One printed cell: text, and how many columns and rows it covers."""

    text: str
    across: int = 1
    down: int = 1


Rows = list[list[Printed]]


@dataclass(frozen=True)
class PrintedTable:
    """A table with its title; `head` rows come first. A covered position has no cell."""

    title: str
    head: Rows
    body: Rows

    @property
    def rows(self) -> Rows:
        """All rows."""
        return self.head + self.body


@dataclass(frozen=True)
class Look:
    """How a made-up report differs from the plain one."""

    wide_digits: bool = False
    half_brackets: bool = False
    spaced: bool = False
    shuffled: bool = False
    newest_first: bool = False
    extra_columns: bool = False
    broken_after: int = 0  # rows on a page, 0 for no page breaks
    repeat_head: bool = False
    numbers: bool = True
    halves: bool = False


PLAIN = Look()
LOOKS: dict[str, Look] = {
    "plain": PLAIN,
    "wide": Look(wide_digits=True, spaced=True),
    "brackets": Look(half_brackets=True, newest_first=True, numbers=False),
    "shuffled": Look(shuffled=True, extra_columns=True),
    "broken": Look(broken_after=9),
    "repeated": Look(broken_after=12, repeat_head=True, extra_columns=True),
    "halves": Look(halves=True),
}


Truth = dict[tuple[str, str, str, int], str]


@dataclass(frozen=True)
class Figures:
    """What a made-up report prints: its year, and table, indicator, breakdown, year → printed."""

    year: int
    truth: Truth

    def years(self, look: Look) -> list[int]:
        """The columns of its tables."""
        years = [self.year - 1, self.year]
        return years[::-1] if look.newest_first else years

    def of(self, table: str) -> dict[tuple[str, str, int], str]:
        """The figures of one table."""
        return {key[1:]: printed for key, printed in self.truth.items() if key[0] == table}


def truth(observations: pd.DataFrame | None = None) -> Truth:
    """What an extractor should find: table, indicator, breakdown, year → printed."""
    frame = _frame() if observations is None else observations
    return {
        (table, r["indicator"], r["breakdown"], int(r["year"])): r["printed"]
        for r in frame.to_dict("records")
        if (table := file_of(r["source"])) == FORM or table in SECTION_TABLES
    }


def figures_of(cells: Iterable[Cell], year: int) -> Figures:
    """A report of other figures: those of tables; blank cells stay blank."""
    found = {(file_of(c.source), c.indicator, c.breakdown, c.year): c.printed for c in cells}
    tables = {FORM, *SECTION_TABLES}
    return Figures(year, {key: text for key, text in found.items() if key[0] in tables})


def tables(look: Look = PLAIN, seed: int = 1, figures: Figures | None = None) -> list[PrintedTable]:
    """The six tables of the report in one look; without figures, those of `data/`."""
    shown = figures or Figures(YEAR, truth())
    makers = (_students, _academic, _skills, _employment, _programmes, _form)
    return [_dressed(make(look, shown), look, random.Random(seed)) for make in makers]


def _frame() -> pd.DataFrame:
    return loading.load(SCHOOL, YEAR).observations


def _cells(*texts: str) -> list[Printed]:
    return [Printed(text) for text in texts]


def _students(look: Look, figures: Figures) -> PrintedTable:
    values = figures.of("students")
    names = {
        ("intake", ""): "招生规模",
        ("students", ""): "现在在校生数",
        ("graduates", ""): "毕业生规模",
        ("students", "class=progression"): "升学班人数",
        ("students", "class=college_track"): "中高职一体人数",
        ("students", "class=employment"): "就业班人数",
        ("retention_rate", ""): "巩固率",
    }
    rows: Rows = []
    for (indicator, part), name in names.items():
        change = ";".join(filter(None, (part, "change=difference")))
        first = [Printed("学生结构", down=3)] if part == "class=progression" else []
        label = [Printed(name)] if part else [Printed(name, across=2)]
        years = [values[indicator, part, year] for year in figures.years(look)]
        rows.append([*first, *label, *_cells(*years, values[indicator, change, figures.year])])
    heads = [
        Printed("学生情况", across=2),
        *_cells(*[f"{y} 年" for y in figures.years(look)], "变化情况"),
    ]
    return PrintedTable("1.2 学生情况", [heads], rows)


def _academic(look: Look, figures: Figures) -> PrintedTable:
    values = figures.of("academic_tests")
    courses = {"chinese": "语文", "mathematics": "数学", "english": "英语", "computing": "计算机"}
    rows: Rows = []
    for year in figures.years(look):
        for n, cohort in enumerate((year - 2, year - 1)):
            first = [Printed(f"{year} 年", down=2)] if n == 0 else []
            found = [
                values["academic_pass_rate", f"cohort={cohort};course={c}", year] for c in courses
            ]
            rows.append([*first, *_cells(f"{cohort % 100} 级", *found)])
    heads = _cells("时间", "年级", *[f"{name}合格率" for name in courses.values()])
    return PrintedTable("2.1.2 学业水平考试", [heads], rows)


def _skills(look: Look, figures: Figures) -> PrintedTable:
    values = figures.of("skill_tests")
    programmes = list(dict.fromkeys(key[1] for key in values))
    rows: Rows = []
    for n, programme in enumerate(programmes, start=1):
        first = [Printed("专业技能合格率", down=len(programmes))] if n == 1 else []
        name = _old_name(programme.partition("=")[2])
        found = [values["skill_test_pass_rate", programme, year] for year in figures.years(look)]
        rows.append([*first, *_cells(f"{n}. {name}", *found)])
    heads = ["", "专业", *[f"{y} 年度中级工合格率（或其它技能测试）" for y in figures.years(look)]]
    return PrintedTable("部分专业技能鉴定合格率", [_cells(*heads)], rows)


def _employment(look: Look, figures: Figures) -> PrintedTable:
    values = figures.of("employment")
    measures = {
        "employment_rate": "就业率 (%)",
        "job_match_rate": "对口就业率 (%)",
        "starting_salary": "初次就业起薪 (元)",
    }
    rows: Rows = []
    for n, part in enumerate(dict.fromkeys(key[1] for key in values), start=1):
        found = [
            values[measure, part, year] for measure in measures for year in figures.years(look)
        ]
        rows.append(_cells(str(n), _old_name(part.partition("=")[2]), *found))
    top = [
        Printed("序号", down=2),
        Printed("专业", down=2),
        *[Printed(m, across=2) for m in measures.values()],
    ]
    below = _cells(*[f"{y} 年" for _ in measures for y in figures.years(look)])
    return PrintedTable("就业质量一览表", [top, below], rows)


def _programmes(look: Look, figures: Figures) -> PrintedTable:
    values = figures.of("programmes")
    rows: Rows = []
    parts = [(codebook.parse_breakdown(key[1]), printed) for key, printed in values.items()]
    for n, (part, printed) in enumerate(parts):
        same = [p for p, _ in parts if p["programme"] == part["programme"]]
        starts = n == 0 or parts[n - 1][0]["programme"] != part["programme"]
        name = str(codebook.programmes().loc[part["programme"], "name"])
        partner = codebook.value_name("partner", part["partner"]) if "partner" in part else ""
        first = [Printed(name, down=len(same))] if starts else []
        rows.append(
            [*first, *_cells(codebook.value_name("track", part["track"]), printed, partner)]
        )
    title = f"4.4.2 专业设置。{figures.year} 年开设的专业如下"
    return PrintedTable(title, [_cells("专业", "学制", "人数", "合作院校")], rows)


def _form(look: Look, figures: Figures) -> PrintedTable:
    values = figures.of(FORM)
    rows: Rows = []
    numbers = edition_for(figures.year)[1]
    previous = ""
    for record in numbers.to_dict("records"):
        item = str(record["item"]) if record["item"] != previous else ""
        first = "=national" in record["breakdown"]
        previous = str(record["item"])
        name = _form_name(record["indicator"], record["breakdown"], first)
        found = [
            values[record["indicator"], record["breakdown"], year] for year in figures.years(look)
        ]
        unit = str(codebook.indicator(record["indicator"])["unit"])
        number = [item] if look.numbers else []
        rows.append(_cells(*number, name, "/" if unit == ":1" else unit, *found))
    heads = _cells(
        *(["序号"] if look.numbers else []),
        "指标",
        "单位",
        *[f"{y}年" for y in figures.years(look)],
    )
    return PrintedTable("附表1 中等职业教育质量数据表", [heads], rows)


def _form_name(indicator: str, breakdown: str, first: bool) -> str:
    if breakdown.startswith("level="):
        name = codebook.value_name("level", breakdown.partition("=")[2])
        return f"其中：{name}" if first else name
    known = codebook.read_table(codebook.FOLDER.parent / "intake" / "extraction" / "names.csv")
    here = known[(known["table"] == FORM) & (known["certainty"] == "sure")]
    return str(
        here[(here["indicator"] == indicator) & (here["breakdown"] == breakdown)]["name"].iloc[0]
    )


def _old_name(programme: str) -> str:
    row = codebook.programmes().loc[programme]
    name = (row["other_names"].split(";")[-1]) or str(row["name"])
    assert meanings.programme(name)
    return name


# --- looks -------------------------------------------------------------------------------------


def _dressed(table: PrintedTable, look: Look, chance: random.Random) -> PrintedTable:
    if look.shuffled and _flat(table):
        table = replace(table, body=_shuffled(table.body, chance))
    if look.extra_columns:
        table = _with_column(table)
    if look.halves and len(table.body) > 40:
        table = _in_halves(table)
    return replace(
        table,
        head=[[replace(c, text=_styled(c.text, look, True)) for c in row] for row in table.head],
        body=[
            [replace(c, text=_styled(c.text, look, n == 0)) for n, c in enumerate(row)]
            for row in table.body
        ],
    )


def _flat(table: PrintedTable) -> bool:
    return all(cell.down == 1 for row in table.body for cell in row)


def _shuffled(body: Rows, chance: random.Random) -> Rows:
    """Whole items in another order: sub-items stay below their item."""
    items: list[Rows] = []
    for row in body:
        if row[0].text or not items:
            items.append([])
        items[-1].append(row)
    chance.shuffle(items)
    return [row for item in items for row in item]


def _with_column(table: PrintedTable) -> PrintedTable:
    """A column of remarks at the end, and a column of averages that must not be taken."""
    head = [
        [*row, Printed("全省平均"), Printed("备注")] if n == 0 else [*row, Printed(""), Printed("")]
        for n, row in enumerate(table.head)
    ]
    return replace(
        table, head=head, body=[[*row, Printed("12.3"), Printed("见说明")] for row in table.body]
    )


def _in_halves(table: PrintedTable) -> PrintedTable:
    middle = (len(table.body) + 1) // 2
    left, right = table.body[:middle], table.body[middle:]
    blank = [Printed("")] * len(left[0])
    rows = [
        a + b
        for a, b in zip(
            left, [*right, blank][:middle] if len(right) < middle else right, strict=True
        )
    ]
    return replace(table, head=[row + row for row in table.head], body=rows)


def _styled(text: str, look: Look, label: bool) -> str:
    if look.wide_digits:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789%.:+-()"})
    if look.half_brackets:
        text = text.replace("（", "(").replace("）", ")").replace("：", ":").replace(" ", "")
    if look.spaced and label and len(text) > 3 and not any(c.isdigit() for c in text):
        text = f"{text[:2]} {text[2:]}"
    return text


def pieces(table: PrintedTable, look: Look) -> list[PrintedTable]:
    """The table as pages show it: cut every few rows, spans ending with the page."""
    if not look.broken_after or len(table.body) <= look.broken_after:
        return [table]
    cut: list[PrintedTable] = []
    for start in range(0, len(table.body), look.broken_after):
        body = _open_spans(table.body, start, start + look.broken_after)
        head = table.head if start == 0 or look.repeat_head else []
        cut.append(PrintedTable(table.title if start == 0 else "", head, body))
    return cut


def _open_spans(body: Rows, start: int, stop: int) -> Rows:
    """Rows of one page; a cell that reaches over the break ends there and leaves a blank below."""
    rows = [list(row) for row in body[start:stop]]
    for at in range(start):
        column = 0
        for cell in body[at]:
            left = at + cell.down - start
            for n in range(min(left, len(rows))):
                if column == 0:
                    rows[n].insert(0, Printed(""))
            column += cell.across
    return [
        [replace(c, down=min(c.down, len(rows) - n)) for c in row] for n, row in enumerate(rows)
    ]


# --- grids of the formats ----------------------------------------------------------------------


def positions(rows: Rows) -> dict[tuple[int, int], Printed]:
    """Where each cell begins."""
    taken: set[tuple[int, int]] = set()
    placed: dict[tuple[int, int], Printed] = {}
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            placed[r, c] = cell
            taken |= {(r + d, c + a) for d in range(cell.down) for a in range(cell.across)}
    return placed


def filled(rows: Rows) -> list[list[str]]:
    """A full grid of texts; covered positions are blank."""
    placed = positions(rows)
    width = max(c + cell.across for (_, c), cell in placed.items())
    return [
        [placed[r, c].text if (r, c) in placed else "" for c in range(width)]
        for r in range(len(rows))
    ]


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)
