"""uvicorn on a thread of its own: started and stopped from any other, nothing installed in the process."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any

import uvicorn

from postline_sandbox.connection import connection_class
from postline_sandbox.front import Front

Background = Callable[[], Coroutine[Any, Any, None]]
_KEEP_ALIVE_SECONDS = 75
_GRACE_SECONDS = 2
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach a server that listens everywhere


class _Server(uvicorn.Server):
    """Ends when told to: uvicorn's own looks every tenth of a second, and then pauses for another."""

    def __init__(self, config: uvicorn.Config, stop: asyncio.Event) -> None:
        super().__init__(config)
        self._stop = stop

    async def main_loop(self) -> None:
        while not self._stop.is_set() and not await self.on_tick(0):
            try:
                await asyncio.wait_for(self._stop.wait(), 1)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wait_tasks_to_complete(), _GRACE_SECONDS)


class ServerThread:
    """One listening socket, one event loop, one thread. The socket listens from the start, so nobody is ever refused."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = _listen(host, port)
        name, number = self._socket.getsockname()[:2]
        name = _ANY_ADDRESS.get(name, name)
        self.base_url = f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready: Future[None] = Future()

    def start(self, front: Front, background: Background, stop: asyncio.Event) -> None:
        """Serve, and run a task beside it, until `stop` is set."""
        config = uvicorn.Config(
            front,
            http=connection_class(front),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        arguments = (config, background, stop)
        self._thread = threading.Thread(target=self._run, args=arguments, name="postline-sandbox", daemon=True)
        self._thread.start()
        self._ready.result()

    def stop(self, stop: asyncio.Event) -> None:
        """Stop serving and wait for the thread to end."""
        if self._thread is None or self._loop is None:
            self._socket.close()
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(stop.set)
        self._thread.join()

    def call(self, function: Callable[[], Any]) -> Any:
        """Run a function, or a coroutine function, on the server's thread and wait for its result.

        Raises:
            RuntimeError: The server does not run, or its own thread asks.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("the sandbox cannot wait for itself")
        if self._loop is None or self._thread is None or not self._thread.is_alive():
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(_result(function), self._loop).result()

    def _run(self, config: uvicorn.Config, background: Background, stop: asyncio.Event) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve(config, background, stop))
        except BaseException as error:  # raised by the thread that waits for the start
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self, config: uvicorn.Config, background: Background, stop: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        config.load()
        task = asyncio.create_task(background())
        self._ready.set_result(None)
        try:
            await _Server(config, stop).serve([self._socket])
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _listen(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is spelled out; `socket.create_server` leaves it 0.
    listening = socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(512)
    except OSError:
        listening.close()
        raise
    return listening


async def _result(function: Callable[[], Any]) -> Any:
    result = function()
    return await result if isinstance(result, Awaitable) else result
