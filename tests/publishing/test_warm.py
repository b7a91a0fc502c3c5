"""What the server does before it forks, and what the forked processes are spared."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from qzanalysis.publishing import environment, rehearsal, workers


def test_the_rehearsal_runs_through_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rehearsal.rehearse()
    assert not list(tmp_path.iterdir())


def test_a_script_without_a_guard_does_not_start_itself_again(tmp_path: Path) -> None:
    """multiprocessing would run the caller's main module again in every process."""
    script = tmp_path / "script.py"
    script.write_text(
        "import math\n"
        "from qzanalysis.publishing import environment, workers\n"
        "print('once')\n"
        "print(*dict(workers.run([(1, (math.sqrt, (4.0,)))], 1, environment.start())).values())\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["once", "2.0"], done.stderr


def test_the_environment_is_given_back() -> None:
    before = dict(os.environ)
    with environment.variables({"TZ": "Asia/Shanghai", "QZ_NEW": "1"}):
        assert os.environ["QZ_NEW"] == "1"
    assert dict(os.environ) == before
    assert workers.can_fork() == (sys.platform != "win32")
