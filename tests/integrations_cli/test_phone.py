"""The sample call and texts, and how they reach a phone line; and a desk on each service."""

from __future__ import annotations

import json
import re

import pytest

from postline.channels import Call
from postline.channels.inkbox_people import inkbox_channels
from postline.inkbox import IdentityPhoneNumberCreateOptions, Inkbox
from postline_cli import phone
from postline_cli.checks import check_documents, check_triage
from postline_cli.desks import both, commune, inkbox
from postline_cli.records import DemoError, Line, Report, Service
from postline_cli.triage import Outcome
from postline_sandbox import Sandbox, samples

SAID = phone.sample()


def test_the_sample_call_is_a_conversation() -> None:
    """Both sides speak, in order, at least a dozen times; the texts come after it."""
    moments = [each["at_ms"] for each in SAID.turns]

    assert len(SAID.turns) >= 12
    assert {each["party"] for each in SAID.turns} == {"local", "remote"}
    assert moments == sorted(moments)
    assert moments[-1] < SAID.ends_after_seconds * 1000
    assert len(SAID.texts) == 2


def test_only_invented_numbers_occur() -> None:
    """Every phone number of the sample lies in the range kept for fiction."""
    numbers = re.findall(r"\+\d{3,}", samples.call().read_text(encoding="utf-8"))

    assert numbers
    assert all(re.fullmatch(r"\+120755501\d\d", number) for number in numbers)


def test_each_answer_stands_in_one_place_only() -> None:
    """What the call and the texts answer is said there once, and in no mail."""
    known = json.loads(samples.call().read_text(encoding="utf-8"))
    words = [each["text"] for each in [*known["turns"], *known["texts"]]]
    mail = " ".join(samples.mailbox().read_text(encoding="latin-1").split())

    for question in SAID.questions:
        assert sum(str(question.expected) in each for each in words) == 1
        assert str(question.expected) not in mail


def test_a_call_and_texts_reach_the_line(sandbox: Sandbox) -> None:
    """The channels tell of all of it: turns, length, who called; and the line is ready to text."""
    with inkbox(sandbox, None) as desk:
        assert desk.line is not None
        line = phone.receive(sandbox, desk.line, SAID)

    (call,) = line.calls
    assert [each.text for each in call.turns or ()] == [each["text"] for each in SAID.turns]
    assert (call.other, call.status) == (SAID.caller, "completed")
    assert call.duration_seconds == pytest.approx(SAID.ends_after_seconds, abs=5)
    assert [each.text for each in line.texts] == [each["text"] for each in reversed(SAID.texts)]
    assert (line.handle, line.email) == ("front-desk", "front-desk@inkbox-sandbox.example.com")


def test_a_call_that_nobody_answers_is_a_failure(sandbox: Sandbox) -> None:
    """A number that rejects calls, one that is not ready yet, and none at all are each named."""
    rejecting = IdentityPhoneNumberCreateOptions(type="local", incoming_call_action="auto_reject")
    with Inkbox(sandbox.inkbox.api_key, base_url=sandbox.inkbox.base_url) as client:
        client.create_identity("night-desk", phone_number=rejecting)
        client.create_identity("mail-desk")
        night, mail = (client.run(inkbox_channels(client, each)) for each in ("night-desk", "mail-desk"))

        with pytest.raises(DemoError, match="is not ready"):
            phone.receive(sandbox, night, SAID)
        sandbox.control.advance(600)
        with pytest.raises(DemoError, match="not answered: failed, rejected"):
            phone.receive(sandbox, night, SAID)
        with pytest.raises(DemoError, match="has no phone line"):
            phone.receive(sandbox, mail, SAID)


def test_more_than_the_sample_on_the_line_is_a_failure(sandbox: Sandbox) -> None:
    """What the channels tell is compared with what was sent."""
    with inkbox(sandbox, None) as desk:
        assert desk.line is not None
        phone.receive(sandbox, desk.line, SAID)

        with pytest.raises(DemoError, match="does not tell of everything"):
            phone.receive(sandbox, desk.line, SAID)


def test_mail_crosses_from_one_service_to_the_other(sandbox: Sandbox) -> None:
    """With both, the inbox is on Commune and the line on Inkbox; the newest mail goes over whole, and an empty inbox has none."""
    with both(sandbox, "support@pumps.example.com") as desk:
        office, counter = desk.mailboxes
        assert phone.pass_on(office, str(counter.inbox)) is None
        sandbox.control.deliver(str(office.inbox), "Jane <jane@shop.example.net>", "Pump", "It is late.")

        subject = phone.pass_on(office, str(counter.inbox))

        run = counter.client.sync.run
        (arrived,) = run(counter.list_messages()).items
        assert (office.service, counter.service) == ("Commune", "Inkbox")
        assert (arrived.sender.email, arrived.subject, subject) == (office.inbox, "Fwd: Pump", "Fwd: Pump")
        assert "It is late." in (run(counter.get_message(arrived.id)).text or "")


def test_a_desk_has_what_its_service_has(sandbox: Sandbox) -> None:
    """Commune alone has no phone; Inkbox alone has one mailbox, at the address that is asked for."""
    with commune(sandbox, "first") as one, inkbox(sandbox, "help@pumps.example.com") as other:
        assert (one.line, one.channels.phone, one.mailboxes) == (None, None, (one.mail,))
        assert other.mailboxes == (other.mail,)
        assert other.mail.inbox == "help@pumps.example.com"
        assert other.channels.phone is not None


def test_what_was_not_read_or_not_looked_at_is_a_failure() -> None:
    """The summary must have every message and call, and a note on each call."""
    now = SAID.now
    call = Call(id="c1", direction="inbound", number="", other=SAID.caller, status="completed", created_at=now)
    line = Line(handle="a", email="b", number="c", calls=(call,), texts=())
    report = Report(service=Service.BOTH, source="s", model="m", imported={"imported": 2}, line=line)
    report.documents = {"email": 2}
    report.outcome = Outcome([], 1, None)

    with pytest.raises(DemoError, match="the readers gave 2 email, and there are 1 call, 2 email"):
        check_documents(report)
    with pytest.raises(DemoError, match="did not look at the call"):
        check_triage(report, None)
    with pytest.raises(DemoError, match="sent no answer"):
        check_triage(report, "<1@shop.example.net>")
