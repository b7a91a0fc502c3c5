"""Killed, out of disk, out of memory, or twice at once: what is published stays whole.

Set QZANALYSIS_KILLS for more kills than the default; the moments are the same in every run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rendering.conftest import write_notebook
from typer.testing import CliRunner

from qzanalysis import cli

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]
KILLS = int(os.environ.get("QZANALYSIS_KILLS", "60"))
LANES = 2
REPO = Path(__file__).parents[1]
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
        kept = [path.name for path in self.out.rglob("*.tmp")]
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


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "bench")
    yield made
    shutil.rmtree(made.temporary, ignore_errors=True)


def finished(bench: Bench) -> str:
    """Let a render end, and give what it said on standard error."""
    process = bench.start()
    told = process.communicate(timeout=120)[1]
    assert process.returncode == 0, told
    return told


# --- killed ---------------------------------------------------------------------------------------


def _lane(folder: Path, moments: list[float]) -> list[str]:
    """Kill a render at each of these moments; what was wrong afterwards.

    A moment is a share of a render's duration. Publishing is too short to be met so: below 0, the
    moment is that many seconds after something first changes where the report stands.
    """
    bench, wrong = Bench(folder), []
    begin = time.monotonic()
    finished(bench)
    duration = time.monotonic() - begin
    for number, moment in enumerate(moments):
        bench.teachers(11 + number % 2)
        before = _standing(bench)
        process = bench.start()
        while moment < 0 and _standing(bench) == before and process.poll() is None:
            time.sleep(0.001)
        time.sleep(moment * duration if moment > 0 else -moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if found := fault(bench.report):
            wrong.append(f"killed at {moment:.3f}: {found}")
        if number % 10 == 9 or number == len(moments) - 1:
            finished(bench)
            wrong += [f"stayed behind: {name}" for name in bench.orphans()]
            wrong += [f"left over: {name}" for name in bench.leftovers()]
    shutil.rmtree(bench.temporary)
    return wrong


def _standing(bench: Bench) -> object:
    """What stands at the report's place and beside it, but for the lock."""
    around = sorted(path.name for path in bench.report.parent.iterdir())
    with contextlib.suppress(OSError):
        found = bench.report.stat()
        return [name for name in around if not name.endswith(".lock")], found.st_ino, found.st_mtime
    return around


def _moments(number: int) -> list[float]:
    """Two thirds spread over a render and a little beyond, the rest over publishing; shuffled."""
    spread, close = number - number // 3, number // 3
    moments = [(place + 0.5) / spread * 1.1 for place in range(spread)]
    moments += [-0.03 * (place + 0.5) / close for place in range(close)]
    random.Random(7).shuffle(moments)
    return moments


def test_killed_at_any_moment_the_report_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    """And the next run works, removes what was left, and no process stays behind."""
    moments = _moments(KILLS)
    with ThreadPoolExecutor(LANES) as lanes:
        wrong = list(
            lanes.map(
                _lane,
                [tmp_path / f"lane-{lane}" for lane in range(LANES)],
                [moments[lane::LANES] for lane in range(LANES)],
            )
        )
    assert wrong == [[]] * LANES


EVERY_LINE = r"""
import os, shutil, signal, sys
from pathlib import Path
from qzanalysis.rendering import publish

target, exchange = Path(sys.argv[1]), sys.argv[2] == "exchange"
if not exchange:
    publish._exchange = lambda *_: False
OLD = {"index.html": b"old", "gone.html": b"old", "manifest.json": b"old"}
NEW = {"index.html": b"new", "manifest.json": b"new"}
WATCHED = {publish.__file__, shutil.__file__}

def published(files):
    with publish.locked(target):
        publish.publish(target, files)

def victim(line):
    def trace(frame, event, argument):
        if frame.f_code.co_filename not in WATCHED:
            return None
        trace.seen += event == "line"
        if trace.seen == line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    trace.seen = 0
    sys.settrace(trace)
    published(NEW)
    os._exit(0)

def standing():
    return {path.name: path.read_bytes() for path in target.iterdir()} if target.exists() else None

line, killed = 0, True
while killed:
    line += 1
    published(OLD)
    process = os.fork()
    if process == 0:
        victim(line)
    killed = os.WIFSIGNALED(os.waitpid(process, 0)[1])
    at_once = standing()
    with publish.locked(target):
        pass
    if standing() not in (OLD, NEW) or (exchange and at_once not in (OLD, NEW)):
        print(f"line {line}: {at_once}, then {standing()}")
    if left := [path.name for path in target.parent.iterdir() if path != target]:
        print(f"line {line}: left {left}")
print(line)
"""


@pytest.mark.parametrize("way", ["exchange", "two-renames"])
def test_killed_at_every_line_of_the_publishing_nothing_is_lost(tmp_path: Path, way: str) -> None:
    """With an exchange of folders a report always stands there; without, the next run restores it."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", EVERY_LINE, str(tmp_path / "tiny" / "2021"), way],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(REPO)},
    )
    *wrong, lines = done.stdout.split("\n")[:-1]
    assert wrong == []
    assert int(lines) > 80


# --- faults ---------------------------------------------------------------------------------------


def _mounted(folder: Path, *options: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "qzanalysis-test", str(folder)]
    with contextlib.suppress(OSError):
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    return False


@pytest.fixture
def small_disk(bench: Bench) -> Iterator[Path]:
    """The reports' folder on a disk of one megabyte; needs root."""
    if os.geteuid() != 0 or not _mounted(bench.out, "size=1m"):
        pytest.skip("没有权限挂载小磁盘（tmpfs）")
    yield bench.out
    subprocess.run(["umount", "-l", str(bench.out)], check=False)


def told(bench: Bench, status: int) -> str:
    """What a render in this process says, when it ends with this status."""
    done = CliRunner().invoke(cli.app, bench.command)
    assert done.exit_code == status, done.output
    assert "Traceback" not in done.output
    return done.stderr


@pytest.mark.parametrize("room", [100_000, 30_000, 10_000, 0])
def test_a_full_disk_leaves_the_old_report(bench: Bench, small_disk: Path, room: int) -> None:
    """A real one; when there is room again, the next run works."""
    told(bench, 0)
    before = contents(bench.report)
    free = shutil.disk_usage(small_disk).free
    (small_disk / "filler").write_bytes(b"x" * (free - room))
    bench.teachers(11)
    assert "磁盘已满" in told(bench, 1)
    assert contents(bench.report) == before and bench.leftovers() == []
    (small_disk / "filler").unlink()
    told(bench, 0)
    assert contents(bench.report) != before and fault(bench.report) is None


def test_a_read_only_disk_leaves_the_old_report(bench: Bench, small_disk: Path) -> None:
    """With the reason in words."""
    told(bench, 0)
    before = contents(bench.report)
    bench.teachers(11)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "文件系统只读" in told(bench, 1)
    assert contents(bench.report) == before
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    told(bench, 0)
    assert contents(bench.report) != before and fault(bench.report) is None


def test_without_permission_the_old_report_stays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused where the new report is built; root may write anywhere, so it is acted."""
    told(bench, 0)
    before = contents(bench.report)
    bench.teachers(11)
    mkdir = Path.mkdir

    def refuse(path: Path, *arguments: object, **options: object) -> None:
        if "building" in path.name:
            raise PermissionError(13, "Permission denied", str(path))
        mkdir(path, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", refuse)
        assert "没有写入权限" in told(bench, 1)
    assert contents(bench.report) == before and bench.leftovers() == []
    told(bench, 0)


WAITS = """
import time
from pathlib import Path
here = Path({folder!r})
first = not (here / "started").exists()
(here / "started").touch()
while first and not (here / "go").exists():
    time.sleep(0.02)
"""


def test_two_renders_of_one_report_at_once_do_not_meet(bench: Bench) -> None:
    """The second is refused with the first one's process id; the first publishes."""
    bench.notebook("00-summary", "摘要", WAITS.format(folder=str(bench.folder)))
    first = bench.start()
    while not (bench.folder / "started").exists():
        assert first.poll() is None, first.communicate()
        time.sleep(0.02)
    try:
        assert f"PID {first.pid}" in told(bench, 1)
    finally:
        (bench.folder / "go").touch()
    assert first.wait(60) == 0
    assert fault(bench.report) is None and bench.leftovers() == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nos.kill(os.getpid(), 9)", "可能是内存不足"),
        (
            "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))\nx = 'x' * 2**33",
            "MemoryError",
        ),
    ],
    ids=["killed by the system", "refused by the system"],
)
def test_a_notebook_out_of_memory_leaves_the_old_report(
    bench: Bench, source: str, expected: str
) -> None:
    """Only that chapter is named; the next run works."""
    told(bench, 0)
    before = contents(bench.report)
    bench.notebook("07-challenges", "面临挑战", source)
    said = told(bench, 1)
    assert expected in said and "07-challenges.ipynb" in said and "00-summary" not in said
    assert contents(bench.report) == before and bench.leftovers() == []
    bench.notebook("07-challenges", "面临挑战", "1")
    told(bench, 0)
    assert fault(bench.report) is None
