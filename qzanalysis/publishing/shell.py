"""What is the same on every page: the templates around the bodies, style, scripts, policy."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Final

import jinja2

from qzanalysis.publishing.markup import without_misleading

TEMPLATES: Final = Path(__file__).parent / "template"
_SPACE_IN_STYLE: Final = re.compile(r"(?<=:) |\s*([{};,>!])\s*")
_COMMENT: Final = re.compile(r"/\*[^*]*\*/")
_ESCAPES: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def filled(name: str, **values: object) -> str:
    """A template of the folder `qz`, such as `page.html.j2`, with values and the common look."""
    text = _environment().get_template(name).render(**look(), **values)
    return without_misleading(text).strip() + "\n"


@cache
def look() -> dict[str, str]:
    """Style and scripts, the same on every page, and the policy that lets only them run."""
    names = ("style.css", "theme.js", "script.js", "what-if.js")
    style, theme, *scripts = map(_lean, names)
    script = "\n".join(scripts)
    style = _SPACE_IN_STYLE.sub(r"\1", style).replace(";}", "}")
    digests = (hashlib.sha256(text.encode()).digest() for text in (theme, script))
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {hashes}; img-src data:; "
        "font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    return {"style": style, "theme_script": theme, "script": script, "policy": policy}


def island(name: str, content: object) -> str:
    """JSON as a data island that no text inside it can break out of."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f'<script type="application/json" id="{name}">{text.translate(_ESCAPES)}</script>'


def css_text(text: str) -> str:
    """Text inside a CSS string."""
    return "".join(c if c.isalnum() or c in " ·" else f"\\{ord(c):x} " for c in text)


@cache
def _environment() -> jinja2.Environment:
    """Values are escaped in the templates, with `| e`."""
    return jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES / "qz"), autoescape=False)


def _lean(name: str) -> str:
    """Style or script as every page carries it: without indentation and comments."""
    text = (TEMPLATES / "qz" / name).read_text(encoding="utf-8")
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return "\n".join(filter(None, lines))
