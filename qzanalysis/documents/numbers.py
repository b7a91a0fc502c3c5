"""Every number of paragraphs and tables as a located quantity, with its unit and its role.

Roles follow from what stands around a number in a Chinese report (年 makes a date, 占 a share, 率 a
rate, 个百分点 a change); no indicator is known here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qzanalysis.audit.discovered.material import Material, Passage, Sheet
from qzanalysis.documents.model import Document, Place, Table
from qzanalysis.figures.intervals import Interval
from qzanalysis.figures.located import UNUSED, Located, located
from qzanalysis.figures.quantities import NotAFigure, parse

AROUND: Final = 18  # characters quoted before and after a number
_QUOTED: Final = 20  # the same in a list for a person
_HEADING: Final = re.compile(r"\s*(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})(?![\d%％.])[\s、.]*(?=\S)")
_RATIO: Final = re.compile(r"\d+(?:\.\d+)?\s?[:：]\s?\d+(?:\.\d+)?")
TOO_LARGE: Final = Interval.exact(10**30)  # a row of digits that is no figure
TOKEN: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_DECIMAL_POINT: Final = re.compile(r"(?<=\d)[．·](?=\d)")
_UNIT: Final = re.compile(
    r"\s*(?P<more>[余多])?(?P<magnitude>[万亿](?!分)|千(?![米克瓦]))?(?P<more2>[余多])?\s*"
    r"(?P<unit>个百分点|百分点|%|‰|平方米|万?元|m2|㎡|亩|人次|分钟|[人名个所家项门种次篇册台套件间场分倍天届级年月日号岁位岗户])?"
    r"(?P<after>以上|以下|左右|以内)?"
)
_BEFORE: Final = re.compile(r"(?P<about>超过|超|逾|近|约|不足|不到|不少于)?(?P<sign>[+\-−])?\s*$")
_DATE_AFTER: Final = re.compile(r"\s*(?:[-—–~至]\s*\d{2,4}\s*)?(?:学?年(?!级)|月|日|号|届|级|世纪)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_RATIO_AFTER: Final = re.compile(r"\s*[:：]\s*\d")
_RATIO_BEFORE: Final = re.compile(r"\d\s*[:：]\s*$")
_NAME_BEFORE: Final = re.compile(
    r"(?:第|表|图|附件|附录|〔|\[|[A-Za-z]|[A-Za-z\d][-–—/]|No\.?)\s*$"
)
_CHAIN: Final = re.compile(r"(?:表|图)\s*\d+\s*[-–—.]\s*$")
_LISTED: Final = re.compile(r"\s*(?:[、)）]|[.．](?!\d))")
_NOTED: Final = re.compile(r"\s*[为是”]")  # 落实率1为: the mark of a footnote
_WORD: Final = re.compile(r"[^\W\d_]\s*$")
_RANK_BEFORE: Final = re.compile(r"(?:前|第|排名|位列|位居|Top\s*)\s*$", re.I)
_CHANGE: Final = re.compile(
    r"(?:增加|减少|上升|下降|提高|提升|降低|增长|回落|高出|高于|低于|多|少|升高|下滑|回升|净增)"
    r"(?:了|约|近|幅度为|幅度达)?\s*[“\"]?$"
)
_LABEL: Final = re.compile(
    r"[^,，。;；、：:（）()\d%\s“”\"《》]+[”\"]?[（(]?\s*[^,，。;；、\d]{0,6}$"
)
_BLANK: Final = frozenset({"", "-", "—", "–", "/", "－", "——", "--", "無", "无", "…"})
_MONEY: Final = ("元", "万元")
_AREA: Final = ("平方米", "m2", "㎡")
_RATE: Final = re.compile(r"(?:率|占比|比例|百分比|比重)$")
_DATED: Final = re.compile(r"(?:19|20)\d\d\s*(?:学?年度?|届|级)?|\d{1,2}\s*(?:月份?|级|届)")
_DATES: Final = frozenset("年级月日届号")
_SECTION: Final = re.compile(r"\.\d|\s*[^\W\d_]")  # what stands after the number of a section
_WHOLES: Final = ("1", "10", "100", "1000")  # the exact side of a ratio
_UNITS_OVER: Final = (("单位",), ("计量单位",))
_TO_ONE: Final = re.compile(r"\d+(?:\.\d+)?\s*[:：]\s*1")
_SERIAL: Final = ("序号", "编号", "代码", "年份", "电话", "时间", "日期", "学号", "页码")


def read(document: Document) -> Material:
    """The numbers of a document in its paragraphs and tables."""
    order = [
        _sheet(block) if isinstance(block, Table) else _passage(block.text, str(block.place))
        for block in document.blocks
    ]
    sheets = tuple(each for each in order if isinstance(each, Sheet))
    passages = tuple(each for each in order if isinstance(each, Passage))
    return Material(sheets, passages, tuple(order), document.unread)


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure of running text for a person: as printed, section and place, the words around it."""

    printed: str
    where: str
    words: str


def mentions(passages: Iterable[Passage]) -> Iterator[Mention]:
    """The figures of running text: no dates, no numbers of lists, sections, tables or ranks.

    >>> from qzanalysis.documents.model import Paragraph
    >>> text = Document(blocks=(Paragraph("1.2 规模 2021年有268人，占33%。", Place(paragraph=1)),))
    >>> [(each.printed, each.where) for each in mentions(read(text).passages)]
    [('268', '§1.2，第1段'), ('33%', '§1.2，第1段')]
    """
    section = ""
    for passage in passages:
        heading = _HEADING.match(passage.text)
        section = heading["number"] if heading else section
        begin = heading.end() if heading else 0
        where = f"§{section}，{passage.place}" if section else passage.place
        for start, end, printed in _figures(passage, begin):
            before, after = passage.text[begin:start], passage.text[end:]
            words = before[-_QUOTED:] + passage.text[start:end] + after[:_QUOTED]
            lead, tail = "…" * (len(before) > _QUOTED), "…" * (len(after) > _QUOTED)
            yield Mention(printed, where, f"{lead}{words}{tail}")


def _figures(passage: Passage, begin: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and printed text of the figures from one position on; a ratio is one figure."""
    ratio = 0  # where the second side of a ratio stands
    for start, end, number in passage.spans:
        if start < max(begin, ratio) or number.role in UNUSED:
            continue
        printed, whole = number.printed.removesuffix("亩"), _RATIO.match(passage.text, start)
        if whole:
            printed, ratio = whole[0], whole.end()
        yield start, ratio if whole else end, printed


def plain(text: str) -> str:
    """Text in half-width form, of the same length character by character where that can be."""
    folded = "".join(
        c if len(f := unicodedata.normalize("NFKC", c)) != 1 else f for c in text
    ).replace("−", "-")
    return _DECIMAL_POINT.sub(".", folded)


def _passage(text: str, place: str) -> Passage:
    folded = plain(text)
    spans = tuple((start, end, number) for start, end, number in _numbers(folded, place))
    return Passage(folded, spans, place)


def _numbers(text: str, place: str) -> Iterator[tuple[int, int, Located]]:
    for match in TOKEN.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        quantity, unit = _quantity(match[0], before, after)
        role = next(_roles(match[0], before, after, unit))
        words = before[-AROUND:] + match[0] + after[:AROUND]
        label = found[0] if (found := _LABEL.search(before[-24:])) else ""
        yield (
            match.start(),
            match.end(),
            located(
                quantity, unit, role, place, words.strip(), label.strip('“”"（( '), _year(before)
            ),
        )


def _quantity(token: str, before: str, after: str) -> tuple[Interval, str]:
    """The number with its approximators, and its unit."""
    lead, tail = _BEFORE.search(before), _UNIT.match(after)
    assert lead is not None and tail is not None
    unit = tail["unit"] or ""
    sign = "-" if lead["sign"] in ("-", "−") and not re.search(r"[\w)）%]\s*[-−]$", before) else ""
    shown = unit if unit in ("%", "‰", "亩") else ""
    about = tail["after"] if tail["after"] in ("以上", "以下") else ""
    core = f"{tail['more'] or ''}{tail['magnitude'] or ''}{tail['more2'] or ''}"
    text = f"{lead['about'] or ''}{sign}{token}{core}{shown}{about}"
    if tail["after"] == "左右":
        text = f"约{sign}{token}{core}{shown}"
    ratio = _RATIO_AFTER.match(after) or _RATIO_BEFORE.search(before)
    exact = not shown and not core and "." not in token and (not ratio or token in _WHOLES)
    quantity = _parsed(text, exact) or _parsed(token, exact) or TOO_LARGE
    printed = f"{lead['about'] or ''}{sign}{token}{core}{shown}{about}"
    unit = {"个百分点": "百分点", "亩": "平方米"}.get(unit, unit)
    return replace(quantity, printed=printed), unit


def _parsed(text: str, exact: bool) -> Interval | None:
    try:
        return parse(text, count=exact)
    except NotAFigure:
        return None


def _roles(token: str, before: str, after: str, unit: str) -> Iterator[str]:
    """The roles a number of a sentence may have by what stands around it, the surest first."""
    if unit not in ("%", "百分点", "‰"):
        listed = not before.strip(" （(") and _LISTED.match(after) and len(token) < 3
        if _RATIO_AFTER.match(after) or _RATIO_BEFORE.search(before):
            yield "ratio"
        if "." not in token and (_DATE_AFTER.match(after) or (not unit and _YEAR.fullmatch(token))):
            yield "date"
        section = not before.strip() and "." in token and not unit and _SECTION.match(after)
        chained = re.search(r"\d\.$", before) or re.match(r"\.\d", after)
        noted = len(token) < 3 and _NOTED.match(after) and _WORD.search(before)
        if (
            listed
            or section
            or chained
            or noted
            or _NAME_BEFORE.search(before)
            or _CHAIN.search(before)
        ):
            yield "identifier"
        if _RANK_BEFORE.search(before):
            yield "rank"
    if unit == "百分点" or _CHANGE.search(before):
        yield "change"
    if unit in ("%", "‰"):
        yield "rate" if re.search(r"率[为达是约]?[^，。；]{0,2}$", before) else "share"
    yield from _roles_of_unit(unit)
    if re.search(r"(?:均|均为)[^，。；]{0,8}$", before):
        yield "mean"
    yield "count" if "." not in token else "number"


def _roles_of_unit(unit: str) -> Iterator[str]:
    for role, units in (("money", _MONEY), ("area", _AREA), ("mean", ("分",))):
        if unit in units:
            yield role


def _year(before: str) -> int | None:
    years = _YEAR.findall(before[-40:])
    return int(years[-1]) if years else None


# --- tables --------------------------------------------------------------------------------------


def _sheet(table: Table) -> Sheet:
    """The body of a table with its row labels and the headings over each column."""
    rows = [tuple(plain(cell.text) for cell in row) for row in table.rows]
    top = _heading_rows(rows)
    left = _label_columns(rows[top:], rows[:top])
    heads = _heads(rows[:top], table.width)
    named = [
        c for c in range(left) if not _is_serial(heads[c]) and heads[c][-1:] not in _UNITS_OVER
    ]
    labels = tuple(_path(row[c] for c in named or range(left)) for row in rows[top:])
    unit_at = next((c for c in range(left) if heads[c][-1:] in _UNITS_OVER), None)
    caption, place = plain(table.caption), str(Place(table=table.place.table))
    values: list[list[Located | None]] = []
    lists: dict[tuple[int, int], tuple[Located, ...]] = {}
    others: list[Located] = []
    for r, row in enumerate(table.rows):
        line: list[Located | None] = []
        for c, cell in enumerate(row):
            words = "·".join((*(labels[r - top] if r >= top else ()), *heads[c])) or caption
            found = list(_numbers(rows[r][c], str(cell.place))) if cell.own else []
            body = r >= top and c >= left and not _is_serial(heads[c])
            single = found and (_numeric(rows[r][c]) or _TO_ONE.fullmatch(rows[r][c].strip()))
            if body and single:
                unit = "" if unit_at is None else rows[r][unit_at].strip()
                about = _Over(heads[c], labels[r - top], caption, unit, words)
                line.append(_in_cell(found[0][2], about))
                others += [each for _, _, each in found[1:]]
                continue
            line.append(None)
            cells = [_renamed(each, words) for _, _, each in found]
            if body and len(cells) > 1:
                lists[r - top, c] = tuple(cells)
            others += cells
        if r >= top:
            values.append(line)
    return Sheet(
        caption,
        place,
        labels,
        heads,
        tuple(map(tuple, values)),
        lists,
        (*(each for _, _, each in _numbers(caption, f"{place} 标题")), *others),
        table,
    )


def _heads(rows: Sequence[Sequence[str]], width: int) -> tuple[tuple[str, ...], ...]:
    """The headings of each column; one above others stands over the blanks to its right."""
    spread: list[list[str]] = []
    for r, row in enumerate(rows):
        line: list[str] = []
        for c, text in enumerate(row):
            below = any(lower[c].strip() for lower in rows[r + 1 :])
            line.append(line[-1] if line and below and not text.strip() else text)
        spread.append(line)
    return tuple(_path(row[c] for row in spread) for c in range(width))


def _path(texts: Iterator[str]) -> tuple[str, ...]:
    """Headings from the outermost inwards, each once, without blanks."""
    return tuple(dict.fromkeys(text for each in texts if (text := re.sub(r"\s", "", each))))


def _numeric(text: str) -> bool:
    """True for a cell that holds one number and nothing else but a unit and marks."""
    found = list(TOKEN.finditer(text))
    if len(found) != 1:
        return False
    before, after = text[: found[0].start()], text[found[0].end() :]
    unit = _UNIT.match(after)
    assert unit is not None
    rest = _BEFORE.sub("", before) + after[unit.end() :]
    return not re.search(r"[^\W\d_]", rest)


def _heading_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many rows at the top hold no figures; years over columns are headings."""
    for r, row in enumerate(rows):
        cells = [text.strip() for text in row[1:] or row]
        figures = sum(_numeric(text) and not _DATED.fullmatch(text) for text in cells)
        blanks = sum(text in _BLANK for text in cells)
        empty = r and blanks == len(cells) and any(cells)  # a row whose figures are all missing
        if empty or (figures and (r or figures + blanks >= len(cells) / 3)):
            return r
    return min(1, len(rows))


def _label_columns(body: Sequence[Sequence[str]], heads: Sequence[Sequence[str]]) -> int:
    """How many columns at the left hold labels rather than figures."""
    width = len(body[0]) if body else 0
    for c in range(width):
        column = [row[c].strip() for row in body if row[c].strip() not in _BLANK]
        head = "".join(row[c] for row in heads)
        figures = sum(_numeric(text) for text in column)
        if figures > len(column) / 2 and not _is_serial((head,)) and not _counts_up(column):
            return c
    return min(1, width)


def _counts_up(column: Sequence[str]) -> bool:
    """Whether a column numbers its rows, or names them by year."""
    years = all(re.match(r"(?:19|20)\d\d(?!\d)", text) for text in column)
    return years or (
        len(column) > 2 and list(column) == [str(n) for n in range(1, len(column) + 1)]
    )


def _is_serial(head: Sequence[str]) -> bool:
    return any(word in text for text in head[-1:] for word in _SERIAL)


def _renamed(number: Located, words: str) -> Located:
    return located(
        number.quantity,
        number.unit,
        number.role,
        number.place,
        f"{words} {number.words}"[:80],
        number.label,
    )


@dataclass(frozen=True, slots=True)
class _Over:
    """The words that say what a figure of a table is; the unit is that of a column of units."""

    head: tuple[str, ...]
    labels: tuple[str, ...]
    caption: str
    unit: str
    words: str


def _in_cell(number: Located, over: _Over) -> Located:
    """A figure of a table: its unit, role and year also from the heading and the caption."""
    ends = (*over.head[-1:], *over.labels[-1:])
    title = "".join((*over.head, *over.labels[-1:]))
    rates = any(_RATE.search(text) for text in ends)
    by_title = over.unit or _unit_of(title) or ("%" if rates else _unit_of(over.caption))
    unit, quantity, role = number.unit or by_title, number.quantity, number.role
    if unit == "%" and not number.unit and quantity.value > 1000:
        unit = ""  # a count below a heading that only speaks of rates
    if unit in ("%", "‰") and number.unit != unit and role != "change":
        quantity = parse(quantity.printed)
    dated = role == "date" and unit in _DATES
    if role in ("identifier", "date", "rank", "count", "number", "share") and not dated:
        role = next(_roles_in_table(title, unit, quantity))
    years = [int(m[0]) for text in (*over.labels, *over.head) if (m := _YEAR.search(text))]
    label = over.labels[-1] if over.labels else ""
    year = number.year or (years[-1] if years else None)
    return located(quantity, unit, role, number.place, over.words, label, year)


def _unit_of(title: str) -> str:
    """A unit in brackets, `单位：人`, or a sign of percentage in a heading."""
    found = re.search(r"(?:[(（]|单位[:：]?)\s*(%|‰|人|名|元|万元|分|个|平方米)\s*[)）]?", title)
    return found[1] if found else ""


def _roles_in_table(title: str, unit: str, quantity: Interval) -> Iterator[str]:
    """The roles a figure of a table may have by its heading, the surest first."""
    if re.search(r"排名|名次|位次", title):
        yield "rank"
    if re.search(r"增减|增幅|增长|变化|同比", title):
        yield "change"
    if unit in ("%", "‰"):
        yield "rate" if re.search(r"率|度$", title) else "share"
    if re.search(r"均|生师比|师生比|指数|满意度|评分|得分", title):
        yield "mean"
    yield from _roles_of_unit(unit)
    yield "number" if quantity.decimals else "count"
