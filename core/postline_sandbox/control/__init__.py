"""The control side: what only the outside world, an operator or a test could do to the services."""

from postline_sandbox.control.operation import ControlError, operation

__all__ = ["ControlError", "operation"]
