"""The index behind the search box."""

from __future__ import annotations

from qzanalysis.publishing import markup, search


def _sections(text: str) -> list[search.Section]:
    return search.sections(markup.parsed(text)[0])


def test_reads_headings_and_prose_but_no_code_tables_cells_or_drawings() -> None:
    """Each section with its anchor; numbers inside prose are part of it."""
    found = _sections(
        '<h1 id="title">学生</h1><p>引言</p><section><h2 id="sec-1">就业</h2>'
        '<p>就业率 <data class="fact">97</data>%</p><div class="code"><p>code</p></div>'
        "<svg><text>轴</text></svg><table><tr><th>会计</th><td>格子</td></tr></table></section>"
    )
    assert found == [["title", "学生", "引言"], ["sec-1", "就业", "就业率 97% 会计"]]


def test_a_long_report_is_cut_to_the_budget() -> None:
    """Headings stay; text is cut evenly."""
    body = '<h1 id="title">长</h1><p>' + "字" * 9_000 + "</p>"
    index = search.index(
        {f"{n}.html": "长" for n in range(10)},
        dict.fromkeys((f"{n}.html" for n in range(10)), _sections(body)),
    )
    assert search.size(index) <= search.BUDGET
    assert all(page[2][0][1] == "长" and page[2][0][2] for page in index)  # type: ignore[index]
