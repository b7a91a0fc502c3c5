"""IPython's own kernel in a forked process, with pipes in place of ZeroMQ sockets.

The kernel application, shell, display publisher and output streams are those of ipykernel, and the
client (`forked`) is nbclient's: so outputs are those of an ordinary kernel, without the second it
takes to start one and to connect to it. Messages: https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import inspect
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

import ipykernel
import traitlets

from qzanalysis.publishing.forked import PipeSession, readable
from qzanalysis.reports import processes

# ipykernel imports debugpy (0.15 s) to offer a debugger, which nobody can reach here.
_NO_DEBUGGER = ModuleType("ipykernel.debugger")
_NO_DEBUGGER._is_debugpy_available = False  # type: ignore[attr-defined]
sys.modules["ipykernel.debugger"] = _NO_DEBUGGER

from ipykernel.iostream import IOPubThread  # noqa: E402
from ipykernel.ipkernel import IPythonKernel  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from ipykernel.thread import make_selector_io_loop  # noqa: E402
from tornado.ioloop import IOLoop  # noqa: E402


def serve(
    session: PipeSession, requests: Connection, outputs: Connection, arguments: Sequence[str]
) -> None:
    """Be a kernel until the client closes its end of `requests`. Call this in a forked process.

    Args:
        session: shared with the client.
        requests: the shell channel: requests in, replies out.
        outputs: the IOPub channel: outputs and status out.
        arguments: for the kernel application, as on the command line of `ipykernel_launcher`.
    """
    os.setsid()  # as an ordinary kernel: Ctrl-C reaches the client only
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # blocked in processes of `pools`
    processes.end_with_parent()
    _forget_parent(arguments)
    app = _Application(session=session, requests=requests, outputs=outputs)
    app.initialize(list(arguments))
    with contextlib.suppress(EOFError):
        asyncio.run(app.serve())
    app.reset_io()
    atexit._run_exitfuncs()  # also clears the namespace, which closes what it holds


def _forget_parent(arguments: Sequence[str]) -> None:
    """Give back what a new interpreter has and the parent may have changed."""
    gc.freeze()
    atexit._clear()
    asyncio.set_event_loop_policy(None)
    logging.disable(logging.NOTSET)
    logging.root.setLevel(logging.WARNING)
    logging.root.handlers.clear()
    warnings.resetwarnings()
    for category in (ResourceWarning, ImportWarning, PendingDeprecationWarning, DeprecationWarning):
        warnings.simplefilter("ignore", category)
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
    if sys.path[0] in {"", str(Path.cwd()), str(Path(sys.argv[0]).absolute().parent)}:
        del sys.path[0]  # the folder of the script that started the parent
    launcher = Path(ipykernel.__file__).parents[1] / "ipykernel_launcher.py"
    sys.argv = [str(launcher), *arguments]


class _IOPub(IOPubThread):
    """The thread that flushes output streams, without the sockets it has in ipykernel."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.io_loop = make_selector_io_loop()
        self.thread = threading.Thread(target=self.io_loop.start, name="IOPub", daemon=True)
        self.thread.start()

    def schedule(self, f: Any) -> None:
        """Call a function in the thread; here, in a process forked by a notebook."""
        if self.thread.is_alive():
            self.io_loop.add_callback(f)
        else:
            f()


class _Kernel(IPythonKernel):
    """A kernel whose requests are given to it by the application."""

    debugger_class = traitlets.Any()

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits: the client sends one request at a time."""


class _Application(IPKernelApp):
    """The kernel application, without what belongs to sockets."""

    requests = traitlets.Any()
    outputs = traitlets.Any()

    def init_connection_file(self) -> None: ...

    def init_heartbeat(self) -> None: ...

    def write_connection_file(self, **_: Any) -> None: ...

    def log_connection_info(self) -> None: ...

    def init_sockets(self) -> None:
        self.iopub_thread = self.iopub_socket = _IOPub(self.outputs)

    def init_kernel(self) -> None:
        self.kernel = kernel = _Kernel.instance(
            parent=self,
            session=self.session,
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
            # asked by the kernel for the thread in which Ctrl-C arrives
            shell_channel_thread=threading.main_thread(),
        )
        threading.main_thread().parent_thread = threading.main_thread()  # type: ignore[attr-defined]
        self.displayhook.get_execution_count = lambda: kernel.execution_count

    async def serve(self) -> None:
        """Handle requests one after another.

        Raises:
            EOFError: the client has closed its end.
        """
        self.kernel.io_loop = IOLoop.current()
        while True:
            await readable(self.requests.fileno())
            await self._handle(self.session.receive(self.requests))

    async def _handle(self, request: dict[str, Any]) -> None:
        """As `Kernel.dispatch_shell`, which takes a message of ZeroMQ.

        Only cells are interruptible: a client that ends a kernel interrupts it first, and may do so
        while the last other request is being finished.
        """
        kernel = self.kernel
        kernel.set_parent([], request, channel="shell")
        kernel._publish_status("busy", "shell")
        interruptible = request["header"]["msg_type"] == "execute_request"
        if interruptible:
            kernel.pre_handler_hook()
        try:
            handler = kernel.shell_handlers[request["header"]["msg_type"]]
            if inspect.isawaitable(reply := handler(self.requests, [], request)):
                await reply
        except KeyboardInterrupt:
            kernel.log.error("KeyboardInterrupt caught in kernel.")
        finally:
            if interruptible:
                kernel.post_handler_hook()
        sys.stdout.flush()
        sys.stderr.flush()
        kernel._publish_status("idle", "shell")
