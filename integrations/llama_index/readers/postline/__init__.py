"""postline for LlamaIndex: readers of mail, calls and text messages."""

from llama_index.readers.postline.inbox import InboxReader
from llama_index.readers.postline.phone import TextReader, TranscriptReader

__all__ = ["InboxReader", "TextReader", "TranscriptReader"]
