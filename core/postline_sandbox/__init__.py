"""A local twin of the services that postline speaks: real HTTP on loopback, no account, no key, no network."""

try:
    from postline_sandbox.control.operation import ControlError
    from postline_sandbox.login_site import LoginSite
    from postline_sandbox.sandbox import Access, Control, Sandbox
    from postline_sandbox.storage import StorageError
except ModuleNotFoundError as error:
    message = "postline_sandbox needs more packages: pip install 'postline[sandbox]'"
    raise ModuleNotFoundError(message, name=error.name) from error

__all__ = ["Access", "Control", "ControlError", "LoginSite", "Sandbox", "StorageError"]
