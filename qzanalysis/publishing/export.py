"""Turns an executed notebook into the body of a page, with nbconvert and the template `qz`.

One exporter serves all chapters. Bodies carry no time stamps and no random ids.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any, Final

import nbformat
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML

from qzanalysis.errors import RunFailed
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.markup import without_misleading
from qzanalysis.publishing.shell import TEMPLATES

LANGUAGE: Final = {"name": "python", "pygments_lexer": "ipython3"}  # what a kernel would add
INJECTED_TAG: Final = "injected-parameters"


class PageExporter(HTMLExporter):
    """nbconvert's HTML exporter without its last step, which takes longer than all the others.

    That step parses the page into a tree, marks parts that only nbconvert's own templates have, and
    writes all of it anew. What a notebook wrote is what a reader gets.
    """

    def from_notebook_node(
        self, nb: nbformat.NotebookNode, resources: Any = None, **kw: Any
    ) -> Any:
        """The page of a notebook, as its template makes it."""
        lexer = nb.metadata["language_info"]["pygments_lexer"]
        highlight = Highlight2HTML(pygments_lexer=lexer, parent=self)  # type: ignore[no-untyped-call]
        self.register_filter("highlight_code", highlight)  # type: ignore[no-untyped-call]
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


@cache
def exporter() -> HTMLExporter:
    """The one exporter, with our template and Chinese pages."""
    made = PageExporter(  # type: ignore[no-untyped-call]
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="qz",
        exclude_anchor_links=True,
        embed_images=True,
    )
    made.exclude_input_prompt = made.exclude_output_prompt = True
    return made


def body(chapter: Chapter, notebook: nbformat.NotebookNode) -> str:
    """The markup of the chapter's main part, without the cell that papermill injected.

    Raises:
        RunFailed: an output of the notebook is an error.
    """
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                reason = f"{output.ename}: {output.evalue}"
                raise RunFailed(f"{chapter.label}第 {number} 个单元格的输出是错误：{reason}")
    shown = notebook.copy()  # type: ignore[no-untyped-call]
    shown.metadata["language_info"] = LANGUAGE
    shown.cells = [c for c in notebook.cells if INJECTED_TAG not in c.metadata.get("tags", [])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        markup, _ = exporter().from_notebook_node(shown)
    return without_misleading(markup).strip()
