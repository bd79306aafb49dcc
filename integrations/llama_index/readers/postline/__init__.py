"""postline for LlamaIndex: readers of mail, calls and text messages."""

try:
    from llama_index.readers.postline.inbox import InboxReader
    from llama_index.readers.postline.phone import TextReader, TranscriptReader
except ModuleNotFoundError as error:
    message = "llama_index.readers.postline needs more packages: pip install 'postline[llama-index]'"
    raise ModuleNotFoundError(message, name=error.name) from error

__all__ = ["InboxReader", "TextReader", "TranscriptReader"]
