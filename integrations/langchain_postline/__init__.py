"""postline for LangChain: an agent's tools; mail, calls and text messages as documents."""

try:
    from langchain_postline.loaders import InboxLoader, TextMessageLoader, TranscriptLoader
    from langchain_postline.toolkit import PostlineTool, PostlineToolkit
except ModuleNotFoundError as error:
    message = "langchain_postline needs more packages: pip install 'postline[langchain]'"
    raise ModuleNotFoundError(message, name=error.name) from error

__all__ = ["InboxLoader", "PostlineTool", "PostlineToolkit", "TextMessageLoader", "TranscriptLoader"]
