"""What the clients do with connections, seen from a real server."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from itertools import islice

import httpx
import pytest

from postline.async_client import AsyncClient
from postline.client import Client
from postline.commune import AsyncCommuneClient, CommuneClient
from postline.config import Retry, Settings
from postline.errors import APIError, ClosedError, NetworkError, TooLargeError
from postline.operation import Fetch, Gather, Listing, Operation
from postline.request import Address
from postline.route import Route, is_watched
from postline.wire import Wire

ONCE = Retry(attempts=1)


def get(path, **options):
    return Operation("GET", path if "://" in path else f"/{path}", bytes, **options)


def until(true, seconds=5.0):
    """Wait for another thread's doing."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    return true()


def endless(count=0):
    """Describe a listing that never ends: an item, and the next page."""
    return Fetch(get("echo"), lambda _: [count, endless(count + 1)])


async def test_the_waiting_client_works_inside_a_running_loop(server):
    """In a notebook, where a loop runs already, calls and listings just work."""
    with CommuneClient("key", base_url=server.url) as client:
        assert b"/echo" in client.run(get("echo"))
        assert len(client.run(Gather([get("echo")] * 5, 3))) == 5
        assert list(islice(client.stream(Listing(lambda: [endless()])), 3)) == [0, 1, 2]


def test_threads_may_share_a_client(server):
    """Each gets its own answers, over no more connections than threads."""
    found = []

    def work(name):
        found.extend(f"/echo?{name}.{n}".encode() in client.run(get(f"echo?{name}.{n}")) for n in range(25))

    with CommuneClient("key", base_url=server.url) as client:
        threads = [threading.Thread(target=work, args=[name]) for name in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == [True] * 150
    assert server.connections <= 6


def test_threads_wait_for_each_others_connections(server):
    """With `max_connections` reached by threads of one client, a call waits for its turn; not for ever."""
    client = CommuneClient.over(Wire(Settings(server.url, timeout=0.3, retry=ONCE, max_connections=2)))
    found = []

    def work(kind):
        try:
            found.append(client.run(get(kind, timeout=5)))
        except NetworkError as error:
            found.append(error)

    def begin(kinds):
        threads = [threading.Thread(target=work, args=[kind]) for kind in kinds]
        for thread in threads:
            thread.start()
        return threads

    with client:
        for thread in begin(["echo"] * 8):
            thread.join()
        waiting = begin(["slow"] * 3)
        assert until(lambda: len(found) == 9)
        server.release()
        for thread in waiting:
            thread.join()

    assert [isinstance(each, httpx.PoolTimeout) for each in found] == [False] * 8 + [True] + [False] * 2
    assert server.most_open <= 2


def test_a_connection_is_used_again(both, server):
    """Calls in a row go over one connection."""
    client = both.client(base_url=server.url)

    for _ in range(10):
        both.run(client, get("echo"))

    assert server.connections == 1


def test_a_connection_is_used_again_after_an_error(both, server):
    """A refusal does not cost the connection."""
    client = both.client(base_url=server.url)

    for _ in range(3):
        with pytest.raises(APIError):
            both.run(client, get("refused"))

    assert server.connections == 1


def test_closing_closes_the_connections(both, server):
    """After `close` the server has none left."""
    client = both.client(base_url=server.url)
    both.run(client, Gather([get("echo")] * 8, 4))

    both.do(client.close)

    assert until(lambda: server.open == 0)


def test_no_more_connections_than_requests_at_a_time(both, server):
    """`concurrency` bounds connections too, and they are used again."""
    client = both.client(base_url=server.url)

    both.run(client, Gather([get("echo") for _ in range(60)], concurrency=4))
    both.read(client, Gather([get("echo") for _ in range(60)], concurrency=4))

    assert server.connections <= 4


def test_a_bound_on_connections_makes_requests_wait(both, server):
    """With `max_connections` reached, a request waits for its turn."""
    client = both.over(Wire(Settings(server.url, max_connections=2)))

    answers = both.run(client, Gather([get("echo") for _ in range(20)], concurrency=8))

    assert len(answers) == 20
    assert server.most_open <= 2


def test_waiting_for_a_connection_ends(both, server):
    """Whoever gets no connection in time gets an error that says that nothing was sent."""
    client = both.over(Wire(Settings(server.url, timeout=0.05, retry=ONCE, max_connections=1)))
    two = [Fetch(get("slow", timeout=0.5), lambda answer: [answer]) for _ in range(2)]

    with pytest.raises(NetworkError) as caught:
        both.read(client, Listing(lambda: two, 2, ordered=False))

    assert isinstance(caught.value, httpx.PoolTimeout)
    assert "nothing was sent" in str(caught.value)


async def test_a_turn_that_comes_too_late_passes_to_the_next(server):
    """A task cancelled just as its connection comes free does not leave the others waiting."""
    client = AsyncClient(Wire(Settings(server.url, timeout=2, max_connections=1, retry=ONCE)))

    def flow():
        yield from get("slow")
        late.cancel()  # between its turn and its waking

    first = asyncio.create_task(client.run(flow()))
    await asyncio.to_thread(server.arrived.wait, 5)
    late, next_one = asyncio.create_task(client.run(get("echo"))), asyncio.create_task(client.run(get("echo")))
    await asyncio.sleep(0.01)

    server.release()
    await first

    with pytest.raises(asyncio.CancelledError):
        await late
    assert b"/echo" in await next_one
    await client.close()


def test_an_answer_that_takes_too_long_is_given_up(both, server):
    """The timeout is an error of both kinds, and the connection is not used again."""
    client = both.client(base_url=server.url, retry=ONCE)

    with pytest.raises(httpx.ReadTimeout) as caught:
        both.run(client, get("slow", timeout=0.05))

    assert isinstance(caught.value, NetworkError)
    assert server.left.wait(5)
    assert b"/echo" in both.run(client, get("echo"))


def test_a_connection_refused_is_an_error_of_both_kinds(both):
    """Nobody listens: nothing was sent, and the error says so."""
    client = both.client(base_url="http://127.0.0.1:9", retry=ONCE)

    with pytest.raises(httpx.ConnectError) as caught:
        both.run(client, Operation("POST", "/v1", bytes))

    assert isinstance(caught.value, NetworkError)
    assert not caught.value.may_have_arrived


def test_a_change_whose_answer_is_lost_is_sent_once(both, server):
    """The connection breaks after the request: it is unknown whether it was done, and it is not done again."""
    client = both.client(base_url=server.url)

    with pytest.raises(NetworkError, match="may or may not have been done") as caught:
        both.run(client, Operation("POST", "/drop", bytes, body={}))

    assert caught.value.may_have_arrived
    assert server.paths() == ["/drop"]


def test_a_network_error_holds_no_key(both, server):
    """Neither the error nor what it came from has the request with its credentials."""
    client = both.client(api_key="comm_secret", base_url=server.url, retry=ONCE)

    with pytest.raises(NetworkError) as caught:
        both.run(client, get("drop"))

    error = caught.value
    while error:
        assert "comm_secret" not in repr(error) + str(error) + repr(vars(error))
        assert getattr(error, "_request", None) is None
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    ("kind", "content"),
    [("drop", b"SECRET"), ("reset", b"SECRET"), ("deaf", b"SECRET" * 5_000_000)],
    ids=["drop", "reset", "deaf"],
)
def test_nothing_that_was_sent_shows_where_sending_it_failed(both, server, kind, content):
    """Tracebacks with locals, as test runners and consoles print them, have neither credentials nor content."""
    client = both.client(api_key="comm_SECRET", base_url=server.url, timeout=0.3, retry=ONCE)

    with pytest.raises(NetworkError) as caught:
        both.run(client, Operation("POST", f"/{kind}", bytes, body=content))

    error = caught.value
    while error:
        frames = [
            frame for frame, _ in traceback.walk_tb(error.__traceback__) if "postline" in frame.f_code.co_filename
        ]
        for frame in frames:
            named = {
                name: value for name, value in frame.f_locals.items() if isinstance(value, bytes | bytearray | str)
            }
            assert "SECRET" not in repr(named), frame.f_code.co_qualname
        error = error.__cause__ or error.__context__


def test_a_connection_that_the_server_closed_is_not_used_again(both, server):
    """A connection gone while idle is noticed before the next request, also before a change that cannot be repeated."""
    client = both.client(base_url=server.url, retry=ONCE)
    both.run(client, get("last"))
    assert until(lambda: server.open == 0)

    both.run(client, Operation("POST", "/echo", bytes))

    assert server.paths() == ["/last", "/echo"]
    assert server.connections == 2


def test_a_long_answer_is_given_up_at_its_limit(both, server):
    """What is longer is an error, and is not read to its end; the client goes on."""
    client = both.client(base_url=server.url)

    assert len(both.run(client, get("long", limit_bytes=1_000_000))) == 1_000_000
    with pytest.raises(TooLargeError, match="over 999999 bytes"):
        both.run(client, get("long", limit_bytes=999_999))

    assert b"/echo" in both.run(client, get("echo", limit_bytes=10_000))


def test_a_limit_counts_what_is_kept(both, server):
    """A compressed answer is as long as it is unpacked."""
    client = both.client(base_url=server.url)

    assert both.run(client, get("packed", limit_bytes=10_000)) == b"y" * 10_000
    with pytest.raises(TooLargeError):
        both.run(client, get("packed", limit_bytes=9_999))


def test_a_refusal_longer_than_the_limit_is_still_a_refusal(both, server):
    """The limit is for the answer that was asked for: an expired link is not called a long file."""
    client = both.client(base_url=server.url)

    with pytest.raises(APIError) as caught:
        both.run(client, get("refused", limit_bytes=100))

    assert caught.value.status_code == 403


def test_an_answer_that_is_not_packed_as_it_says_is_a_network_error(both, server):
    """What cannot be unpacked counts as an answer that did not arrive."""
    client = both.client(base_url=server.url, retry=ONCE)

    with pytest.raises(httpx.DecodingError) as caught:
        both.run(client, get("garbled"))

    assert isinstance(caught.value, NetworkError)


@pytest.mark.parametrize(("kind", "connections"), [("pieces", 1), ("untold", 2)])
def test_an_answer_need_not_tell_its_length(both, server, kind, connections):
    """It comes in pieces, or lasts as long as its connection."""
    client = both.client(base_url=server.url)

    assert [both.run(client, get(kind)) for _ in range(2)] == [b"all of it"] * 2

    assert server.connections == connections


def test_an_answer_that_keeps_coming_is_waited_for(both, server):
    """The timeout is for each piece, not for the whole."""
    client = both.client(base_url=server.url, timeout=0.5, retry=ONCE)

    assert both.run(client, get("drip")) == b"ok"


def test_an_answer_that_breaks_off_is_a_network_error(both, server):
    """Half of one is none."""
    client = both.client(base_url=server.url, retry=ONCE)

    with pytest.raises(httpx.ReadError) as caught:
        both.run(client, get("reset"))

    assert isinstance(caught.value, NetworkError)


def test_a_connection_on_which_the_server_said_more_is_not_used_again(both, server):
    """What nobody asked for is not taken for the next answer."""
    client = both.client(base_url=server.url)
    assert both.run(client, get("chatty")) == b"ok"
    assert until(server._released.is_set)

    assert b"/echo" in both.run(client, get("echo"))

    assert server.connections == 2


def test_a_server_that_hears_no_more_may_have_answered(both, server):
    """A refusal that comes before everything was sent is the answer, and the connection is not used again."""
    client = both.client(base_url=server.url, retry=ONCE)

    with pytest.raises(APIError) as caught:
        both.run(client, Operation("POST", "/early", bytes, body=b"x" * 8_000_000))

    assert caught.value.status_code == 413
    assert b"/echo" in both.run(client, get("echo"))
    assert server.connections == 2


def test_a_request_that_cannot_be_sent_is_given_up(both, server):
    """Nobody takes it in: that is told from an answer that is late."""
    client = both.client(base_url=server.url, timeout=0.3, retry=ONCE)

    with pytest.raises(httpx.WriteTimeout) as caught:
        both.run(client, Operation("POST", "/deaf", bytes, body=b"x" * 30_000_000))

    assert isinstance(caught.value, NetworkError)
    assert caught.value.may_have_arrived


def test_a_server_that_leaves_while_it_is_told_something_may_have_done_it(both, server):
    """The connection breaks while the request is on its way: what became of it is unknown."""
    client = both.client(base_url=server.url, retry=ONCE)

    with pytest.raises(NetworkError) as caught:
        both.run(client, Operation("POST", "/gone", bytes, body=b"x" * 8_000_000))

    assert caught.value.may_have_arrived


async def test_a_connection_on_which_the_server_says_more_later_is_closed(server):
    """The loop hears it at once."""
    async with AsyncCommuneClient("key", base_url=server.url) as client:
        assert await client.run(get("chatty")) == b"ok"
        await asyncio.sleep(0.15)

        assert b"/echo" in await client.run(get("echo"))

    assert server.connections == 2


def test_a_connection_that_was_idle_for_long_is_not_used_again(both, server, monkeypatch):
    """Servers and what is before them forget it without a word."""
    client = both.client(base_url=server.url)
    both.run(client, get("echo"))

    monkeypatch.setattr("postline.lines.KEEPALIVE_SECONDS", -1.0)
    both.run(client, get("echo"))

    assert server.connections == 2


def test_connections_are_looked_at_without_poll_too(both, server, monkeypatch):
    """Windows has none."""
    monkeypatch.delattr(select, "poll")
    client = both.client(base_url=server.url)

    for kind in ("echo", "echo", "last"):
        both.run(client, get(kind))
    assert until(lambda: server.open == 0)
    both.run(client, get("echo"))

    assert server.connections == 2


def test_a_call_that_goes_well_loads_no_httpx(server):
    """Importing httpx takes longer than everything else until the first answer, so only an error loads it."""
    code = f"""
import sys
from postline import CommuneClient, Operation
with CommuneClient("key", base_url={server.url!r}) as client:
    assert b"/echo" in client.run(Operation("GET", "/echo", bytes))
assert not {{"httpx", "httpcore", "h11", "asyncio", "ssl"}} & {{*sys.modules}}
"""
    subprocess.run([sys.executable, "-c", code], check=True)

    assert server.paths() == ["/echo"]


@pytest.mark.parametrize("wrapped", [False, True])
def test_whoever_watches_httpx_sees_every_request(both, server, monkeypatch, wrapped):
    """A replaced method of httpx's transport, as recorders and mocks leave it, gets the requests while it is there."""
    client = both.client(base_url=server.url)
    both.run(client, get("before"))
    seen = []
    kind, method = (
        (httpx.AsyncHTTPTransport, "handle_async_request") if both.is_async else (httpx.HTTPTransport, "handle_request")
    )
    original = getattr(kind, method)

    def watch(self, request):
        seen.append(request.url.path)
        return original(self, request)

    with monkeypatch.context() as patched:
        patched.setattr(kind, method, wraps(original)(watch) if wrapped else watch)
        both.run(client, get("meanwhile", limit_bytes=1_000))
    both.run(client, get("after"))

    assert seen == ["/meanwhile"]
    assert server.paths() == ["/before", "/meanwhile", "/after"]


def test_credentials_stay_at_home(both, server, elsewhere):
    """A link to another address is fetched without the key; requests to the service have it."""
    client = both.client(api_key="comm_secret", base_url=server.url)

    both.run(client, get(f"{elsewhere.url}/echo?signature=x"))
    both.run(client, get("echo"))

    ((_, path, foreign),) = elsewhere.requests
    ((_, _, own),) = server.requests
    assert path == "/echo?signature=x"
    assert "comm_secret" not in str(foreign)
    assert own["authorization"] == "Bearer comm_secret"


def test_a_proxy_from_the_environment_is_used(both, server, monkeypatch):
    """`HTTP_PROXY` gets requests to the service and to other addresses, as with httpx itself."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    client = both.client(base_url="http://commune.example.com")

    both.run(client, get("echo"))
    both.run(client, get("http://files.example.net/echo"))

    assert server.paths() == ["http://commune.example.com/echo", "http://files.example.net/echo"]


def test_a_proxy_is_not_used_for_the_hosts_excepted(both, server, elsewhere, monkeypatch):
    """`NO_PROXY` holds for the service and for links to other addresses."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    client = both.client(base_url=server.url, retry=ONCE)

    both.run(client, get("echo"))
    both.run(client, get(f"{elsewhere.url}/echo"))

    assert server.paths() == elsewhere.paths() == ["/echo"]


@pytest.mark.parametrize("named", [None, "SSL_CERT_DIR"])
def test_whom_to_trust_is_as_the_environment_says_or_as_usual(named, tmp_path, monkeypatch):
    """Without a word from it, whoever browsers trust; an empty folder is nobody."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    if named:
        monkeypatch.setenv(named, str(tmp_path))

    trusted = Route(Address("https", "mail.example.com", 443)).context.cert_store_stats()

    assert (trusted["x509_ca"] == 0) == bool(named)


def test_nobody_watches_what_is_not_loaded(monkeypatch):
    """A program that never imports httpx pays nothing for looking."""
    monkeypatch.delitem(sys.modules, "httpx")

    assert not is_watched("HTTPTransport", "handle_request")


def test_a_certificate_of_nobody_is_refused(both, secure_server):
    """TLS is verified, for the service and for links."""
    client = both.client(base_url=secure_server.url, retry=ONCE)

    for path in ("echo", f"{secure_server.url}/echo"):
        with pytest.raises(httpx.ConnectError) as caught:
            both.run(client, get(path))
        assert isinstance(caught.value, NetworkError)

    assert secure_server.requests == []


def test_a_certificate_of_ones_own_can_be_trusted(both, secure_server, certificate, monkeypatch):
    """`SSL_CERT_FILE` adds an authority, as with httpx itself."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    client = both.client(base_url=secure_server.url)

    both.run(client, get("echo"))
    both.run(client, get("echo"))

    assert secure_server.connections == 1


def test_an_answer_that_somebody_cuts_is_not_taken_for_a_whole_one(both, secure_server, certificate, monkeypatch):
    """Where no length is told, only TLS's own end is one; anybody on the way can close a connection."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    client = both.client(base_url=secure_server.url, retry=ONCE)

    with pytest.raises(NetworkError):
        both.run(client, get("cut"))
    assert both.run(client, get("untold")) == b"all of it"


def test_a_long_request_may_take_longer_than_its_timeout(both, secure_server, certificate, monkeypatch):
    """The timeout is for each piece, over TLS too, where a whole request can be one piece."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    client = both.client(base_url=secure_server.url, retry=ONCE, timeout=1.5)
    began = time.monotonic()

    heard = both.run(client, Operation("POST", "/slowly", bytes, body=b"x" * 35_000_000))

    assert heard == b"heard"
    assert time.monotonic() - began > 1.5


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example.com"])
def test_a_host_that_is_no_name_cannot_be_reached(both, server, host):
    """That is an error of the network, as for any other host that is not there."""
    client = both.client(base_url=server.url, retry=ONCE)

    with pytest.raises(httpx.ConnectError):
        both.run(client, get(f"http://{host}/file"))


async def test_cancelling_a_call_cancels_its_request(server):
    """The server sees the connection go, and the client goes on."""
    async with AsyncCommuneClient("key", base_url=server.url) as client:
        call = asyncio.create_task(client.run(get("slow")))
        await asyncio.to_thread(server.arrived.wait, 5)

        call.cancel()

        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(server.left.wait, 5)
        assert b"/echo" in await client.run(get("echo"))


async def test_cancelling_a_flow_ends_it_and_what_it_waits_for(server):
    """Its `finally` runs, and all of its requests end."""
    ended = []

    def flow():
        try:
            yield from Gather([get("slow") for _ in range(3)])
        finally:
            ended.append(True)

    async with AsyncCommuneClient("key", base_url=server.url) as client:
        call = asyncio.create_task(client.run(flow()))
        await asyncio.to_thread(until, lambda: len(server.requests) == 3)

        call.cancel()

        with pytest.raises(asyncio.CancelledError):
            await call
        assert ended == [True]
        assert await asyncio.to_thread(until, lambda: server.open == 0)
        assert len(asyncio.all_tasks()) == 1


async def test_an_error_side_by_side_cancels_the_others(server):
    """In the async client, what runs beside a failed request ends with it."""
    async with AsyncCommuneClient("key", base_url=server.url, retry=ONCE) as client:
        with pytest.raises(APIError):
            await client.run(Gather([get("refused"), get("slow"), get("slow")]))

        assert await asyncio.to_thread(until, lambda: server.open <= 1)
        assert len(asyncio.all_tasks()) == 1


async def test_leaving_a_stream_early_ends_its_tasks(server):
    """A loop that is left cancels what ran ahead."""
    async with AsyncCommuneClient("key", base_url=server.url) as client:
        async for item in client.stream(Listing(lambda: [endless()], 4)):
            if item == 5:
                break
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(until, lambda: len(asyncio.all_tasks(loop)) == 1)

        assert len(asyncio.all_tasks()) == 1
        asked = len(server.requests)
        await asyncio.sleep(0.05)
        assert len(server.requests) <= asked + 1


def test_leaving_a_stream_early_ends_its_threads(server):
    """A loop that is left stops its workers; the listing is not asked on."""
    with CommuneClient("key", base_url=server.url) as client:
        before = threading.active_count()
        for item in client.stream(Listing(lambda: [endless()], 4)):
            if item == 5:
                break

        assert until(lambda: threading.active_count() <= before)
        assert len(server.requests) <= 6 + 2 * 4 + 1


def test_leaving_a_stream_early_leaves_no_connection_open(server):
    """Nor those that were being opened; a warning of one would fail this test."""
    for _ in range(30):
        with CommuneClient("key", base_url=server.url) as client:
            items = client.stream(Listing(lambda: [Fetch(get("echo"), lambda _: [0, *[endless()] * 8])], 8))
            assert next(items) == 0
            items.close()
    gc.collect()

    assert until(lambda: server.open == 0)


def test_a_stream_that_is_cleared_away_where_its_requests_run_ends_them(server):
    """A forgotten iterator may be cleared away on any thread."""
    with CommuneClient("key", base_url=server.url) as client:
        items = client.stream(Listing(lambda: [endless()], 4))
        assert next(items) == 0
        ahead = {thread for thread in threading.enumerate() if thread.name == "postline"}
        client._behind.loop._loop.call_soon_threadsafe(items.close)

        assert until(lambda: not ahead & {*threading.enumerate()})
        assert b"/echo" in client.run(Gather([get("echo")] * 2, 2))[1]


def test_a_program_may_end_in_the_middle_of_a_stream(server):
    """Nothing is said about it, nor waited for."""
    code = f"""
from postline import CommuneClient, Listing, Operation
from postline.operation import Fetch
page = lambda _: [0, *[Fetch(Operation("GET", "/echo", bytes), page)] * 4]
items = CommuneClient("key", base_url={server.url!r}).stream(Listing(lambda: page(None)[1:], 4))
print(next(items))
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)

    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_has_connections_of_its_own(server):
    """What parent and child ask after it goes over different connections, one by one and side by side."""
    code = f"""
import os
from postline import CommuneClient, Gather, Operation
client = CommuneClient("key", base_url={server.url!r})
def ask(name):
    paths = [f"/echo?{{name}}.{{n}}" for n in range(30)]
    work = [Operation("GET", path, bytes) for path in paths]
    answers = [*client.run(Gather(work, 4)), *map(client.run, work)]
    assert all(path.encode() in each for path, each in zip(paths * 2, answers)), name
ask("before")
child = os.fork()
ask("child" if child == 0 else "parent")
if child == 0:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
ask("after")
client.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")


def test_streams_side_by_side_share_what_is_open(server):
    """One thread runs as long as the longest of them."""
    with CommuneClient("key", base_url=server.url) as client:
        one, other = (client.stream(Gather([get("echo")] * 9, 3)) for _ in range(2))
        mixed = [next(each) for _ in range(9) for each in (one, other)]

        assert [*one, *other] == []
        assert len(mixed) == 18
    assert server.connections <= 6


def test_a_stream_outlives_its_client_but_does_not_begin_after_it(server):
    """Closing lets what is under way end."""
    client = CommuneClient("key", base_url=server.url)
    begun, unbegun = (client.stream(Gather([get("echo")] * 9, 3)) for _ in range(2))
    next(begun)

    client.close()

    assert len([*begun]) == 8
    with pytest.raises(ClosedError):
        next(unbegun)
    assert until(lambda: server.open == 0)


def test_reading_ahead_is_bounded(server):
    """A slow reader holds about twice `concurrency` answers, no more."""
    with CommuneClient("key", base_url=server.url) as client:
        items = client.stream(Listing(lambda: [endless()], 4))
        next(items)
        until(lambda: len(server.requests) >= 9, 0.5)
        time.sleep(0.05)

        assert len(server.requests) <= 1 + 2 * 4 + 1
        items.close()


def test_nothing_is_asked_before_the_first_item_is(both, server):
    """A stream that nobody reads sends nothing."""
    client = both.client(base_url=server.url)

    client.stream(Listing(lambda: [endless()], 4))

    assert server.requests == []


def test_each_loop_has_connections_of_its_own(server):
    """An async client can be used from one event loop after another."""
    client = AsyncClient(Wire(Settings(server.url)))

    async def call():
        await client.run(get("echo"))
        await client.close()
        client._closed = False

    asyncio.run(call())
    asyncio.run(call())

    assert server.connections == 2


def test_a_call_under_way_when_the_client_closes_ends_in_peace(server):
    """Its answer comes, and its connection is closed after it."""
    client = Client(Wire(Settings(server.url)))
    answers = []
    thread = threading.Thread(target=lambda: answers.append(client.run(get("slow"))))
    thread.start()
    server.arrived.wait(5)

    client.close()
    server.release()
    thread.join(5)

    assert len(answers) == 1
    assert until(lambda: server.open == 0)


async def test_an_async_call_under_way_when_the_client_closes_ends_in_peace(server):
    """Its answer comes, and its connection is closed after it."""
    client = AsyncClient(Wire(Settings(server.url)))
    call = asyncio.create_task(client.run(get("slow")))
    await asyncio.to_thread(server.arrived.wait, 5)

    await client.close()
    server.release()

    assert b"/slow" in await call
    assert await asyncio.to_thread(until, lambda: server.open == 0)


def test_a_call_that_waits_for_its_turn_when_the_client_closes_gets_it(both, server):
    """As long as another's connection is lent, it waits; then it is sent, and closed after it too."""
    settings = Settings(server.url, timeout=1, retry=ONCE, max_connections=1)

    async def main():
        async with AsyncClient.over(Wire(settings)) as other:
            calls = [asyncio.create_task(other.run(get(kind, timeout=5))) for kind in ("slow", "echo")]
            await asyncio.to_thread(server.arrived.wait, 5)
            await other.close()
            server.release()
            return await asyncio.gather(*calls)

    def wait():
        other = Client.over(Wire(settings))
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(other.run, get("slow", timeout=5))
            server.arrived.wait(5)
            second = threads.submit(other.run, get("echo", timeout=5))
            assert until(lambda: other._home._waiting)
            other.close()
            server.release()
            return [first.result(), second.result()]

    answers = asyncio.run(main()) if both.is_async else wait()

    assert b"/echo" in answers[1]
    assert until(lambda: server.open == 0)
