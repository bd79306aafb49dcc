"""Endpoints are declared once; names, documentation and signatures say what each form gives."""

from __future__ import annotations

import inspect
import pydoc

import httpx

from postline.async_client import AsyncClient
from postline.client import Client
from postline.commune import AsyncCommuneClient, CommuneClient, Domains
from postline.config import Settings
from postline.operation import Listing, Operation, Steps
from postline.resource import C, Resource, endpoint, listing
from postline.wire import Wire


class Things(Resource[C]):
    """Things."""

    @endpoint
    def get(self, thing_id: str, *, full: bool = False) -> Operation[dict[str, int]]:
        """Fetch one thing."""
        return Operation("GET", f"/{thing_id}", dict[str, int])

    @endpoint
    def flow(self) -> Steps[int]:
        """Do several things."""
        found = yield from Operation("GET", "/a", dict[str, int])
        return found["a"]

    @listing
    def all(self) -> Listing[str]:
        """List all things."""
        return Listing.paged(Operation("GET", "/all", list[str]), lambda answer: answer, lambda answer: None)


def test_the_class_gives_the_work():
    """Nothing is bound: the same arguments build an operation, a flow or a listing."""
    assert Things.get("a", full=True) == Operation("GET", "/a", dict[str, int])
    assert inspect.isgenerator(Things.flow())
    assert isinstance(Things.all(), Listing)


def test_a_client_gives_the_result(both):
    """An operation's answer, a flow's result, and the items of a listing."""

    def handler(request):
        return httpx.Response(200, json=["x", "y"] if request.url.path == "/all" else {"a": 7})

    things = Things(both.client(handler))

    assert both.do(lambda: things.get("a")) == {"a": 7}
    assert both.do(things.flow) == 7
    assert both.drain(things.all()) == ["x", "y"]


def test_a_signature_shows_the_result():
    """`help` and notebooks show what a call gives in each form, and its parameters without `self`."""
    waiting, awaiting = (
        Things(Client(Wire(Settings("http://x.example.com")))),
        Things(AsyncClient(Wire(Settings("http://x.example.com")))),
    )

    assert (
        str(inspect.signature(Things.get))
        == "(thing_id: 'str', *, full: 'bool' = False) -> 'Operation[dict[str, int]]'"
    )
    assert str(inspect.signature(waiting.get)) == "(thing_id: 'str', *, full: 'bool' = False) -> 'dict[str, int]'"
    assert str(inspect.signature(awaiting.get)) == "(thing_id: 'str', *, full: 'bool' = False) -> 'dict[str, int]'"
    assert str(inspect.signature(waiting.flow)) == "() -> 'int'"
    assert str(inspect.signature(waiting.all)) == "() -> 'Iterator[str]'"
    assert str(inspect.signature(awaiting.all)) == "() -> 'AsyncIterator[str]'"


def test_names_and_documentation_are_the_declarations():
    """All three forms read as the method that was written."""
    waiting, awaiting = CommuneClient("key"), AsyncCommuneClient("key")

    for form in (Domains.get, waiting.domains.get, awaiting.domains.get):
        assert (form.__name__, form.__qualname__, form.__module__) == (
            "get",
            "Domains.get",
            "postline.commune.resources",
        )
        assert form.__doc__ == "Fetch one domain."
        assert "Fetch one domain." in pydoc.render_doc(form)
    assert inspect.iscoroutinefunction(awaiting.domains.get)
    assert not inspect.iscoroutinefunction(waiting.domains.get)
    assert "Register a domain" in pydoc.render_doc(Domains)


def test_declarations_document_themselves():
    """A descriptor, as documentation tools see it, has its method's docstring."""
    assert vars(Things)["get"].__doc__ == "Fetch one thing."
    assert vars(Things)["all"].__doc__ == "List all things."


def test_a_declaration_without_annotations_as_text_is_left_as_it_is():
    """Where a module's annotations are objects there is no text to rewrite."""

    class Plain(Resource[C]):
        @endpoint
        def get(self):
            return Operation("GET", "/a", None)

    bound = Plain(Client(Wire(Settings("http://x.example.com")))).get

    assert str(inspect.signature(bound)) == "()"
