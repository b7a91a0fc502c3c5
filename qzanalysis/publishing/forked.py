"""Forks a kernel (`kernel`) and speaks to it over two pipes, as nbclient expects of jupyter_client."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from queue import Empty
from typing import Any

from jupyter_client.client import KernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session


class PipeSession(Session):
    """Writes messages to connections, signed and serialised as for a socket."""

    _lock = threading.Lock()  # threads of a kernel share its two connections

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Sequence[Any] | None = None,
        *_: Any,
        **options: Any,
    ) -> dict[str, Any]:
        """Send one message, to the connection itself or to that of an `_IOPub`."""
        message: dict[str, Any] = msg_or_type
        if not isinstance(message, dict):
            header, metadata = options.get("header"), options.get("metadata")
            message = self.msg(msg_or_type, content, parent, header, metadata)
        attached = map(bytes, buffers or message.get("buffers", ()))
        frames = [*self.serialize(message, ident), *attached]
        connection = stream if isinstance(stream, Connection) else stream.connection
        with self._lock, contextlib.suppress(OSError):  # the other side has ended
            connection.send(frames)
        return message

    def receive(self, connection: Connection) -> dict[str, Any]:
        """The next message.

        Raises:
            EOFError: the other side has ended.
        """
        _, frames = self.feed_identities(connection.recv())
        return dict(self.deserialize(frames))


async def readable(descriptor: int) -> None:
    """Wait until there is something to read, or the other side has ended."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


class _Channel:
    """One of a client's channels."""

    def __init__(self, session: PipeSession, connection: Connection) -> None:
        self.session, self.connection = session, connection

    def send(self, message: dict[str, Any]) -> None:
        """Send a request."""
        self.session.send(self.connection, message)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message.

        Raises:
            Empty: none came within `timeout` seconds.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await readable(self.connection.fileno())
                with contextlib.suppress(EOFError, OSError):
                    return self.session.receive(self.connection)
                # The kernel is dead. nbclient asks `is_alive` once a second, and says so.
                await asyncio.Event().wait()
        raise Empty


class _Client(KernelClient):
    """Sends requests to a forked kernel; a kernel that cannot ask for input."""

    allow_stdin = False

    def __init__(self, manager: ForkedKernelManager) -> None:
        super().__init__(session=manager.session)
        self._shell_channel = _Channel(self.session, manager.shell)
        self._iopub_channel = _Channel(self.session, manager.iopub)
        self.is_alive = manager.is_alive

    def start_channels(self, *_: Any, **__: Any) -> None:
        """Nothing: the pipes are there."""

    stop_channels = start_channels

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """Nothing: requests wait in the pipe until the kernel reads them."""


class ForkedKernelManager(KernelManager):
    """Starts a kernel by forking this process, and ends it."""

    session: PipeSession
    process: Any = None

    @property
    def has_kernel(self) -> bool:
        """True from start to clean-up."""
        return self.process is not None

    def start_kernel(self, extra_arguments: Sequence[str] = (), **_: Any) -> None:
        """Fork a kernel.

        Args:
            extra_arguments: for the kernel application.
        """
        fork = multiprocessing.get_context("fork")
        self.session = PipeSession()
        pipes = fork.Pipe(), fork.Pipe()
        (self.shell, requests), (self.iopub, outputs) = pipes
        arguments = (self.session, pipes, extra_arguments)
        self.process = fork.Process(target=_serve, args=arguments)
        self.process.start()
        requests.close()
        outputs.close()

    def client(self, **_: Any) -> Any:
        """The client of this kernel."""
        return _Client(self)

    def is_alive(self) -> bool:
        """True while the kernel's process runs."""
        return bool(self.process.is_alive())

    def interrupt_kernel(self) -> None:
        """Let the running cell end with KeyboardInterrupt."""
        os.kill(self.process.pid, signal.SIGINT)

    async def shutdown_kernel(  # type: ignore[override]  # nbclient awaits it
        self, now: bool = False, restart: bool = False
    ) -> None:
        """Interrupt what runs, let the kernel end by itself if it does so in time, or kill it."""
        self.interrupt_kernel()
        self.shell.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0 if now else self.shutdown_wait_time):
                await readable(self.process.sentinel)

    def cleanup_resources(self, restart: bool = False) -> None:
        """Kill what is left of the kernel, and what its cells have started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.iopub.close()
        self.shell.close()


def _serve(session: PipeSession, pipes: Any, arguments: Sequence[str]) -> None:
    from qzanalysis.publishing import kernel  # noqa: PLC0415

    (shell, requests), (iopub, outputs) = pipes
    shell.close()
    iopub.close()
    kernel.serve(session, requests, outputs, arguments)
