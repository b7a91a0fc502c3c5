"""A papermill engine that forks its kernel instead of starting one; for any Python notebook.

`papermill --engine qzanalysis-forked in.ipynb out.ipynb`. papermill imports this module when it is
imported itself (import papermill first), as its entry point `papermill.engine` says:
https://papermill.readthedocs.io/en/latest/extend-entry-points.html
"""

from __future__ import annotations

import multiprocessing
import re
import sys
from pathlib import Path
from typing import Any, Final

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from papermill.engines import NBClientEngine

from qzanalysis.publishing.forked import ForkedKernelManager

NAME: Final = "qzanalysis-forked"
_NEEDS_SOCKETS: Final = re.compile(r"^\s*%(gui|qtconsole|connect_info|subshell)\b", re.MULTILINE)


class ForkedEngine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine with a forked kernel; what it cannot do goes to an ordinary one."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Run every code cell; options and exceptions are those of papermill's own engine."""
        if reason := unsupported(nb_man.nb, kernel_name):
            print(f"{NAME}：{reason}，改用普通内核（falling back to a kernel）", file=sys.stderr)
        else:
            options["kernel_manager_class"] = ForkedKernelManager
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def unsupported(notebook: Any, kernel_name: str) -> str:
    """The reason why a notebook needs an ordinary kernel; empty if a forked one will do."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return "本系统不能派生进程（no fork）"
    if "ipykernel.kernelapp" in sys.modules and _inside_kernel():
        return "已在一个内核中运行（inside a kernel）"
    if not _is_own(kernel_name):
        return f"内核 {kernel_name} 不是本环境的 IPython（another kernel）"
    for cell in notebook.cells:
        if cell.cell_type == "code" and (magic := _NEEDS_SOCKETS.search(cell.source)):
            return f"{magic[0].strip()} 需要套接字（needs sockets）"
    return ""


def _inside_kernel() -> bool:
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    return bool(IPKernelApp.initialized())


def _is_own(kernel_name: str) -> bool:
    """A kernel specification that starts IPython in this very environment, as the usual one does."""
    try:
        specification = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        return False
    program, *arguments = specification.argv
    python = Path(sys.executable)
    return (
        "ipykernel_launcher" in arguments
        and (Path(program) == python or program in {"python", "python3", python.name})
        and not specification.env
        and "kernel_provisioner" not in specification.metadata
    )
