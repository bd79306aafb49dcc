"""A small HTTP server on loopback that shows what a client does with its connections."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest


class Server:
    """Answers by path, on a thread of its own; counts connections and notes requests.

    `/echo` tells the request; `/slow` answers when `release` is set, or notes that the client left; `/drop` closes unanswered,
    `/gone` also unheard; `/last` closes after its answer without saying so; `/long` is a megabyte in pieces; `/packed` is
    compressed, `/garbled` only says so; `/refused` is a long error; `/pieces` tells no length in advance, `/untold` none at all;
    `/drip` takes its time; `/chatty` says something more; `/reset` breaks off, `/cut` without TLS's end; `/early` answers and
    leaves before it has heard the content, `/deaf` never hears it, `/slowly` takes its time to.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.connections = self.open = self.most_open = 0
        self.arrived, self.left = threading.Event(), threading.Event()
        self._context = context
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="loopback")

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    def release(self) -> None:
        """Let slow answers go."""
        self._loop.call_soon_threadsafe(self._released.set)

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]

    async def _run(self) -> None:
        self._loop, self._stopped, self._released = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        self._released.set()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self._writers.add(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left.set()
        finally:
            self._writers.discard(writer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            self.open -= 1

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        kind = target.partition("?")[0].rpartition("/")[2]
        if kind not in {"early", "deaf", "gone", "slowly"}:
            await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((method, target, headers))
        self.arrived.set()
        if kind in {"drop", "gone"}:
            return False
        if kind == "slow" and not await self._wait(reader):
            return False
        if kind == "long":
            await self._send(writer, b"x" * 1_000_000, pieces=1000)
        elif kind == "packed":
            await self._send(writer, gzip.compress(b"y" * 10_000), "200 OK\r\ncontent-encoding: gzip")
        elif kind == "garbled":
            await self._send(writer, b"y" * 100, "200 OK\r\ncontent-encoding: gzip")
        elif kind == "deaf":
            await self._released.wait()
        elif kind == "early":
            await self._send(writer, b"too much", "413 Content Too Large")
        elif kind == "pieces":
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nall\r\n6\r\n of it\r\n0\r\n\r\n")
        elif kind == "untold":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        elif kind == "cut":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nhalf of it")
            await asyncio.sleep(0.05)
            with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as below:
                below.shutdown(socket.SHUT_RDWR)
        elif kind == "slowly":
            await self._hear(reader, int(headers["content-length"]))
            await self._send(writer, b"heard")
        elif kind == "drip":
            for piece in (b"HTTP/1.1 200 OK\r\n", b"content-length: 2\r\n", b"\r\n", b"o", b"k"):
                writer.write(piece)
                await asyncio.sleep(0.15)
        elif kind == "chatty":
            await self._send(writer, b"ok")
            await asyncio.sleep(0.05)
            writer.write(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
            self._released.set()
        elif kind == "reset":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
            await asyncio.sleep(0.05)
            linger = struct.pack("ii", 1, 0)  # so that closing is a reset
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif kind == "refused":
            await self._send(writer, b"z" * 10_000, "403 Forbidden")
        else:
            await self._send(writer, json.dumps({"path": target, "headers": headers}).encode())
        return kind not in {"last", "early", "deaf", "untold", "reset", "cut"}

    async def _hear(self, reader: asyncio.StreamReader, size: int) -> None:
        while size:
            size -= len(await reader.read(300_000))
            await asyncio.sleep(0.02)

    async def _wait(self, reader: asyncio.StreamReader) -> bool:
        gone = asyncio.ensure_future(reader.read(1))
        released = asyncio.ensure_future(self._released.wait())
        await asyncio.wait({gone, released}, return_when=asyncio.FIRST_COMPLETED)
        released.cancel()
        if gone.done():
            self.left.set()
            return False
        gone.cancel()
        await asyncio.sleep(0)
        return True

    async def _send(
        self, writer: asyncio.StreamWriter, content: bytes, status: str = "200 OK", pieces: int = 1
    ) -> None:
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(content)}\r\n\r\n".encode())
        size = len(content) // pieces
        for start in range(0, len(content), size):
            writer.write(content[start : start + size])
            await writer.drain()


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve over plain HTTP."""
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    """Serve at another address."""
    running = Server()
    running.start()
    yield running
    running.stop()


# A key for these tests only: it belongs to nobody, and is trusted nowhere.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvTKj00kvywMk5e7s
b5pPahEDeuKpjDNZFI9CBdalkhShRANCAATf8OF4bRL1gmLZqVPo9XArVNX+Ch8s
ppTKCqo0Kd3EeZ1mue5qy4v3VUqOnUtnMV7R38Wy5VcmAp1e74tu9zpO
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUFohDPYR8x6366EmvWvtXI+48o+8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDIwMTgyMFoYDzIxMjYxMDI3
MjAxODIwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATf8OF4bRL1gmLZqVPo9XArVNX+Ch8sppTKCqo0Kd3EeZ1mue5qy4v3
VUqOnUtnMV7R38Wy5VcmAp1e74tu9zpOo28wbTAdBgNVHQ4EFgQUVQffnE3hPtsq
Pti4UMEd3CEdszswHwYDVR0jBBgwFoAUVQffnE3hPtsqPti4UMEd3CEdszswDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgb0o1Ro0QBzt3GOK/biQBzNAmo2ojuEmuABRET876vzECIAcr
3qiSCgatEtJyD4HhvOVEK9YL9mAyx92tQrP7zqia
-----END CERTIFICATE-----
"""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate of 127.0.0.1, with its key."""
    path = tmp_path / "certificate.pem"
    path.write_text(CERTIFICATE)
    return path


@pytest.fixture
def secure_server(certificate: Path) -> Iterator[Server]:
    """Serve over TLS with a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    running = Server(context)
    running.start()
    yield running
    running.stop()
