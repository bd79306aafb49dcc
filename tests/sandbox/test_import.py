"""Old mail from files, well written and badly."""

import mailbox
from pathlib import Path
from typing import Any

import pytest

from postline_sandbox import ControlError, Sandbox
from postline_sandbox.mailfiles import messages as read_files
from postline_sandbox.mime import MalformedMailError, parse

PLAIN = b"From: Ann <ann@one.example.net>\nTo: support@x.example.com\nSubject: Hello\nMessage-ID: <p@one.example.net>\n\nBody\n"


def test_all_real_mail_goes_in_and_threads(http: Any, sandbox: Sandbox, real_mail: Path) -> None:
    """Each of the 263 messages goes in, 228 are distinct, and threads follow the service's rule."""
    inbox = http.inbox("lists")

    reports = [
        sandbox.control.import_mail(str(real_mail / name), inbox["address"]) for name in ("default.mbox", "lkml.mbox")
    ]

    assert [sum((one["imported"], one["updated"])) for one in reports] == [53, 210]
    assert sum(one["imported"] for one in reports) == 228
    assert [one["skipped"] for one in reports] == [[], []]
    stored = http.get("/v1/messages", inbox_id=inbox["id"], limit=1000, order="asc")["data"]
    assert len({one["message_id"] for one in stored}) == len(stored) == 228
    assert all(one["content"] or one["content_html"] or one["attachments"] for one in stored)
    assert all(one["participants"][0]["role"] == "sender" and one["direction"] == "inbound" for one in stored)
    assert [one["created_at"] for one in stored] == sorted(one["created_at"] for one in stored)
    known = {one["message_id"]: one["thread_id"] for one in stored}
    for one in stored:
        references = [*one["metadata"]["references"], one["metadata"]["in_reply_to"]]
        starts = [known[reference] for reference in references if reference in known]
        # Mail that came before what it refers to is named after its first reference.
        assert one["thread_id"] in {*starts, *filter(None, references), one["message_id"]}
    threads, cursor = [], ""
    while cursor is not None:
        page = http.get("/v1/threads", inbox_id=inbox["id"], limit=100, cursor=cursor)
        threads += page["data"]
        cursor = page["next_cursor"]
    assert sum(one["message_count"] for one in threads) == 228
    assert {one["thread_id"] for one in threads} == set(known.values())


def test_the_split_is_the_standard_librarys(real_mail: Path) -> None:
    """Real mbox files fall into the messages that the standard library finds."""
    for name in ("default.mbox", "lkml.mbox"):
        box = mailbox.mbox(real_mail / name, create=False)
        expected = [one["message-id"] for one in box]
        box.close()

        found = [parse(raw).message_id for _, raw in read_files(real_mail / name)]

        assert found == [str(one).strip() for one in expected]


def test_an_mbox_is_split_at_postmarks_only(tmp_path: Path) -> None:
    """A line that begins with From inside a text is text, and a quoted one loses its mark."""
    box = tmp_path / "some.mbox"
    box.write_bytes(
        b"From a@b Thu Feb 12 12:00:00 2026\nFrom: a@b.example.net\n\nFrom here on it rains\n>From now on\nFrom x 12:00\n\n"
        b"From c@d Thu Feb 12 12:00:00 2026\nFrom: c@d.example.net\n\nSecond\n"
    )

    first, second = (parse(raw) for _, raw in read_files(box))

    assert first.text == "From here on it rains\nFrom now on\nFrom x 12:00\n\n"
    assert second.text == "Second\n"


def test_eml_files_maildirs_and_folders_are_read(sandbox: Sandbox, http: Any, tmp_path: Path) -> None:
    """A single file, a Maildir, and a folder that holds both go in, once."""
    address = http.inbox()["address"]
    (tmp_path / "one.eml").write_bytes(PLAIN)
    (tmp_path / "notes.txt").write_text("not mail")
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    maildir.add(PLAIN.replace(b"<p@", b"<q@"))
    maildir.add(PLAIN.replace(b"<p@", b"<r@"))
    maildir.close()

    assert sandbox.control.import_mail(str(tmp_path / "one.eml"), address) == {
        "imported": 1,
        "updated": 0,
        "skipped": [],
    }
    assert sandbox.control.import_mail(str(tmp_path / "Maildir"), address)["imported"] == 2
    assert sandbox.control.import_mail(str(tmp_path), address) == {"imported": 0, "updated": 3, "skipped": []}


def test_a_malformed_message_is_skipped_and_the_rest_goes_in(sandbox: Sandbox, http: Any, tmp_path: Path) -> None:
    """What cannot be read is named with its reason."""
    address = http.inbox()["address"]
    box = tmp_path / "mixed.mbox"
    mark = b"From a@b Thu Feb 12 12:00:00 2026\n"
    box.write_bytes(
        mark
        + PLAIN
        + b"\n"
        + mark
        + b"no headers here\n\n"
        + mark
        + b"Subject: Nobody\n\nText\n\n"
        + mark
        + PLAIN.replace(b"<p@", b"<q@")
    )

    report = sandbox.control.import_mail(str(box), address)

    assert report["imported"] == 2
    assert report["skipped"] == [
        {"source": "mixed.mbox #2", "reason": "no headers"},
        {"source": "mixed.mbox #3", "reason": "no From header"},
    ]


def test_own_mail_counts_as_sent(sandbox: Sandbox, http: Any, tmp_path: Path) -> None:
    """Mail from the inbox's own address is outbound and dated by its header, in UTC."""
    inbox = http.inbox()
    file = tmp_path / "own.eml"
    file.write_bytes(
        PLAIN.replace(b"ann@one.example.net", inbox["address"].encode()).replace(
            b"\n\n", b"\nDate: Thu, 12 Feb 2026 12:00:00 +0200\n\n", 1
        )
    )

    sandbox.control.import_mail(str(file), inbox["address"])

    (message,) = http.get("/v1/messages", inbox_id=inbox["id"])["data"]
    assert (message["direction"], message["created_at"]) == ("outbound", "2026-02-12T10:00:00.000Z")
    assert message["metadata"].get("spam_score") is None


def test_importing_twice_changes_nothing(sandbox: Sandbox, http: Any, tmp_path: Path) -> None:
    """A mail without Message-ID gets the same one each time, and its attachments keep their ids."""
    inbox = http.inbox()
    file = tmp_path / "bare.eml"
    file.write_bytes(
        b"From: a@one.example.net\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nText\n--B\n"
        b"Content-Disposition: attachment; filename=a.txt\n\nfile\n--B--\n"
    )
    sandbox.control.import_mail(str(file), inbox["address"])
    before = http.get("/v1/messages", inbox_id=inbox["id"])

    report = sandbox.control.import_mail(str(file), inbox["address"])

    assert report["updated"] == 1
    assert http.get("/v1/messages", inbox_id=inbox["id"]) == before
    assert http.get(f"/v1/attachments/{before['data'][0]['attachments'][0]}")["data"]["filename"] == "a.txt"


def test_import_says_what_is_wrong(sandbox: Sandbox, http: Any, tmp_path: Path) -> None:
    """No such file and no such inbox are clear errors."""
    address = http.inbox()["address"]

    with pytest.raises(ControlError, match="does not exist"):
        sandbox.control.import_mail(str(tmp_path / "none.mbox"), address)
    with pytest.raises(ControlError, match=r"no inbox here has the address nobody@"):
        sandbox.control.import_mail(str(tmp_path), "nobody@commune-sandbox.example.com")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?iso-8859-1?q?caf=E9?= =?utf-8?b?IOKYgw==?=", "café ☃"),
        (b"=?x-unknown?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?b?broken", "=?utf-8?b?broken"),
        (b"=?utf-8?b?A?=", "=?utf-8?b?A?="),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        (b"two\n lines", "two lines"),
    ],
)
def test_subjects_are_decoded_however_they_are_written(header: bytes, expected: str) -> None:
    """Encoded words in any charset, raw bytes and folded lines become text."""
    assert parse(b"From: a@b.example.net\nSubject: " + header + b"\n\nText").subject == expected


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        (b"Ann <ann@b.example.net>", "Ann <ann@b.example.net>"),
        (b'"Smith, Ann" <ann@b.example.net>', '"Smith, Ann" <ann@b.example.net>'),
        (b"=?utf-8?q?J=C3=BCrgen=2C_Dr=2E?= <j@b.example.net>", '"Jürgen, Dr." <j@b.example.net>'),
        (b"ann@b.example.net (Ann)", "Ann <ann@b.example.net>"),
        (b"MAILER-DAEMON", "MAILER-DAEMON"),
        (b"Ann ann@b.example.net>", "ann@b.example.net"),
    ],
)
def test_senders_are_read_however_they_are_written(header: bytes, sender: str) -> None:
    """Names are decoded and quoted where they have to be."""
    assert parse(b"From: " + header + b"\n\nText").sender == sender


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", "naïve ☃".encode(), "naïve ☃"),
        ("iso-8859-1", "naïve".encode("latin-1"), "naïve"),
        ("x-unknown", "naïve".encode(), "naïve"),
        ("utf-8", "naïve".encode("latin-1"), "naïve"),
        ("base64", b"plain", "plain"),
        ('"', b"plain", "plain"),
    ],
)
def test_bodies_are_decoded_whatever_they_claim(charset: str, body: bytes, text: str) -> None:
    """Unknown, wrong and impossible charsets still give text."""
    raw = b"From: a@b.example.net\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\n" + body

    assert parse(raw).text == text


def test_parts_become_text_page_and_files() -> None:
    """Alternatives are text and HTML, a nested mail is a file of its own, names of files are decoded."""
    raw = (
        b"From: a@b.example.net\nContent-Type: multipart/mixed; boundary=M\n\n"
        b"--M\nContent-Type: multipart/alternative; boundary=A\n\n"
        b"--A\nContent-Type: text/plain\n\nplain\n--A\nContent-Type: text/html\n\n<p>page</p>\n--A--\n"
        b"--M\nContent-Type: message/rfc822\n\nFrom: c@d.example.net\nSubject: Inner\n\ninner\n"
        b"--M\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        b"Content-Disposition: attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf\n\nAAEC\n--M--\n"
    )

    mail = parse(raw)

    assert (mail.text, mail.html) == ("plain", "<p>page</p>")
    nested, pdf = mail.attachments
    assert (nested.filename, nested.mime_type) == ("message-1.eml", "message/rfc822")
    assert parse(nested.content).subject == "Inner"
    assert (pdf.filename, pdf.mime_type, pdf.content) == ("résumé.pdf", "application/pdf", b"\x00\x01\x02")


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"just text", b"To: a@b.example.net\n\nText"])
def test_what_is_no_mail_is_refused(raw: bytes) -> None:
    """Without headers, or without a sender, there is no message."""
    with pytest.raises(MalformedMailError):
        parse(raw)
