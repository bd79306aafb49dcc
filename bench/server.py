"""A server that answers from prepared bytes after a chosen delay, as its own process.

It speaks the read calls of one service over HTTP/1.1. Its cost is small, so that what a benchmark sees is the client. It
prints `READY <url>` once it serves and ends when its standard input closes.
"""

import argparse
import asyncio
import ssl
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from bench.admission import HINTS, Admission
from bench.corpus import Corpus, dumps
from bench.services import Answer, Query, Route, Service
from bench.services.commune import Commune
from bench.services.inkbox import Inkbox

NOT_FOUND: Answer = 404, b'{"error":"Not found","detail":"Not found"}'
REFUSED: Answer = 429, b'{"error":"Rate limit exceeded","detail":"Rate limit exceeded"}'
REASONS = {200: "OK", 404: "Not Found", 429: "Too Many Requests"}


@dataclass
class Stats:
    """What clients did since the last reset."""

    requests: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    in_flight: int = 0
    peak_in_flight: int = 0


class Api:
    """Paths to answers; pure but for the counters."""

    def __init__(self, service: Service, admission: Admission) -> None:
        self.service = service
        self.admission = admission
        self.stats = Stats()
        self.routes = [(name, name.split("/"), route) for name, route in service.routes.items()]

    def answer(self, target: str, now: float) -> tuple[Answer, str]:
        """The answer, and headers that it has beside the usual ones."""
        path, _, raw = target.partition("?")
        parts, query = unquote(path).strip("/").split("/"), dict(parse_qsl(raw))
        if parts[0] == "bench":
            return self.control(parts[1], query), ""
        headers = self.admission.refusal(now)
        if headers is not None:
            self.stats.requests["refused"] += 1
            return REFUSED, headers
        name, route = self.route(parts)
        self.stats.requests[name] += 1
        return route(parts, query), ""

    def route(self, parts: list[str]) -> tuple[str, Route]:
        for name, shape, route in self.routes:
            if len(shape) == len(parts) and all(a in ("*", b) for a, b in zip(shape, parts, strict=True)):
                return name, route
        return "unknown", lambda _, __: NOT_FOUND

    def control(self, name: str, query: Query) -> Answer:
        """`/bench/stats` gives the counters and zeroes them; `/bench/sum` what all that is read must add up to."""
        if name == "sum":
            return 200, dumps(sum(self.service.sums(query["of"])[: int(query["size"])]))
        stats, self.stats = self.stats, Stats(in_flight=self.stats.in_flight)
        return 200, dumps(vars(stats))


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
        answer, headers = self.api.answer(target, time.monotonic())
        if target.startswith("/bench/"):
            self.write(answer, headers)
            return
        stats = self.api.stats
        stats.connections += self.fresh
        stats.in_flight += 1
        stats.peak_in_flight = max(stats.peak_in_flight, stats.in_flight)
        delay = self.latency_seconds + self.connect_seconds * self.fresh
        self.fresh = False
        if delay:
            asyncio.get_running_loop().call_later(delay, self.finish, answer, headers)
        else:
            self.finish(answer, headers)

    def finish(self, answer: Answer, headers: str) -> None:
        self.api.stats.in_flight -= 1
        self.write(answer, headers)

    def write(self, answer: Answer, headers: str) -> None:
        status, body = answer
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\n{headers}"
        if not self.transport.is_closing():
            self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def serve(options: argparse.Namespace) -> None:
    """Serve on a free loopback port until standard input closes."""
    corpus = Corpus(options.size, options.same_time, options.per_thread)
    service: Service = Commune(corpus)
    if options.service == "inkbox":
        service = Inkbox(corpus, options.calls, options.secrets)
    api = Api(service, Admission(options.fail_every, options.rps, options.retry_after))
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
    parser.add_argument("--service", choices=("commune", "inkbox"), required=True)
    parser.add_argument("--size", type=int, default=0, help="messages to prepare; no inbox can be larger")
    parser.add_argument("--calls", type=int, default=0, help="calls to prepare (Inkbox)")
    parser.add_argument("--secrets", type=int, default=0, help="secrets to put into the vault (Inkbox)")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="delay of every answer")
    parser.add_argument("--connect-ms", type=float, default=0.0, help="added once per connection")
    parser.add_argument("--same-time", type=int, default=1, help="neighbouring messages that share one timestamp")
    parser.add_argument("--per-thread", type=int, default=4, help="messages in a thread")
    parser.add_argument("--fail-every", type=int, default=0, help="answer each n-th request with 429")
    parser.add_argument("--rps", type=float, default=0.0, help="answer what exceeds so many requests a second with 429")
    parser.add_argument("--retry-after", choices=HINTS, default="none", help="what a 429 says of when to try again")
    parser.add_argument("--cert", help="PEM certificate: serve TLS")
    parser.add_argument("--key", help="PEM key of the certificate")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
