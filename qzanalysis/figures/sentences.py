"""Sentences whose every number is computed: a template and facts, as HTML and as plain text.

    sentence("在校生 {students}，比上年{change:change}。", students=now, change=now - before)

A field shows a fact with its unit; after a colon comes how: `bare` without the unit, `change` as
增加 50 人 or 下降 1.71 个百分点, `growth` as 增长 12.9% or 下降 7.4%, `signed` as +50 人.
A sentence about a fact the report does not give becomes a sentence that says so.
"""

from __future__ import annotations

import html
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from qzanalysis import codebook
from qzanalysis.figures.facts import POINTS, Fact

Part = Fact | str | int
_MOST_NAMED: Final = 3  # missing figures named before 等


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, twice (HTML with every number marked up, and plain text), with its facts."""

    html: str
    text: str
    facts: tuple[Fact, ...] = ()
    complete: bool = True

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        """The sentence as part of a template of markupsafe."""
        return Markup(self.html)


def sentence(template: str, /, **parts: Part | Sentence) -> Sentence:
    """Fill a template.

    Args:
        template: text with `{name}` or `{name:how}` fields; see the module's docstring.
        parts: facts, plain words, or other sentences.

    Returns:
        The sentence; where a fact is unknown, one that says what the report does not give.
    """
    facts = tuple(part for part in parts.values() if isinstance(part, Fact))
    unknown = [fact for fact in facts if not fact.known]
    if unknown:
        return _lacking(unknown)
    markup, plain = [], []
    for literal, name, how, _ in string.Formatter().parse(template):
        markup.append(html.escape(literal))
        plain.append(literal)
        if name is not None:
            filled = _fill(parts[name], how or "")
            markup.append(filled.html)
            plain.append(filled.text)
    inner = tuple(f for p in parts.values() if isinstance(p, Sentence) for f in p.facts)
    return Sentence("".join(markup), "".join(plain), facts + inner)


def plain(text: str) -> Sentence:
    """A text without facts, as a sentence."""
    return Sentence(html.escape(text), text)


def join(sentences: list[Sentence], separator: str = "") -> Sentence:
    """Several sentences as one."""
    return Sentence(
        html.escape(separator).join(part.html for part in sentences),
        separator.join(part.text for part in sentences),
        tuple(fact for part in sentences for fact in part.facts),
        all(part.complete for part in sentences),
    )


def number(fact: Fact, text: str | None = None) -> str:
    """A fact as HTML: the number, and on the element all that a reader needs to check it."""
    attributes = {
        "class": "fact",
        "value": "" if fact.value is None else format(fact.value.normalize(), "f")[:24],
        "data-label": fact.label,
        "data-printed": "；".join(dict.fromkeys(o.printed for o in fact.origins if o.printed)),
        "data-source": "；".join(dict.fromkeys(o.source for o in fact.origins)),
        "data-how": fact.formula,
        "data-remark": fact.remark,
        "data-keys": " ".join(
            dict.fromkeys(f"{o.indicator}|{o.breakdown}|{o.year}" for o in fact.origins)
        ),
        "data-rows": " ".join(dict.fromkeys(f"{o.file}:{o.row}" for o in fact.origins)),
    }
    marks = " ".join(f'{k}="{html.escape(v)}"' for k, v in attributes.items() if v)
    mark = '<sup class="decided" title="分析采用了更正后的数字">更正</sup>' if fact.remark else ""
    return f"<data {marks}>{html.escape(fact.text() if text is None else text)}</data>{mark}"


def _fill(part: Part | Sentence, how: str) -> Sentence:
    if isinstance(part, Sentence):
        return part
    if isinstance(part, Fact):
        return _FORMS[how](part)
    return Sentence(html.escape(str(part)), str(part))


def _with_unit(fact: Fact, text: str | None = None) -> Sentence:
    shown = fact.text() if text is None else text
    amount, word = fact.bound
    if word and fact.shown_unit:
        unit = fact.shown_unit if amount.endswith("万") else spaced(fact.shown_unit)
        after = f"{unit}{word}"
        return Sentence(number(fact, amount) + html.escape(after), amount + after)
    unit = fact.shown_unit if fact.literal and not shown[-1].isdigit() else spaced(fact.shown_unit)
    return Sentence(number(fact, shown) + html.escape(unit), shown + unit)


def _bare(fact: Fact) -> Sentence:
    return Sentence(number(fact), fact.text())


def _signed(fact: Fact) -> Sentence:
    return _with_unit(fact, fact.text(sign=True))


def _change(fact: Fact) -> Sentence:
    unit = codebook.unit(fact.unit)
    return _directed(fact, unit["rises"], unit["falls"])


def _growth(fact: Fact) -> Sentence:
    return _directed(fact, "增长", "下降")


def _directed(fact: Fact, up: str, down: str) -> Sentence:
    if not fact.value:
        return Sentence(number(fact, "没有变化"), "没有变化")
    size = fact.magnitude()
    word = up if fact.value > 0 else down
    amount = _with_unit(size)
    return Sentence(f"{word} {amount.html}", f"{word} {amount.text}")


def spaced(unit: str) -> str:
    """A unit as it follows its number: after a space, but for `%` and ratios.

    >>> spaced("人"), spaced("%"), spaced("百分点")
    (' 人', '%', ' 个百分点')
    """
    if unit == POINTS:
        return f" 个{unit}"
    return f" {unit}" if unit and codebook.unit(unit)["spaced"] else unit


def _lacking(unknown: list[Fact]) -> Sentence:
    labels = dict.fromkeys(name for fact in unknown for name in fact.lacks or (fact.label,))
    names = [f"“{label}”" for label in labels if label != "—"]
    rest = "等" if len(names) > _MOST_NAMED else ""
    text = f"报告未提供{''.join(names[:_MOST_NAMED]) or '这里所需的数字'}{rest}，此处不作判断。"
    return Sentence(html.escape(text), text, complete=False)


_FORMS: Final[Mapping[str, Callable[[Fact], Sentence]]] = {
    "": _with_unit,
    "bare": _bare,
    "signed": _signed,
    "change": _change,
    "growth": _growth,
}
