"""The same queue on a real Dask cluster of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed")

import dask
from distributed import Client, LocalCluster

from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.publishing import cluster, many, pipeline, pools
from qzanalysis.publishing.jobs import Request

from .conftest import write_notebook

SLOW = "import time; time.sleep(0.4); print('第', year, school)"


@pytest.fixture(scope="module")
def running() -> Iterator[LocalCluster]:
    with (
        dask.config.set(cluster.NOT_DAEMON),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as own,
    ):
        yield own


@pytest.fixture
def asked(data: Path, tmp_path: Path, running: LocalCluster) -> Request:
    folder = tmp_path / "nb"
    folder.mkdir()
    for number in range(6):
        write_notebook(folder / f"0{number}-part.ipynb", f"第 {number} 章", SLOW)
    address = running.scheduler_address
    return Request("tiny", 2021, data=data, notebooks=folder, out=tmp_path, scheduler=address)


SCHEDULER = """
import asyncio, sys
from distributed import Scheduler, Worker
async def main():
    async with Scheduler(port=0, dashboard=False, host="127.0.0.1") as scheduler:
        async with Worker(scheduler.address, nthreads=1, dashboard=False):
            print(scheduler.address, flush=True)
            await scheduler.finished()
asyncio.run(main())
"""


def test_a_scheduler_that_dies_gives_one_line_within_half_a_minute(
    asked: Request, tmp_path: Path
) -> None:
    """The scheduler is killed while a cell runs; nothing is published, and no process is left."""
    begun = tmp_path / "begun"
    source = f"open({str(begun)!r}, 'w').close()\nimport time; time.sleep(600)"
    write_notebook(asked.notebooks / "00-part.ipynb", "第 0 章", source)
    own = subprocess.Popen([sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE, text=True)
    assert own.stdout
    options = {
        "--data": asked.data,
        "--notebooks": asked.notebooks,
        "--out": tmp_path / "out",
        "--scheduler": own.stdout.readline().strip(),
        "--chapter": 0,
    }
    command = [part for name, value in options.items() for part in (name, str(value))]
    render = subprocess.Popen(
        [sys.executable, "-m", "qzanalysis.cli", "render", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not begun.exists():
        assert render.poll() is None, render.communicate()
        time.sleep(0.05)
    own.kill()
    _, message = render.communicate(timeout=30)
    own.wait()
    lines = [line for line in message.splitlines() if line and not line.startswith("运行：")]
    assert lines == ["错误：与调度器（scheduler）的连接中断；已发布的报告保持不变"]
    assert render.returncode == 1 and not (tmp_path / "out" / "tiny" / "2021").exists()


def _pages(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.html")}


def test_a_cluster_gives_the_same_bytes_even_when_a_worker_is_killed(
    asked: Request, running: LocalCluster, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill(done: int, total: int, what: str) -> None:
        if done == 1 and not killed:
            with Client(running, set_as_default=False) as client:
                victim = next(iter(client.run(os.getpid).values()))
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    there = pipeline.render(asked, kill).parent
    assert killed
    here = Request("tiny", 2021, data=asked.data, notebooks=asked.notebooks, out=tmp_path / "here")
    assert _pages(there) == _pages(pipeline.render(here).parent)
    assert len(_pages(there)) == 7, "six chapters, and methods"


@pytest.mark.long
def test_every_report_goes_through_one_queue(asked: Request, tmp_path: Path) -> None:
    (asked.notebooks / "bureau").mkdir()
    write_notebook(asked.notebooks / "bureau" / "00-bureau.ipynb", "各校比较", "print(year)")
    start, outcomes = many.render_all(asked, lambda *_: None)
    assert start.is_file() and outcomes[0].index is not None, outcomes


def test_a_notebook_that_dies_again_and_again_fails_and_the_cluster_lives(asked: Request) -> None:
    write_notebook(asked.notebooks / "06-dies.ipynb", "死", "import os; os._exit(9)")
    with pytest.raises(RunFailed, match=r"1 章运行失败(.|\n)*被中止"):
        pipeline.render(asked)
    pool = pools.choose(None, asked.scheduler)
    assert list(pool([("key", (abs, (-3,)))])) == [("key", 3)]


def test_an_address_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", "1s")
    pool = pools.choose(None, "tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1:9"):
        list(pool([("key", (abs, (-3,)))]))


def test_a_cluster_of_this_machine_needs_no_address() -> None:
    pool = pools.choose(1, cluster.LOCAL)
    assert list(pool([("key", (abs, (-3,)))])) == [("key", 3)]


@pytest.mark.long
def test_only_so_many_tasks_are_given_out_at_once() -> None:
    """Whatever the cluster, a queue of thousands is asked for bit by bit."""
    taken = []

    def tasks() -> Iterator[tuple[int, pools.Task]]:
        for number in range(50):
            taken.append(number)
            yield number, (abs, (-number,))

    results = pools.choose(1, cluster.LOCAL)(tasks())
    next(results)
    assert len(taken) <= 2 * pools.AHEAD + 1
    assert len(list(results)) == 49
