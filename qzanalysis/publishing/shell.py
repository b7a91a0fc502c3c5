"""The templates around the chapters' bodies: the page, and the first page over all reports."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import jinja2

TEMPLATES: Final = Path(__file__).parent / "template"


@cache
def template(name: str) -> jinja2.Template:
    """A template by file name, such as `page.html.j2`; it escapes what it is given with `| e`."""
    loader = jinja2.FileSystemLoader(TEMPLATES / "qz")
    return jinja2.Environment(loader=loader, autoescape=False).get_template(name)
