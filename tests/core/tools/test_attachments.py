"""Files of strangers: read where they are text, and never written anywhere but into the operator's folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.tools.memory_mail import MemoryMail, Run

from postline.channels import Attachment
from postline.tools import ToolArgumentError, Toolbox, ToolError
from postline.tools.attachments import safe_name, save_file

HOSTILE_NAMES = [
    "../../escape.txt",
    "/etc/passwd",
    "..\\..\\escape.txt",
    "C:\\escape.txt",
    "..",
    ".",
    "",
    ".bashrc",
    "con.txt",
    "a\x00b.txt",
    "a\nb.txt",
    "photo\u202egnp.exe",
    "x" * 5_000 + ".txt",
    "é" * 400 + ".pdf",
    "a." + "y" * 400,
    "name:stream",
    "trailing. ",
    "\ud800",
]


def inbox(filename: str = "notes.txt", media_type: str = "text/plain", content: bytes = b"Some notes.") -> MemoryMail:
    facts = Attachment(id="a1", filename=filename, media_type=media_type, size_bytes=len(content))
    return MemoryMail(files={"a1": (facts, content)})


def test_a_text_file_is_read(run: Run) -> None:
    """Facts and text of a textual attachment come in one result."""
    result = run(Toolbox(inbox()), "get_attachment", attachment_id="a1")

    for line in ("filename: notes.txt", "media_type: text/plain", "size_bytes: 11", "Some notes."):
        assert line in result.text.splitlines()
    assert result.complete


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("utf-8-sig"), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"\x81\xff\x00", "ÿ"),
    ],
)
def test_text_is_decoded_as_it_was_written(run: Run, content: bytes, text: str) -> None:
    """Whatever the encoding, the text is readable and nothing fails."""
    result = run(Toolbox(inbox(content=content)), "get_attachment", attachment_id="a1")

    assert text in result.data["attachment"]["untrusted"]["text"]


def test_a_page_is_read_as_text(run: Run) -> None:
    """An HTML file is shown as its reader would see it."""
    page = inbox("page.html", "text/html; charset=utf-8", b"<p>Seen</p><p style='display:none'>unseen</p>")

    result = run(Toolbox(page), "get_attachment", attachment_id="a1")

    assert result.data["attachment"]["untrusted"]["text"].strip() == "Seen"


def test_a_long_text_file_can_be_read_on(run: Run) -> None:
    """A file that exceeds the budget is cut, says so, and goes on at the offset named."""
    toolbox = Toolbox(inbox(content=b"word " * 2_000), budget_chars=4_000)

    first = run(toolbox, "get_attachment", attachment_id="a1")
    end = first.data["attachment"]["text_part"]["to"]
    second = run(toolbox, "get_attachment", attachment_id="a1", offset=end)

    assert first.left_out
    assert f"character {end} of 10000" in first.left_out
    assert second.data["attachment"]["text_part"]["from"] == end
    assert len(first.text) <= 4_000


def test_what_is_not_text_is_not_downloaded_to_be_read(run: Run) -> None:
    """A picture's facts are told without fetching it, and the result says what is missing."""
    mail = inbox("photo.png", "image/png", b"\x89PNG")

    result = run(Toolbox(mail), "get_attachment", attachment_id="a1")

    assert result.left_out == "Its content is not text."
    assert "filename: photo.png" in result.text
    assert mail.requests == ["get_attachment"]


def test_what_is_too_large_is_not_read(run: Run, tmp_path: Path) -> None:
    """Beyond the operator's limit the facts are told; saving it is a failure, and leaves no file."""
    toolbox = Toolbox(inbox(content=b"x" * 100), attachment_bytes=99, folder=tmp_path)

    result = run(toolbox, "get_attachment", attachment_id="a1")
    with pytest.raises(ToolError, match="larger than the 99 bytes"):
        run(toolbox, "get_attachment", attachment_id="a1", save=True)

    assert result.left_out
    assert "larger than the 99 bytes" in result.left_out
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_saved_only_where_the_operator_gave_a_folder(run: Run) -> None:
    """Without a folder, saving is refused before anything is fetched."""
    mail = inbox()

    with pytest.raises(ToolArgumentError, match="no folder"):
        run(Toolbox(mail), "get_attachment", attachment_id="a1", save=True)

    assert mail.requests == []


def test_a_file_is_saved_as_it_came(run: Run, tmp_path: Path) -> None:
    """The bytes arrive unchanged, under the name that the result tells, and a second one does not replace the first."""
    toolbox = Toolbox(inbox("photo.png", "image/png", b"\x89PNG"), folder=tmp_path)

    names = [
        run(toolbox, "get_attachment", attachment_id="a1", save=True).data["attachment"]["untrusted"]["saved_as"]
        for _ in range(3)
    ]

    assert names == ["photo.png", "photo (2).png", "photo (3).png"]
    assert [(tmp_path / name).read_bytes() for name in names] == [b"\x89PNG"] * 3


@pytest.mark.parametrize("filename", HOSTILE_NAMES)
def test_a_hostile_name_stays_in_the_folder(run: Run, tmp_path: Path, filename: str) -> None:
    """Whatever a stranger calls a file, one plain visible file appears in the folder, and nowhere else."""
    folder = tmp_path / "folder"
    folder.mkdir()

    run(Toolbox(inbox(filename), folder=folder), "get_attachment", attachment_id="a1", save=True)

    assert list(tmp_path.iterdir()) == [folder]
    [file] = folder.iterdir()
    assert file.read_bytes() == b"Some notes."
    assert not file.name.startswith(".")


@settings(max_examples=200)
@given(st.text(st.characters(codec=None), max_size=300))
def test_a_safe_name_is_one_part_of_a_path(filename: str) -> None:
    """No name leads elsewhere, is hidden, a device, too long for a file system, or empty."""
    name = safe_name(filename)

    assert name == Path(name).name
    assert not name.startswith(".")
    assert len(name.encode()) <= 200
    assert not set(name) & set('<>:"/\\|?*\0\n\r')
    assert not name.endswith((".", " "))
    assert safe_name(name) == name


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A symbolic link of the file's name, dangling or not, is left alone, and so is what it points to."""
    folder, target = tmp_path / "folder", tmp_path / "target"
    folder.mkdir()
    (folder / "notes.txt").symlink_to(target)

    saved = save_file(folder, "notes.txt", b"new")

    assert saved.name == "notes (2).txt"
    assert not target.exists()


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A write that fails takes its beginnings away."""
    broken: bytes = 3  # type: ignore[assignment]  # makes the write fail after the file was made

    with pytest.raises(TypeError):
        save_file(tmp_path, "notes.txt", broken)

    assert list(tmp_path.iterdir()) == []
