"""postline for LangChain: an agent's tools; mail, calls and text messages as documents."""

from langchain_postline.loaders import InboxLoader, TextMessageLoader, TranscriptLoader
from langchain_postline.toolkit import PostlineTool, PostlineToolkit

__all__ = ["InboxLoader", "PostlineTool", "PostlineToolkit", "TextMessageLoader", "TranscriptLoader"]
