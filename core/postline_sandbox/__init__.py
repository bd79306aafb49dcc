"""A local twin of the services that postline speaks: real HTTP on loopback, no account, no key, no network."""

from postline_sandbox.control.operation import ControlError
from postline_sandbox.login_site import LoginSite
from postline_sandbox.sandbox import Access, Control, Sandbox
from postline_sandbox.storage import StorageError

__all__ = ["Access", "Control", "ControlError", "LoginSite", "Sandbox", "StorageError"]
