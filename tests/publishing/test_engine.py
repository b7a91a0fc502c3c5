"""`papermill --engine qzanalysis-forked` does what papermill does, on notebooks of any kind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from matrix import matrix

from qzanalysis.publishing import pools

from .engine_notebooks import NOTEBOOKS, notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not pools.can_fork(), reason="this machine cannot fork"),
]
STOCK, FORKED = "nbclient", "qzanalysis-forked"
# What differs between two runs of papermill's own engine: addresses, process ids, durations.
VARYING = (
    (re.compile(r"0x[0-9a-f]{6,}"), "0x"),
    (re.compile(r"ipykernel_\d+"), "ipykernel"),
    (re.compile(r"(CPU times|Wall time): [^\"\\]*"), r"\1"),
)
ERROR_TAGS = "papermill-error-cell-tag", "papermill-error-cell-message-tag"
RUN = """
import logging, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import papermill
engine, folder = sys.argv[1], Path(sys.argv[2])
logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # nbclient leaves tasks behind
logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s", stream=sys.stdout)
for path in sorted(folder.glob("*.ipynb")):
    print("#", path.stem, flush=True)
    (folder / path.stem).mkdir()
    options = {"number": 2} if path.stem == "parameters" else {}
    try:  # in threads, for nbclient leaves tasks in the event loop of the thread
        with ThreadPoolExecutor(1) as thread:
            thread.submit(papermill.execute_notebook, path, folder / path.stem / "out.ipynb", options,
                engine_name=engine, progress_bar=False, log_output=True, cwd=folder / path.stem).result()
    except BaseException as error:
        print("raised", type(error).__mro__, str(error))
"""


def _environment() -> dict[str, str]:
    """Without the variable by which ipykernel knows pytest, and then redirects no descriptors."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def _same(text: str) -> str:
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    return text


def _merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A stream that was flushed by the clock between two writes is one output."""
    merged: list[dict[str, Any]] = []
    for output in outputs:
        before = merged[-1] if merged else {}
        if output["output_type"] == "stream" and before.get("name") == output["name"]:
            before["text"] += output["text"]
        else:
            merged.append(output)
    for output in merged:
        if output["output_type"] == "stream":
            output["text"] = "".join(output["text"])
    return merged


def _content(path: Path) -> dict[str, Any]:
    """A written notebook without times."""
    content: dict[str, Any] = json.loads(_same(path.read_text("utf-8")))
    for part in (content, *content["cells"]):
        part["metadata"].pop("execution", None)
        if {"injected-parameters", *ERROR_TAGS} & set(part["metadata"].get("tags", ())):
            part["id"] = "random"
        if "outputs" in part:
            part["outputs"] = _merged(part["outputs"])
        for name in ("start_time", "end_time", "duration", "input_path", "output_path"):
            part["metadata"].get("papermill", {}).pop(name, None)
    return content


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """For each engine a folder with every notebook executed, and what was logged in `log`."""
    made = {}
    running = []
    for engine in (STOCK, FORKED):
        folder = tmp_path_factory.mktemp("engine") / "x"
        folder.mkdir()
        for name, sources in NOTEBOOKS.items():
            nbformat.write(notebook(sources), folder / f"{name}.ipynb")
        log = (folder / "log").open("w", encoding="utf-8")
        command = [sys.executable, "-c", RUN, engine, str(folder)]
        running.append(
            subprocess.Popen(
                command, stdout=log, stderr=subprocess.PIPE, text=True, env=_environment()
            )
        )
        made[engine] = folder
    for process in running:
        _, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
    return made


@pytest.mark.long
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_is_as_papermill_writes_it(name: str, folders: Mapping[str, Path]) -> None:
    stock, own = (_content(folders[engine] / name / "out.ipynb") for engine in (STOCK, FORKED))
    for before, now in zip(stock["cells"], own["cells"], strict=True):
        text = _same(json.dumps(now, indent=1)).replace(str(folders[FORKED]), str(folders[STOCK]))
        assert json.loads(text) == before
    stock.pop("cells"), own.pop("cells")
    assert own == stock


@pytest.mark.long
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_is_logged_and_raised_is_the_same(name: str, folders: Mapping[str, Path]) -> None:
    logs = []
    for engine in (STOCK, FORKED):
        text = _same((folders[engine] / "log").read_text("utf-8"))
        parts = re.split(r"^# (.+)$", text.replace(str(folders[engine]), ""), flags=re.MULTILINE)
        part = dict(zip(parts[1::2], parts[2::2], strict=True))[name]
        logs.append(re.sub(r"papermill INFO |\s+", "", part))  # flushed by the clock, see above
    assert logs[1] == logs[0]
    if name in {"failure", "input", "password", "exit"}:
        assert "PapermillExecutionError" in logs[0]


@pytest.mark.long
def test_what_a_notebook_leaves_is_written_when_its_kernel_ends(
    folders: Mapping[str, Path],
) -> None:
    for engine in (STOCK, FORKED):
        made = folders[engine] / "surroundings"
        assert (made / "kept").read_text() == "flushed", engine
        assert (made / "at-exit").read_text() == "x", engine


def _papermill(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "papermill", "--no-progress-bar", "in.ipynb", "out.ipynb", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        env=_environment(),
        check=False,
    )


ENDS = {"1": 0, "1 / 0": 1, "import os; os._exit(9)": 138, "while True: pass": 1}


@pytest.mark.parametrize(("source", "status"), matrix(ENDS.items(), {("1 / 0", 1)}))
def test_the_command_line_ends_the_same_way(tmp_path: Path, source: str, status: int) -> None:
    """And leaves the same notebook."""
    left, said = [], []
    for engine in (STOCK, FORKED):
        folder = tmp_path / engine
        folder.mkdir()
        nbformat.write(notebook([source, "2"]), folder / "in.ipynb")
        done = _papermill(folder, "--engine", engine, "--execution-timeout", "3")
        assert done.returncode == status, done.stderr
        left.append(_content(folder / "out.ipynb"))
        said.append(_same(done.stderr).strip().splitlines()[-1])
    assert left[0] == left[1]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("source", "kernel", "reason"),
    [("%connect_info", "python3", "%connect_info"), ("1", "other", "other")],
)
def test_what_needs_a_kernel_gets_one_and_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, kernel: str, reason: str
) -> None:
    specification = {"argv": [sys.executable, "-X", "utf8", "-m", "ipykernel_launcher", "-f"]}
    specification["argv"].append("{connection_file}")
    folder = tmp_path / "kernels" / "other"
    folder.mkdir(parents=True)
    text = json.dumps(
        specification | {"display_name": "Other", "language": "python", "env": {"A": "1"}}
    )
    (folder / "kernel.json").write_text(text)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    nbformat.write(notebook([source]), tmp_path / "in.ipynb")
    done = _papermill(tmp_path, "--engine", FORKED, "--kernel", kernel)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if FORKED in line]
    assert reason in line and "falling back to a kernel" in line
    assert _content(tmp_path / "out.ipynb")["cells"][1]["outputs"]
