"""In which order a listing is asked for and read, whatever its form and whoever is slow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postline.errors import ArgumentError
from postline.operation import Fetch, Gather, Listing, Operation
from postline.traversal import Traversal

NOTHING = Operation("GET", "/", None)


@dataclass
class Part:
    """A request of a made-up listing: its answer adds itself as an item, then numbers and further requests, in this order."""

    adds: list[int | Part]
    leads: bool = True

    def fetch(self) -> Fetch[int]:
        def then(_):
            return [id(self), *(each.fetch() if isinstance(each, Part) else each for each in self.adds)]

        return Fetch(NOTHING, then, self.leads)

    def items(self) -> list[int]:
        return [
            id(self),
            *(item for each in self.adds for item in (each.items() if isinstance(each, Part) else [each])),
        ]


numbers = st.integers(0, 9)
leaves = st.builds(Part, st.lists(numbers, max_size=2), st.just(False))
pages = st.recursive(
    st.builds(Part, st.lists(numbers | leaves, max_size=4)),
    lambda inner: st.builds(Part, st.lists(numbers | leaves | inner, max_size=5)),
    max_leaves=25,
)
listings = st.lists(pages | leaves, max_size=6)


class Reading:
    """Drives a traversal as a client does: workers start what they may, and answers and the reader come in any order."""

    def __init__(self, roots, width, ordered, random, fails=lambda started: False):
        listing = Listing(lambda: [root.fetch() for root in roots], width, ordered)
        self.traversal = Traversal(listing)
        self.random, self.fails = random, fails
        self.running, self.items = [], []
        self.started = self.most_running = self.most_held = 0

    def run(self, patience):
        """Read to the end; `patience` is how likely the reader is to wait rather than to take."""
        while True:
            while node := self.traversal.start():
                self.running.append((node, self.fails(self.started)))
                self.started += 1
            self.most_running = max(self.most_running, len(self.running))
            self.most_held = max(self.most_held, self.started - sum(item > 9 for item in self.items))
            if self.running and self.random.random() < patience:
                self._answer()
                continue
            taken = self.traversal.take()
            self.items += taken
            if not taken and not self.running and not self.traversal.startable:
                assert self.traversal.finished
                return
            if not taken and self.running:
                self._answer()

    def _answer(self):
        node, failure = self.running.pop(self.random.randrange(len(self.running)))
        if not failure:
            node.learn(None)
        self.traversal.finish(node, failure or None)


def answered(traversal):
    """The next request starts and is answered."""
    node = traversal.start()
    node.learn(None)
    traversal.finish(node)


@given(listings, st.integers(1, 5), st.booleans(), st.randoms(use_true_random=False), st.floats(0, 1))
def test_every_item_comes_once(roots, width, ordered, random, patience):
    """Nothing is lost, doubled or stuck, in whichever order answers come and however slow the reader is."""
    reading = Reading(roots, width, ordered, random)

    reading.run(patience)

    expected = [item for root in roots for item in root.items()]
    assert Counter(reading.items) == Counter(expected)
    if ordered:
        assert reading.items == expected


@given(listings, st.integers(1, 5), st.booleans(), st.randoms(use_true_random=False), st.floats(0, 1))
def test_no_more_runs_and_waits_than_allowed(roots, width, ordered, random, patience):
    """At most `concurrency` requests are under way, and no more answers wait to be read than there is room for."""
    reading = Reading(roots, width, ordered, random)

    reading.run(patience)

    assert reading.most_running <= width
    assert reading.most_held <= 4 * width + 1


@given(listings, st.integers(1, 5), st.randoms(use_true_random=False), st.floats(0, 1), st.integers(0, 10))
def test_a_failure_comes_in_its_place(roots, width, random, patience, which):
    """Items before a failed request are delivered, its error follows, and nothing starts any more."""
    failure = LookupError("the answer was lost")
    reading = Reading(roots, width, True, random, lambda started: failure if started == which else False)

    try:
        reading.run(patience)
    except LookupError as error:
        assert error is failure  # noqa: PT017  # it may also not come
        assert not reading.traversal.startable
        assert reading.traversal.start() is None
    else:
        assert reading.started <= which

    expected = [item for root in roots for item in root.items()]
    assert reading.items == expected[: len(reading.items)]


def test_a_page_that_cannot_be_read_is_a_failure_of_the_listing():
    """An error in what a page's answer adds reaches the reader, not the worker."""
    listing = Listing(lambda: [Fetch(NOTHING, lambda answer: answer["items"])])
    traversal = Traversal(listing)

    node = traversal.start()
    with pytest.raises(KeyError) as caught:
        node.learn({})
    traversal.finish(node, caught.value)

    with pytest.raises(KeyError):
        traversal.take()
    assert traversal.finished


def test_the_next_page_starts_before_the_items_of_this_one():
    """While bodies are fetched the next page is on its way."""
    page = Part([Part([1], leads=False), Part([2], leads=False), Part([3])])
    traversal = Traversal(Listing(lambda: [page.fetch()], 3))
    answered(traversal)

    first, second = traversal.start(), traversal.start()

    assert [first.fetch.leads, second.fetch.leads] == [True, False]


def test_a_reader_of_everything_is_not_held_back():
    """Reading into a list starts requests without waiting for earlier answers to be taken."""
    roots = [Part([], leads=False) for _ in range(100)]
    traversal = Traversal(Listing(lambda: [root.fetch() for root in roots], 2), all_at_once=True)

    for _ in roots:
        answered(traversal)

    assert traversal.take() == [id(roots[0])]
    assert traversal.finished


@pytest.mark.parametrize("concurrency", [0, -1])
def test_a_listing_needs_at_least_one_request_at_a_time(concurrency):
    """Nothing could ever be read of it: that would look like an empty listing."""
    with pytest.raises(ArgumentError, match="concurrency"):
        Gather([NOTHING], concurrency=concurrency)
    with pytest.raises(ArgumentError, match="concurrency"):
        Listing(list, concurrency)
