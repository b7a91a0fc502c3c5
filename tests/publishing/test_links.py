"""What is refused at the last look."""

from __future__ import annotations

import pytest

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import links


def page(body: str = "", head: str = "") -> str:
    return f"<title>t</title>{head}<main><h1 id='title'>x</h1>{body}</main>"


def test_a_sound_set_of_pages_passes() -> None:
    """Links within, between, to the manifest, to data and to documents elsewhere."""
    links.prove(
        {
            "index.html": page(
                '<a href="01-a.html#title">a</a><a href="#title">b</a><a href="manifest.json">c</a>'
                '<a href="data:text/csv,x" download="x.csv">d</a><a href="https://x.cn/">e</a>'
                '<svg><use href="#title"/></svg><img src="data:image/png;base64,AA==" alt="">'
            ),
            "01-a.html": page('<a href="index.html">a</a>'),
        }
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<a href="02-b.html">x</a>', "页面不存在"),
        ('<a href="#nowhere">x</a>', "位置不存在"),
        ('<p id="title">x</p>', "id=title 出现 2 次"),
        ('<img src="https://x.cn/a.png" alt="">', "请求外部内容"),
        ('<script src="x.js"></script>', "请求外部内容"),
        ('<p style="background:url(http://x.cn/a)">x</p>', "样式会请求外部内容"),
        ("<style>@import 'x.css'</style>", "样式表会请求外部内容"),
        ('<iframe srcdoc="x"></iframe>', "不允许的元素"),
        ('<svg><image href="http://x.cn/a"/></svg>', "请求外部内容"),
        ("<h1>again</h1>", "应有一个 <h1>，实有 2 个"),
        ("<pre>Traceback (most recent call last)</pre>", "程序出错的输出"),
        ('<p onclick="x()">x</p>', "<p> 的 onclick 会执行脚本"),
        ('<a href=" java\nscript:x()">x</a>', "<a> 的 href 会执行脚本"),
        ("<script>1</script>" * 3, "不属于报告的脚本"),
        ("字" * 140_000, "超过上限 400,000"),
    ],
)
def test_what_is_not_fit_to_publish_is_told(body: str, told: str) -> None:
    """With the page it is on."""
    with pytest.raises(RunFailed, match=r"index\.html") as error:
        links.prove({"index.html": page(body)})
    assert told in str(error.value)


def test_tags_of_a_body_that_do_not_match_are_told_with_the_rest() -> None:
    """The page was written from a tree, which closes everything."""
    with pytest.raises(RunFailed, match="<section> 没有闭合") as error:
        links.prove(
            {"index.html": page("<h1>again</h1>")}, unmatched={"index.html": ["<section> 没有闭合"]}
        )
    assert "应有一个 <h1>，实有 2 个" in str(error.value)


def test_a_page_over_all_schools_may_be_as_long_as_a_report() -> None:
    long = page("字" * (links.PAGE_LIMIT // 3))
    with pytest.raises(RunFailed, match="超过上限"):
        links.prove({"index.html": long})
    links.prove({"index.html": long}, links.REPORT_LIMIT)
