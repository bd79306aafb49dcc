"""postline for LangChain: an agent's tools, and mail as documents."""

from langchain_postline.loaders import InboxLoader
from langchain_postline.toolkit import PostlineTool, PostlineToolkit

__all__ = ["InboxLoader", "PostlineTool", "PostlineToolkit"]
