"""The same queue on a real Dask cluster of this machine."""

from __future__ import annotations

import os
import signal
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
    assert len(_pages(there)) == 6


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
