"""What an operation looks like on the wire."""

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postline.config import Settings
from postline.errors import ArgumentError
from postline.operation import Operation, path
from postline.wire import Wire


class Keyed(Wire):
    """A service with a key."""

    def headers(self):
        return {"authorization": "Bearer secret", "accept": "application/json"}


def request(operation, base_url="https://api.example.com"):
    return Keyed(Settings(base_url)).request(operation)


def test_a_request_names_the_whole_address():
    """Scheme, host, port, the base's own path and the operation's path make up the URL."""
    made = request(Operation("GET", "/v1/things", None), "http://api.example.com:8080/prefix/")

    assert made.url == "http://api.example.com:8080/prefix/v1/things"
    assert made.headers["host"] == "api.example.com:8080"


@pytest.mark.parametrize(
    ("base_url", "link"),
    [
        ("https://api.example.com/prefix", "https://files.example.net/a%2Fb/c?sig=x%3D%26+y&q=1"),
        ("http://api.example.com:80", "https://files.example.net:443"),
        ("http://api.example.com:8080/", "http://files.example.net/ä b?q=ö|é#part"),
        ("https://[::1]", "HTTP://[::1]:8443/a?b"),
        ("https://API.example.com", "https://someone:secret@Files.example.net/?a;b"),
    ],
)
def test_an_address_is_read_as_httpx_reads_it(base_url, link):
    """Server, path and query of a base address and of a link are what httpx makes of them."""
    for made, text in (
        (
            request(Operation("GET", "/v1/a%2Fb", None, {"q": "ä &"}), base_url),
            f"{base_url.rstrip('/')}/v1/a%2Fb?q=%C3%A4+%26",
        ),
        (request(Operation("GET", link, None)), link),
    ):
        there = httpx.URL(text)
        port = there.port or {"http": 80, "https": 443}[there.scheme]
        assert (made.address.scheme, made.address.host, made.address.port) == (
            there.scheme,
            there.raw_host.decode(),
            port,
        )
        assert made.headers["host"] == there.netloc.decode()
        assert httpx.URL(made.url).raw_path == there.raw_path


def test_an_international_host_is_sent_as_ascii():
    """The `Host` header and the address to connect to are in IDNA form."""
    made = request(Operation("GET", "/", None), "https://bücher.example.com")

    assert made.headers["host"] == "xn--bcher-kva.example.com"
    assert made.address.host == "xn--bcher-kva.example.com"


@pytest.mark.parametrize(
    "base_url",
    [
        "", "api.example.com", "localhost:8080", "ftp://api.example.com", "https://", "http://[::1",
        "http://[api.example.com]", "https://api.example.com:x", "https://api.example.com:99999", "https://a b", "https://-\u2603-",
        "https://user:pa55@api.example.com", "https://api.example.com?x=1", "https://api.example.com#x",
    ],
)  # fmt: skip
def test_a_wrong_base_address_is_refused_at_once(base_url):
    """An address that no request could go to is found at construction, and not repeated: it may hold a password."""
    with pytest.raises(ArgumentError) as caught:
        Keyed(Settings(base_url))

    assert "pa55" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ({}, "/v1"),
        ({"a": None}, "/v1"),
        ({"a": None, "b": 2}, "/v1?b=2"),
        ({"a": True, "b": False, "c": 1.5}, "/v1?a=true&b=false&c=1.5"),
        ({"a": ""}, "/v1?a="),
        ({"q": "refund & ä request"}, "/v1?q=refund+%26+%C3%A4+request"),
        ({"t": "2024-01-15T12:00:00Z", "s": "a+b@e.example.com"}, "/v1?t=2024-01-15T12%3A00%3A00Z&s=a%2Bb%40e.example.com"),
        ({"cursor": "eyJ=+/&"}, "/v1?cursor=eyJ%3D%2B%2F%26"),
    ],
)  # fmt: skip
def test_a_query_is_form_encoded_without_what_is_none(query, sent):
    """`None` is left out, booleans are lower case, everything else is quoted as in a form."""
    assert request(Operation("GET", "/v1", None, query)).target == sent


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"a": "héllo ☃", "b": [], "c": {}, "d": "", "e": None}, '{"a":"héllo ☃","b":[],"c":{},"d":"","e":null}'),
        ({}, "{}"),
        ([1, 2.5, True], "[1,2.5,true]"),
    ],
)
def test_a_body_is_compact_json_in_utf8(body, sent):
    """Nothing is escaped or padded, and the length says how many bytes there are."""
    made = request(Operation("POST", "/v1", None, body=body))

    assert made.content == sent.encode()
    assert made.headers["content-length"] == str(len(sent.encode()))
    assert made.headers["content-type"] == "application/json"


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("DELETE", None), ("POST", "0"), ("PUT", "0")])
def test_no_body_is_said_where_one_could_be(method, length):
    """A POST without a body says that it has none; a GET says nothing."""
    made = request(Operation(method, "/v1", None))

    assert made.content == b""
    assert made.headers.get("content-length") == length


def test_an_operation_adds_its_own_headers_to_the_services():
    """Headers of one operation do not stay for the next."""
    wire = Keyed(Settings("https://api.example.com"))

    first = wire.request(Operation("POST", "/v1", None, headers={"idempotency-key": "k"}))
    second = wire.request(Operation("POST", "/v1", None))

    assert first.headers["authorization"] == second.headers["authorization"] == "Bearer secret"
    assert first.headers["idempotency-key"] == "k"
    assert "idempotency-key" not in second.headers


@pytest.mark.parametrize("path", ["/v1", "https://files.example.net/a"])
def test_the_timeout_is_the_operations_own_or_the_clients(path):
    """Seconds given for one operation go before the client's."""
    wire = Keyed(Settings("https://api.example.com", timeout=7.0))

    usual = wire.request(Operation("GET", path, None)).timeout
    own = wire.request(Operation("GET", path, None, timeout=1.5)).timeout

    assert (usual, own) == (7.0, 1.5)


@pytest.mark.parametrize("url", ["https://files.example.net/a?sig=1", "HTTPS://files.example.net/a?sig=1"])
def test_an_absolute_url_gets_no_credentials(url):
    """A link to another host is fetched as it is, with no header of the service."""
    made = request(Operation("GET", url, bytes))

    assert made.url == "https://files.example.net/a?sig=1"
    assert dict(made.headers) == {"host": "files.example.net"}


@pytest.mark.parametrize(
    "url", ["ftp://files.example.net/a", "data:text/plain,secret", "https://", "http://[::1", "v1/things"]
)
def test_what_is_neither_path_nor_web_address_is_refused(url):
    """Nothing but a path below the base, or an HTTP address, is ever asked for."""
    with pytest.raises(ArgumentError) as caught:
        request(Operation("GET", url, bytes))

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "operation",
    [
        Operation("POST", "/v1", None, body={"text": "private \ud83d"}),
        Operation("POST", "/v1", None, body={"text": object()}),
        Operation("POST", "/v1", None, body={"rate": float("nan")}),
        Operation("GET", "/v1", None, {"q": "private \ud83d"}),
        Operation("GET", "/v1", None, headers={"idempotency-key": "private\r\nX: y"}),
        Operation("GET", "/v1", None, headers={"idempotency-key": "private é"}),
    ],
)
def test_what_cannot_be_sent_is_refused_without_quoting_it(operation):
    """A value that fits into no request is a clear error, which does not hold the value."""
    with pytest.raises(ArgumentError) as caught:
        request(operation)

    assert "private" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(st.text(min_size=1).filter(lambda text: text not in {".", ".."}))
@example("<CA+x=1@mail.example.com>")
@example("a/b")
@example("%2F?#&")
def test_an_id_stays_one_segment_whatever_it_holds(segment):
    """Any text can be an id, and comes back whole where the path is decoded."""
    try:
        segment.encode()
    except UnicodeEncodeError:
        return

    made = request(Operation("GET", path("/v1/things/{}/parts", segment), None))

    assert made.target.isascii()
    assert made.target.count("/") == 4
    assert httpx.URL(made.url).path == f"/v1/things/{segment}/parts"


@pytest.mark.parametrize("segment", ["", ".", "..", None, 7, "\ud83d"])
def test_an_id_that_leads_elsewhere_is_refused(segment):
    """An empty or dotted id, or no text at all, would reach another thing than the one meant."""
    with pytest.raises(ArgumentError, match="an id in /v1/"):
        path("/v1/things/{}", segment)


@pytest.mark.parametrize(
    ("method", "repeatable", "may_repeat"),
    [
        ("GET", None, True), ("HEAD", None, True), ("PUT", None, True), ("DELETE", None, True), ("POST", None, False),
        ("PATCH", None, False), ("POST", True, True), ("GET", False, False),
    ],
)  # fmt: skip
def test_what_may_be_repeated_follows_http_unless_declared(method, repeatable, may_repeat):
    """HTTP says which methods do no harm twice; a declaration goes before it."""
    assert Operation(method, "/v1", None, repeatable=repeatable).may_repeat is may_repeat
