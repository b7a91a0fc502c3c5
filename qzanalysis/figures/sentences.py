"""Sentences whose every number is computed: a template and facts, as HTML and as plain text.

    sentence("在校生 {students}，比上年{change:change}。", students=now, change=now - before)

A field shows a fact with its unit; after a colon comes how: `bare` without the unit, `change` as
增加 50 人 or 下降 1.71 个百分点, `growth` as 增长 12.9% or 下降 7.4%, `signed` as +50 人.
A sentence about a fact the report does not give becomes a sentence that says so.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from qzanalysis import codebook
from qzanalysis.figures.facts import POINTS, Fact

Part = Fact | str | int
_MOST_NAMED: Final = 3  # missing figures named before 等


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, twice (HTML with every number marked up, and plain text), with its facts."""

    html: Markup
    text: str
    facts: tuple[Fact, ...] = ()
    complete: bool = True

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        """The sentence as part of a template of markupsafe."""
        return self.html


def sentence(template: str | Sentence, /, **parts: Part | Sentence) -> Sentence:
    """Fill a template.

    Args:
        template: text with `{name}` or `{name:how}` fields (see the module's docstring), or a
            sentence, which is returned as it is.
        parts: facts, plain words, or other sentences.

    Returns:
        The sentence; where a fact is unknown, one that says what the report does not give.

    Raises:
        KeyError: a field has no part, or no such form.

    >>> str(sentence("在校生比上年{change:change}。", change=report.change("students")))
    '在校生比上年增加 50 人。'
    """
    if isinstance(template, Sentence):
        return template
    facts = tuple(part for part in parts.values() if isinstance(part, Fact))
    if unknown := [fact for fact in facts if fact.value is None]:
        return _lacking(unknown)
    pieces = []
    for literal, name, how, _ in string.Formatter().parse(template):
        pieces.append(plain(literal))
        if name is not None:
            part = parts[name]
            if isinstance(part, Fact):
                part = _FORMS[how or ""](part)
            pieces.append(part if isinstance(part, Sentence) else plain(str(part)))
    inner = (f for p in parts.values() if isinstance(p, Sentence) for f in p.facts)
    text = "".join(piece.text for piece in pieces)
    return Sentence(Markup("").join(piece.html for piece in pieces), text, (*facts, *inner))


def plain(text: str) -> Sentence:
    """A text without facts, as a sentence."""
    return Sentence(escape(text), text)


def join(sentences: list[Sentence], separator: str = "") -> Sentence:
    """Several sentences as one."""
    return Sentence(
        escape(separator).join(part.html for part in sentences),
        separator.join(part.text for part in sentences),
        tuple(fact for part in sentences for fact in part.facts),
        all(part.complete for part in sentences),
    )


def _with_unit(fact: Fact, text: str | None = None) -> Sentence:
    shown = fact.text() if text is None else text
    amount, word = fact.bound
    if word and fact.shown_unit:
        unit = fact.shown_unit if amount.endswith("万") else spaced(fact.shown_unit)
        after = f"{unit}{word}"
        return Sentence(fact.marked(amount) + after, amount + after)
    unit = fact.shown_unit if fact.literal and not shown[-1].isdigit() else spaced(fact.shown_unit)
    return Sentence(fact.marked(shown) + unit, shown + unit)


def _bare(fact: Fact) -> Sentence:
    text = fact.text()
    return Sentence(fact.marked(text), text)


def _signed(fact: Fact) -> Sentence:
    return _with_unit(fact, fact.text(sign=True))


def _change(fact: Fact) -> Sentence:
    unit = codebook.unit(fact.unit)
    return _directed(fact, unit["rises"], unit["falls"])


def _growth(fact: Fact) -> Sentence:
    return _directed(fact, "增长", "下降")


def _directed(fact: Fact, up: str, down: str) -> Sentence:
    if not fact.value:
        return Sentence(fact.marked("没有变化"), "没有变化")
    size = fact.magnitude()
    word = up if fact.value > 0 else down
    amount = _with_unit(size)
    return Sentence(Markup("{} {}").format(word, amount.html), f"{word} {amount.text}")


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
    return Sentence(escape(text), text, complete=False)


_FORMS: Final[Mapping[str, Callable[[Fact], Sentence]]] = {
    "": _with_unit,
    "bare": _bare,
    "signed": _signed,
    "change": _change,
    "growth": _growth,
}
