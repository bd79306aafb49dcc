"""Splitting a mail's text: the author's words stay, the repeated mail goes, and no mail becomes empty."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postline.documents import Parts, new_text, split_text
from postline.documents._characters import tidy

QUOTE = "> When will it arrive?\n> Regards\n"
LINES = [
    "", "Hello,", "> quoted", ">> twice", "On Mon, Nov 9, 2026 at 9:12 AM Ida <ida@a.example.com> wrote:",
    "Am 09.11.2026 um 09:12 schrieb Ida:", "Le lun. 9 nov. 2026 à 09:12, Ida a écrit :", "On we go", "wrote:", "-- ", "--", "-",
    "_____________", "From: Ida", "Sent: Monday", "To: Tom", "Subject: x",
    "-----Original Message-----", "---------- Forwarded message ---------", "Sent from my phone",
    "https://a.example.com/unsubscribe", ">From here", "   ", "Final-Recipient: rfc822; a@b.example.com", "2026-11-09 Ida:",
]  # fmt: skip
mails = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=12)), max_size=25).map("\n".join)


@pytest.mark.parametrize(
    "lead",
    [
        "On Mon, Nov 9, 2026 at 9:12\u202fAM Ida Solheim <ida@a.example.com> wrote:",
        "On Mon, Nov 9, 2026 at 9:12 AM Ida Solheim\n<ida@a.example.com> wrote:",
        "On Mon, Nov 9, 2026 at 9:12 AM\nCaptain Ida Solheim of the Pilots\n<ida@a.example.com>\nwrote:",
        "Am 09.11.2026 um 09:12 schrieb Ida Solheim <ida@a.example.com>:",
        "Am Mo., 9. Nov. 2026 um 09:12 Uhr schrieb Ida Solheim\n<ida@a.example.com>:",
        "Le lun. 9 nov. 2026 à 09:12, Ida Solheim <ida@a.example.com> a écrit :",
        "Ida Solheim <ida@a.example.com> writes:",
        "Excerpts from Ida's message of Monday:",
        "2026-11-09 9:12 GMT+01:00 Ida Solheim <ida@a.example.com>:",
        "> On 9 Nov 2026, at 09:12, Ida Solheim <ida@a.example.com> wrote:\n>",
        "________________________________",
        "",
    ],
)
def test_quotes_below_the_answer_are_history(lead: str) -> None:
    """The quote that ends a mail goes, with the words that introduce it."""
    parts = split_text(f"On Thursday it will.\n\nTom\n\n{lead}\n\n{QUOTE}")

    assert parts.new == "On Thursday it will.\n\nTom"
    assert parts.history.endswith("> When will it arrive?\n> Regards")


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----\nFrom: Ida\nSent: Monday",
        "-----Ursprüngliche Nachricht-----\nVon: Ida",
        "----- Message d'origine -----\nDe : Ida",
        "________________________________\nFrom: Ida <ida@a.example.com>\nSent: Monday, November 9, 2026 9:12 AM\nTo: Tom",
        "Von: Ida Solheim\nGesendet: Montag, 9. November 2026 09:12\nAn: Tom\nBetreff: Wann",
        "*De :* Ida Solheim\n*Envoyé :* lundi 9 novembre 2026\n*À :* Tom\n*Objet :* Quand",
        "On Mon, Nov 9, 2026 at 9:12 AM Ida <ida@a.example.com> wrote:",
        "Am 09.11.2026 um 09:12 schrieb Ida:",
    ],
)
def test_unmarked_history_is_found_by_its_head(head: str) -> None:
    """Mail programs that repeat the earlier mail without marks put a head before it; all below goes."""
    parts = split_text(f"On Thursday.\n\n{head}\n\nWhen will it arrive?\n\nIda")

    assert parts.new == "On Thursday."
    assert parts.history.endswith("When will it arrive?\n\nIda")


@pytest.mark.parametrize(
    "text",
    [
        "Here you are.\n\n> When?\n\nOn Thursday.\n\n> Where?\n\nAt the dock.",
        "On Mon, Nov 9, 2026 at 9:12 AM Ida <ida@a.example.com> wrote:\n\n> When?\n\nOn Thursday.",
        "On Monday I wrote:\n\nnothing at all.",
        "He said on the 9th of November 2026:\nbuy pumps.",
        "From: the shop\nTo: the dock\n\nis how it travels.",
        "One line\n>From Friday on there are more.",
        "All of it went out today.\n\nSent with the noon ferry",
        "--\nonly a signature",
        "> only a quote",
        "-----Original Message-----\nFrom: Ida\n\nforwarded without a word",
    ],
)
def test_what_the_author_wrote_stays(text: str) -> None:
    """Answers between quotes keep them, words that only look like history stay, and no mail becomes empty."""
    assert split_text(text) == Parts(text)


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "-------- Weitergeleitete Nachricht --------",
        "Begin forwarded message:",
        "Début du message réexpédié :",
        "Final-Recipient: rfc822; ida@a.example.com",
        "This is the mail system at host mx.example.com.",
    ],
)
def test_forwards_and_bounces_are_kept_whole(mark: str) -> None:
    """What a person forwards or a mail system reports is content, whatever it looks like."""
    text = f"See below.\n\n{mark}\nFrom: Ida\nDate: Monday\nSubject: When\n\n> When?\n\n--\nIda"

    assert new_text(text) == text


def test_a_forward_inside_the_history_is_history() -> None:
    """A forward that is only repeated below an answer does not keep the history."""
    text = "Thanks.\n\n-----Original Message-----\nFrom: Ida\n\n---------- Forwarded message ---------\nold"

    assert new_text(text) == "Thanks."


@pytest.mark.parametrize(
    "signature",
    [
        "--\nTom Okafor\nCustomer support",
        "Sent from my phone",
        "Von meinem Telefon gesendet",
        "Envoyé de mon téléphone",
        "_______________________________________________\npumps mailing list\nhttps://lists.example.com/pumps",
        "-\nTo unsubscribe from this list: send a line to it",
        "--\nTom\n--\nYou receive this as a member of the list",
    ],
)
def test_the_signature_is_told_apart(signature: str) -> None:
    """A signature, a device's line and a list's footer are no part of the text, before history as well as at the end."""
    at_end = split_text(f"On Thursday.\n\n{signature}")
    before_history = split_text(f"On Thursday.\n\n{signature}\n\nOn Nov 9, 2026 Ida wrote:\n{QUOTE}")

    assert (at_end.new, at_end.signature) == ("On Thursday.", signature)
    assert (before_history.new, before_history.signature) == ("On Thursday.", signature)


def test_a_rule_in_the_text_is_no_signature() -> None:
    """A dash or a rule with ordinary words below it belongs to the text."""
    text = "Two points\n__________\nfirst\n-\nsecond"

    assert new_text(text) == text


@settings(max_examples=150)
@given(mails)
def test_any_text_splits_into_its_own_words(text: str) -> None:
    """Nothing raises, nothing becomes empty, what is new starts the text, and splitting it again changes nothing."""
    new = new_text(text)

    assert tidy(text).startswith(new)
    assert bool(new) == bool(tidy(text))
    assert new_text(new) == new


@pytest.mark.parametrize(
    "unit",
    [
        "On 12:30 @\n", "Am schrieb schrieb schrieb 12:30 @x\n", "> q\n--\n", "> q\nOn x@y wrote:\n", "\n", " ", "_____\n",
        "-- ", ">", "From: a\nSent: b\n", "On a\nb\nc\nd\n", "> a\n2026-01-01 x:\n", "wrote ", "Le écrit a ", "-\n",
    ],
)  # fmt: skip
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    """Repeating any unit eight times as often takes about eight times as long."""

    def seconds(count: int) -> float:
        start = time.process_time()
        new_text(unit * count)
        return time.process_time() - start

    seconds(100)

    assert seconds(16_000) < 20 * seconds(2_000) + 0.25
