"""What the clients do with each kind of work, and that both do the same."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from functools import partial

import httpx
import pytest

from postline import client as client_module
from postline.commune import AsyncCommuneClient, CommuneClient
from postline.config import Settings
from postline.errors import APIError, ArgumentError, ClosedError, TooLargeError
from postline.operation import Fetch, Gather, Listing, Offload, Operation, Sleep
from postline.wire import Wire


def get(path, **options):
    return Operation("GET", f"/{path}", dict, **options)


def echo(request):
    """Answer with the path asked for; `/missing` is a 404."""
    return httpx.Response(404 if "missing" in request.url.path else 200, json={"path": request.url.path})


def numbers(request):
    """Answer page n of three: items and the next page."""
    page = int(request.url.params.get("page", 1))
    return httpx.Response(200, json={"items": [page * 10, page * 10 + 1], "next": page + 1 if page < 3 else None})


PAGED = Listing.paged(
    get("pages"),
    lambda answer: answer["items"],
    lambda answer: get("pages", query={"page": answer["next"]}) if answer["next"] else None,
)


def test_an_operation_gives_its_answer(both):
    """The simplest work is one request."""
    assert both.run(both.client(echo), get("a")) == {"path": "/a"}


def test_an_operation_raises_its_error(both):
    """A refusal is raised where the work is run."""
    with pytest.raises(APIError) as caught:
        both.run(both.client(echo), get("missing"))

    assert caught.value.status_code == 404


def test_a_request_is_repeated_after_a_pause(both):
    """The driver takes the pauses that the wire asks for, and sends again."""
    statuses = [503, 429, 200]

    answer = both.run(both.client(lambda request: httpx.Response(statuses.pop(0), json={})), get("a"))

    assert (answer, statuses) == ({}, [])


def test_a_lost_request_is_repeated(both):
    """An error of the transport reaches the wire, which decides."""
    lost = [httpx.ReadError("lost"), httpx.ConnectError("refused")]

    def handler(request):
        if lost:
            raise lost.pop()
        return echo(request)

    assert both.run(both.client(handler), get("a")) == {"path": "/a"}


def test_an_error_that_is_not_the_networks_passes_through(both):
    """What is wrong with a caller's own transport is the caller's to see."""

    def handler(request):
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        both.run(both.client(handler), get("a"))


def test_an_answer_through_a_given_transport_is_given_up_at_its_limit_too(both):
    """As over connections of the client's own."""
    pieces = [b"x" * 10] * 10

    def handler(request):
        return httpx.Response(200, stream=httpx.ByteStream(b"".join(pieces)))

    work = Operation("GET", "/a", bytes, limit_bytes=99)

    with pytest.raises(TooLargeError):
        both.run(both.client(handler), work)


def test_a_flow_is_sent_results_and_returns_its_own(both):
    """A generator of work gets each answer where it yielded."""

    def flow():
        first = yield from get("a")
        yield from Sleep(0.001)
        several = yield from Gather([get("b"), get("c")])
        listed = yield from PAGED
        return [first, *several, listed]

    def handler(request):
        return numbers(request) if request.url.path == "/pages" else echo(request)

    result = both.run(both.client(handler), flow())

    assert result == [{"path": "/a"}, {"path": "/b"}, {"path": "/c"}, [10, 11, 20, 21, 30, 31]]


def test_a_flow_may_handle_an_error(both):
    """An error is thrown in where the work was yielded, and the flow goes on if it catches it."""

    def flow():
        try:
            yield from get("missing")
        except APIError as error:
            found = yield from get("a")
            return error.status_code, found

    assert both.run(both.client(echo), flow()) == (404, {"path": "/a"})


def test_a_flow_may_yield_flows(both):
    """Flows are made of flows, side by side too."""

    def flow(name):
        found = yield from get(name)
        return found["path"]

    def outer():
        paths = yield from Gather([flow("a"), flow("b")], 2)
        last = yield flow("c")
        return [*paths, last]

    assert both.run(both.client(echo), outer()) == ["/a", "/b", "/c"]


def test_an_error_in_a_flow_is_its_error(both):
    """What a flow raises comes out, and its `finally` has run."""
    ended = []

    def flow():
        try:
            yield from get("a")
            raise LookupError("of its own")
        finally:
            ended.append(True)

    with pytest.raises(LookupError, match="of its own"):
        both.run(both.client(echo), flow())

    assert ended == [True]


def test_a_flow_runs_once(both):
    """A generator that has ended has no answer any more: running it again is an error, never an empty result."""

    def flow():
        return (yield from get("a"))

    client, work = both.client(echo), flow()
    both.run(client, work)

    with pytest.raises(ArgumentError, match="once"):
        both.run(client, work)


def test_a_pause_takes_its_time(both):
    """`Sleep` waits at least as long as it says."""
    loop = asyncio.new_event_loop()
    start = loop.time()

    both.run(both.client(echo), Sleep(0.02))

    assert loop.time() - start >= 0.019
    loop.close()


def test_side_by_side_answers_keep_their_order(both):
    """`Gather` gives answers in the order of its operations, however many run at once."""
    paths = [f"/{number}" for number in range(40)]

    answers = both.run(both.client(echo), Gather([get(path[1:]) for path in paths], 8))

    assert [answer["path"] for answer in answers] == paths


def test_nothing_side_by_side_is_an_empty_list(both):
    """`Gather` of no operations asks nothing."""
    assert both.run(both.client(), Gather([])) == []


@pytest.mark.parametrize("concurrency", [1, 4])
def test_the_first_error_ends_what_runs_side_by_side(both, concurrency):
    """What has not started then never does."""
    asked = []

    def handler(request):
        asked.append(request.url.path)
        if request.url.path != "/missing":
            time.sleep(0.01)  # long enough for the thread that failed to say so
        return echo(request)

    with pytest.raises(APIError):
        both.run(
            both.client(handler), Gather([get("missing"), *(get(str(number)) for number in range(50))], concurrency)
        )

    assert len(asked) <= 5 * concurrency


def test_a_listing_is_read_lazily_to_its_end(both):
    """Every item of every page, in order."""
    client = both.client(numbers)

    assert both.read(client, PAGED) == [10, 11, 20, 21, 30, 31]
    assert both.run(client, PAGED) == [10, 11, 20, 21, 30, 31]


def test_a_listing_can_be_converted_and_expanded(both):
    """`map` converts items; `expand` replaces each by the answer of its own request, in order."""

    def handler(request):
        return numbers(request) if request.url.path == "/pages" else echo(request)

    client = both.client(handler)
    expanded = PAGED.map(lambda number: number + 1).expand(lambda number: get(str(number)), concurrency=3)

    assert both.read(client, expanded.map(lambda answer: answer["path"])) == ["/11", "/12", "/21", "/22", "/31", "/32"]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_listing_raises_where_it_fails(both, concurrency):
    """Items before the failure come, then the error."""
    listing = Gather([get("a"), get("b"), get("missing"), get("c")], concurrency).map(lambda each: each["path"])
    read = []

    with pytest.raises(APIError):
        both.read(both.client(echo), listing, into=read)

    assert read == ["/a", "/b"]


@pytest.mark.parametrize(("width", "ordered"), [(1, True), (2, False), (4, False), (4, True)])
def test_a_listing_with_many_empty_answers_is_read_to_its_end(both, width, ordered):
    """Workers that ran ahead and stopped start again when their reader comes back, also when nothing was there to read."""

    def chain(left):
        more = [chain(left - 1)] if left else [7]
        return Fetch(get("a"), lambda _: more)

    listing = Listing(lambda: [chain(12) for _ in range(6)], width, ordered)

    assert both.read(both.client(echo), listing) == [7] * 6


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_callback_that_exits_does_not_leave_its_reader_waiting(concurrency):
    """An exit raised on a worker's thread reaches whoever reads."""

    def flow():
        yield from Offload(sys.exit)

    with CommuneClient("key", transport=httpx.MockTransport(echo)) as client, pytest.raises(SystemExit):
        client.run(Gather([flow(), get("a")], concurrency))


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_a_callback_that_is_cancelled_does_not_leave_its_reader_waiting(concurrency):
    """A cancellation from within a callback, of nobody else's making, reaches whoever reads."""

    async def give_up():
        raise asyncio.CancelledError

    def flow():
        yield from Offload(give_up)

    async with AsyncCommuneClient("key", transport=httpx.MockTransport(echo)) as client:
        with pytest.raises(asyncio.CancelledError):
            await client.run(Gather([flow(), get("a")], concurrency))


class Verdict(BaseException):
    """As test frameworks raise it, past `except Exception`."""


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("kind", [Verdict, KeyboardInterrupt, SystemExit])
def test_whatever_a_conversion_raises_reaches_the_reader(concurrency, kind):
    """Also what is no `Exception`."""

    def convert(_):
        raise kind

    with CommuneClient("key", transport=httpx.MockTransport(echo)) as client, pytest.raises(kind):
        client.run(Gather([get("a"), get("b")], concurrency).map(convert))


def test_a_listing_is_not_read_within_the_conversion_of_another():
    """It would wait for itself; before, it seemed to be empty."""
    inner = Gather([get("a"), get("b")], 2)

    with CommuneClient("key", transport=httpx.MockTransport(echo)) as client, pytest.raises(ArgumentError):
        client.run(Gather([get("a"), get("b")], 2).map(lambda _: client.run(inner)))


def test_cpu_work_is_done_off_the_loop():
    """The async client calls a plain function on another thread, so that the loop goes on."""

    async def main():
        async with AsyncCommuneClient("key", transport=httpx.MockTransport(echo)) as client:
            return await client.run(Offload(threading.current_thread))

    assert asyncio.run(main()) is not threading.current_thread()


def test_a_callback_gives_its_result(both):
    """What an `Offload` returns is the step's result, and what it raises the step's error."""
    client = both.client(echo)

    def flow():
        return (yield from Offload(lambda: 7)) + 1

    assert both.run(client, Offload(lambda: 7)) == 7
    assert both.run(client, flow()) == 8
    with pytest.raises(ZeroDivisionError):
        both.run(client, Offload(lambda: 1 // 0))


async def give_seven():
    return 7


class Awaitable:
    def __await__(self):
        yield from ()
        return 7


@pytest.mark.parametrize("callback", [give_seven, partial(give_seven), lambda: give_seven(), Awaitable])
def test_an_async_callback_needs_the_async_client(both, callback):
    """The async client awaits it; the other says that it cannot."""
    client = both.client(echo)

    if both.is_async:
        assert both.run(client, Offload(callback)) == 7
    else:
        with pytest.raises(ArgumentError, match="async"):
            both.run(client, Offload(callback))


@pytest.mark.parametrize("work", [None, "GET /a", [], give_seven])
def test_what_is_no_work_is_refused(both, work):
    """The error says what was given."""
    with pytest.raises(ArgumentError, match=f"cannot run a {type(work).__name__}"):
        both.run(both.client(echo), work)


def test_a_closed_client_refuses_work(both):
    """Nothing is sent after `close`; closing twice does nothing."""
    client = both.client(echo)
    both.do(client.close)
    both.do(client.close)

    with pytest.raises(ClosedError, match="closed"):
        both.run(client, get("a"))
    with pytest.raises(ClosedError):
        client.stream(PAGED)
    with pytest.raises(RuntimeError):
        both.do(client.domains.list)


def test_a_closed_client_cannot_be_entered(both):
    """A `with` on it says so at once."""
    client = both.client(echo)
    both.do(client.close)

    with pytest.raises(ClosedError):
        both.do(client.__aenter__ if both.is_async else client.__enter__)


def test_a_with_closes_the_client():
    """Leaving the block closes, in both forms."""
    with CommuneClient("key", transport=httpx.MockTransport(echo)) as client:
        client.run(get("a"))

    async def main():
        async with AsyncCommuneClient("key", transport=httpx.MockTransport(echo)) as client:
            await client.run(get("a"))
        return client

    for closed in (client, asyncio.run(main())):
        with pytest.raises(ClosedError):
            closed.stream(PAGED)


def test_each_client_has_a_twin_of_the_other_kind(both):
    """`sync` and `aio` lead to one pair, over the same wire."""
    client = both.client(echo)

    assert (client.aio if both.is_async else client.sync) is client
    twin = client.sync if both.is_async else client.aio
    assert (twin.aio if both.is_async else twin.sync) is client
    assert (client.sync if both.is_async else client.aio) is twin
    assert twin.wire is client.wire
    assert type(twin).__name__ == ("CommuneClient" if both.is_async else "AsyncCommuneClient")


def test_a_plain_client_has_a_twin_too(both):
    """The engine's own clients, without a service."""
    client = both.over(Wire(Settings("http://x.example.com")))

    twin = client.sync if both.is_async else client.aio

    assert type(twin).__name__ == ("Client" if both.is_async else "AsyncClient")
    assert (twin.aio if both.is_async else twin.sync) is client


def test_a_client_shows_where_it_leads_and_no_key(both):
    """The `repr` has the address only."""
    shown = repr(both.client(echo, api_key="secret"))

    assert "http://commune.example.com" in shown
    assert "secret" not in shown


def test_a_fork_makes_an_event_loop_of_its_own(monkeypatch):
    """It leaves the parent's alone, as both have the same sockets in their hands."""
    work = Gather([get("a"), get("b")], 2)
    with CommuneClient("key", transport=httpx.MockTransport(echo)) as client:
        client.run(work)
        parents = client._behind

        with monkeypatch.context() as forked:
            forked.setattr("os.getpid", lambda: -1)
            client.run(work)
            assert client._behind is not parents
            client.close()

    assert client_module._PARENTS.pop() is parents
    parents.shut()
