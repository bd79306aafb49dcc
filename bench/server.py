"""A server that answers from prepared bytes after a chosen delay, as its own process.

It speaks the read calls of Commune over HTTP/1.1. Its cost is small, so that what a benchmark sees is the client. The
trailing number of an inbox id is its size: `inbox-1000` holds 1,000 messages. It prints `READY <url>` once it serves
and ends when its standard input closes.
"""

import argparse
import asyncio
import ssl
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from bench.corpus import Corpus, dumps, joined

Query = dict[str, str]
Answer = tuple[int, bytes]
NOT_FOUND: Answer = 404, b'{"error":"Not found"}'
REFUSED: Answer = 429, b'{"error":"Rate limit exceeded"}'
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 429: "Too Many Requests"}


@dataclass
class Stats:
    """What clients did since the last reset."""

    requests: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    in_flight: int = 0
    peak_in_flight: int = 0


def limit_of(query: Query, default: int, top: int) -> int:
    """The page size as the service reads it: never an error, always within bounds."""
    try:
        limit = int(query.get("limit", default)) or default
    except ValueError:
        return default
    return min(max(limit, 1), top)


class Api:
    """Paths to answers; pure but for the counters."""

    def __init__(self, corpus: Corpus, fail_every: int = 0) -> None:
        self.corpus = corpus
        self.fail_every = fail_every
        self.served = 0
        self.stats = Stats()
        self.routes: dict[tuple[str, ...], Callable[[list[str], Query], Answer]] = {
            ("v1", "threads"): self.threads,
            ("v1", "threads", "*", "messages"): self.thread_messages,
            ("v1", "messages"): self.messages,
        }

    def answer(self, target: str) -> Answer:
        path, _, raw = target.partition("?")
        parts = [unquote(part) for part in path.strip("/").split("/")]
        query = dict(parse_qsl(raw))
        if parts[0] == "bench":
            return self.control(parts[1], query)
        self.served += 1
        if self.fail_every and self.served % self.fail_every == 0:
            self.stats.requests["refused"] += 1
            return REFUSED
        shape = tuple("*" if i in (2, 4) else part for i, part in enumerate(parts))
        self.stats.requests["/".join(shape)] += 1
        route = self.routes.get(shape)
        return route(parts, query) if route else NOT_FOUND

    def control(self, name: str, query: Query) -> Answer:
        """`/bench/stats` gives the counters and zeroes them; `/bench/sum?size=N` what all texts must add up to."""
        if name == "sum":
            return 200, dumps(sum(self.corpus.sums[: int(query["size"])]))
        stats, self.stats = self.stats, Stats(in_flight=self.stats.in_flight)
        return 200, dumps(vars(stats))

    def size_of(self, query: Query) -> int:
        return int(query.get("inbox_id", "inbox-0").rpartition("-")[2])

    def threads(self, _: list[str], query: Query) -> Answer:
        descending = query.get("order", "desc") == "desc"
        limit = limit_of(query, 20, 100)
        return 200, self.corpus.thread_page(self.size_of(query), limit, descending, query.get("cursor"))

    def thread_messages(self, parts: list[str], query: Query) -> Answer:
        members = self.corpus.thread(int(parts[2].rpartition("-")[2]))
        members = members[::-1] if query.get("order", "asc") == "desc" else members
        return 200, joined(self.corpus.commune[k] for k in members[: limit_of(query, 50, 1000)])

    def messages(self, _: list[str], query: Query) -> Answer:
        low, high = self.corpus.window(self.size_of(query), query)
        limit = limit_of(query, 50, 1000)
        if query.get("order", "desc") == "desc":
            return 200, joined(self.corpus.commune[max(low, high - limit) : high][::-1])
        return 200, joined(self.corpus.commune[low : min(high, low + limit)])


class Connection(asyncio.Protocol):
    """One client connection: one request at a time, in order."""

    def __init__(self, api: Api, latency_seconds: float, connect_seconds: float) -> None:
        self.api = api
        self.latency_seconds = latency_seconds
        self.connect_seconds = connect_seconds
        self.fresh = True
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        self.buffer = rest
        target = head.split(b" ", 2)[1].decode()
        status, body = self.api.answer(target)
        if target.startswith("/bench/"):
            self.write(status, body)
            return
        stats = self.api.stats
        stats.connections += self.fresh
        stats.in_flight += 1
        stats.peak_in_flight = max(stats.peak_in_flight, stats.in_flight)
        delay = self.latency_seconds + self.connect_seconds * self.fresh
        self.fresh = False
        if delay:
            asyncio.get_running_loop().call_later(delay, self.finish, status, body)
        else:
            self.finish(status, body)

    def finish(self, status: int, body: bytes) -> None:
        self.api.stats.in_flight -= 1
        self.write(status, body)

    def write(self, status: int, body: bytes) -> None:
        retry = "Retry-After: 0\r\n" if status == 429 else ""
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\n{retry}"
        if not self.transport.is_closing():
            self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def serve(options: argparse.Namespace) -> None:
    """Serve on a free loopback port until standard input closes."""
    api = Api(Corpus(options.size, options.same_time, options.per_thread), options.fail_every)
    context = None
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
    delays = options.latency_ms / 1000, options.connect_ms / 1000
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(api, *delays), "127.0.0.1", 0, ssl=context, backlog=512)
    port = server.sockets[0].getsockname()[1]
    print(f"READY {'https' if context else 'http'}://127.0.0.1:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.server", description=__doc__)
    parser.add_argument("--size", type=int, default=1000, help="messages to prepare; no inbox can be larger")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="delay of every answer")
    parser.add_argument("--connect-ms", type=float, default=0.0, help="added once per connection")
    parser.add_argument("--same-time", type=int, default=1, help="neighbouring messages that share one timestamp")
    parser.add_argument("--per-thread", type=int, default=4, help="messages in a thread")
    parser.add_argument("--fail-every", type=int, default=0, help="answer each n-th request with 429")
    parser.add_argument("--cert", help="PEM certificate: serve TLS")
    parser.add_argument("--key", help="PEM key of the certificate")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
