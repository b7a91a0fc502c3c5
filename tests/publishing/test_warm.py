"""What the server does before it forks, and what the forked processes are spared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qzanalysis.publishing import environment, pools


def test_the_rehearsal_runs_through_and_leaves_nothing(tmp_path: Path) -> None:
    """In a process of its own, as in the server; only what matplotlib caches may lie there."""
    done = subprocess.run(
        [sys.executable, "-c", "from qzanalysis.publishing import warm; print(warm.rehearse())"],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
    )
    assert (done.stdout, done.stderr) == ("None\n", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_a_script_without_a_guard_does_not_start_itself_again(tmp_path: Path) -> None:
    """multiprocessing would run the caller's main module again in every process."""
    script = tmp_path / "script.py"
    script.write_text(
        "import math\n"
        "from qzanalysis.publishing import pools\n"
        "print('once')\n"
        "print(*dict(pools.choose(1)([(1, (math.sqrt, (4.0,)))])).values())\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["once", "2.0"], done.stderr


def test_the_environment_is_given_back() -> None:
    before = dict(os.environ)
    with environment.variables({"TZ": "Asia/Shanghai", "QZ_NEW": "1"}):
        assert os.environ["QZ_NEW"] == "1"
    assert dict(os.environ) == before
    assert pools.can_fork() == (sys.platform != "win32")
