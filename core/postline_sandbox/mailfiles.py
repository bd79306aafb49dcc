"""Mail on disk, one raw message after the other: `.eml` files, `.mbox` files, Maildirs, folders of those."""

import re
from collections.abc import Iterator
from pathlib import Path

_POSTMARK = re.compile(rb"From .*\d{1,2}:\d{2}")
_QUOTED = re.compile(rb"(?m)^>(>*From )")


def messages(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every message with where it was found; an mbox is read as it goes, never whole.

    Raises:
        FileNotFoundError: Nothing is there.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if not path.is_dir():
        yield from _from_file(path)
    elif (path / "cur").is_dir() or (path / "new").is_dir():
        for folder in ("cur", "new"):
            for file in sorted((path / folder).glob("*")):
                if file.is_file():
                    yield f"{folder}/{file.name}", file.read_bytes()
    else:
        for entry in sorted(path.iterdir()):
            if entry.is_dir() or entry.suffix in {".eml", ".mbox"}:
                yield from messages(entry)


def _from_file(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        start = file.read(5)
    if start != b"From ":
        yield path.name, path.read_bytes()
        return
    for number, raw in enumerate(_split(path), 1):
        yield f"{path.name} #{number}", raw


def _split(path: Path) -> Iterator[bytes]:
    """A postmark begins a message at the start of the file or after an empty line; elsewhere it is text."""
    lines: list[bytes] = []
    after_blank = True
    with path.open("rb") as file:
        next(file)
        for line in file:
            if after_blank and _POSTMARK.match(line):
                yield _message(lines)
                lines = []
            else:
                lines.append(line)
            after_blank = not line.strip()
    yield _message(lines)


def _message(lines: list[bytes]) -> bytes:
    return _QUOTED.sub(rb"\1", b"".join(lines))
