"""The audit of files: each read, its numbers located, its relations discovered and judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qzanalysis.audit.discovered.engine import Audit, as_dict, audit
from qzanalysis.audit.findings import SEVERITIES, VERDICTS
from qzanalysis.documents import guard, numbers
from qzanalysis.documents.model import Document
from qzanalysis.errors import QzAnalysisError, UsageError
from qzanalysis.reports import processes

KINDS: Final = frozenset({".docx", ".pdf", ".html", ".htm", ".txt", ".md", ".xlsx"})


@dataclass(frozen=True, slots=True)
class Audited:
    """A file, what it holds, and what was found in it; or the message for why it was not read."""

    path: Path
    document: Document | None
    audit: Audit | None
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The answer of the contract for one document."""
        if self.audit is None or self.document is None:
            return {"document": {"name": self.path.name}, "error": self.error}
        about = {name: getattr(self.document, name) for name in ("name", "sha256", "kind", "pages")}
        return as_dict(about, self.audit)


def files(paths: Iterable[Path]) -> list[Path]:
    """The files to audit: folders stand for the documents in them, in order of their names.

    Raises:
        UsageError: a folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.suffix.lower() in KINDS)
            if not inside:
                raise UsageError(f"{path} 中没有可核验的文件（{'、'.join(sorted(KINDS))}）")
            found += inside
        else:
            found.append(path)
    return found


def of_file(path: Path) -> Audited:
    """The audit of one file.

    Raises:
        BadData: the file cannot be read.
    """
    document = guard.read(path, workbooks=True)
    return Audited(path, document, audit(numbers.read(document)))


def of_files(
    paths: Sequence[Path], jobs: int | None = None, done: Callable[[Audited], None] | None = None
) -> list[Audited]:
    """The audits of several files, in parallel; one that cannot be read carries its message.

    Args:
        paths: the files.
        jobs: processes; None for one a core.
        done: called with each audit as it is finished.
    """
    found: list[Audited] = []
    for each in processes.mapped(_guarded, paths, jobs, None):
        found.append(each)
        if done:
            done(each)
    return found


def _guarded(path: Path) -> Audited:
    try:
        return of_file(path)
    except QzAnalysisError as error:
        return Audited(path, None, None, str(error))


def as_json(audits: Sequence[Audited]) -> str:
    """One object for one document, a list for several."""
    found = [each.as_dict() for each in audits]
    return json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=1) + "\n"


def as_text(audits: Iterable[Audited]) -> str:
    """For people: the ledger on the first line, then the findings, worst first."""
    return "\n".join(line for each in audits for line in (*_lines(each), ""))


def _lines(each: Audited) -> Iterator[str]:
    if each.audit is None:
        yield f"{each.path.name}：{each.error}"
        return
    yield f"{each.path.name}：{ledger(each.audit)}"
    for finding in each.audit.findings:
        yield (
            f"[{SEVERITIES[finding.severity]}] {VERDICTS[finding.verdict]} · "
            f"{finding.figures[0].place} · {finding.id}"
        )
        yield f"    {finding.statement}"
        if finding.suggestion:
            yield f"    建议：{finding.suggestion}"


def ledger(found: Audit) -> str:
    """The counts of one document as one Chinese sentence."""
    count = found.ledger
    verdicts = "，".join(
        f"{name} {n}"
        for verdict, name in VERDICTS.items()
        if (n := sum(f.verdict == verdict for f in found.findings))
    )
    return (
        f"读到数字 {count['read']} 个：已核对 {count['checked']} 个，无从核对 {count['uncheckable']} 个；"
        f"读不出的地方 {count['unread']} 处。{verdicts or '没有发现矛盾'}。"
    )
