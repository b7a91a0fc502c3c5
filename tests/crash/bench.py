"""A tiny report that may be killed, starved or locked out, and what to look at afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from publishing.conftest import write_notebook

REPO = Path(__file__).parents[2]
READS = """
import os
from pathlib import Path
print(Path(os.environ["QZANALYSIS_DATA"], "tiny", "2021", "annex.csv").read_text("utf-8"))
"""


@dataclass
class Bench:
    """A tiny report with everything it needs in one folder."""

    folder: Path
    marker: str = field(default_factory=lambda: os.urandom(8).hex())

    def __post_init__(self) -> None:
        (self.folder / "data" / "tiny" / "2021").mkdir(parents=True)
        (self.folder / "notebooks").mkdir()
        (self.folder / "data" / "schools.csv").write_text(
            "school,name,short_name,region\ntiny,小小中专,小中专,某省某市\n", encoding="utf-8"
        )
        self.teachers(10)
        self.notebook("00-summary", "摘要", READS)
        self.notebook("07-challenges", "面临挑战", READS)

    def notebook(self, name: str, title: str, source: str) -> None:
        write_notebook(
            self.folder / "notebooks" / f"{name}.ipynb", title, source, markdown=["## 一"]
        )

    def teachers(self, number: int) -> None:
        """Other figures, so that another report is due."""
        (self.folder / "data" / "tiny" / "2021" / "annex.csv").write_text(
            "indicator,breakdown,year,printed,source,note\n"
            f"students,,2021,120,附表1#28,\nteachers,,2021,{number},附表1#38,\n",
            encoding="utf-8",
        )

    @property
    def out(self) -> Path:
        return self.folder / "reports"

    @property
    def report(self) -> Path:
        return self.out / "tiny" / "2021"

    @property
    def command(self) -> list[str]:
        folders = {"data": "data", "notebooks": "notebooks", "out": "reports"}
        options = [
            part for key, name in folders.items() for part in (f"--{key}", str(self.folder / name))
        ]
        return ["render", "--jobs", "1", *options]

    def start(self) -> subprocess.Popen[str]:
        """A render of its own; what it starts carries the marker in its environment."""
        return subprocess.Popen(
            [sys.executable, "-m", "qzanalysis.cli", *self.command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "QZANALYSIS_CRASH": self.marker,
                "TMPDIR": str(self.temporary),
                "PYTHONPATH": str(REPO),
            },
        )

    @property
    def temporary(self) -> Path:
        """Short: sockets are put there."""
        path = Path(tempfile.gettempdir(), f"qzcrash-{self.marker[:6]}")
        path.mkdir(exist_ok=True)
        return path

    def leftovers(self) -> list[str]:
        """What lies beside the report, but for the kept results, and in the temporary folder."""
        around = [path.name for path in self.report.parent.iterdir()]
        kept = [path.name for path in self.out.rglob("*.part")]
        # folders only: Python itself tries a temporary folder with a file of four bytes
        temporary = [path.name for path in self.temporary.iterdir() if path.is_dir()]
        return [name for name in around if name not in {"2021", ".2021.cache"}] + kept + temporary

    def orphans(self, patience: float = 8.0) -> list[str]:
        """Processes that carry the marker and do not end."""
        end = time.monotonic() + patience
        while (found := _marked(self.marker)) and time.monotonic() < end:
            time.sleep(0.05)
        return found


def _marked(marker: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marker.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:80])
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fault(folder: Path) -> str | None:
    """Why what stands there is not a whole report; None if it is."""
    if not (folder / "manifest.json").is_file():
        return "no manifest"
    listed = json.loads((folder / "manifest.json").read_text("utf-8"))["outputs"]
    files = contents(folder)
    files.pop("manifest.json")
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return None if found == listed else f"{sorted(found)} is not what the manifest lists"


def finished(bench: Bench) -> str:
    """Let a render end, and give what it said on standard error."""
    process = bench.start()
    told = process.communicate(timeout=120)[1]
    assert process.returncode == 0, told
    return told
