"""postline for LlamaIndex: readers of mail."""

from llama_index.readers.postline.inbox import InboxReader

__all__ = ["InboxReader"]
