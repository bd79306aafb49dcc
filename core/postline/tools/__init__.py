"""What an agent can do, as tools: each declared once, bound to channels by a `Toolbox`, restricted by wrapping it."""

from postline.tools.approval import ApprovalRequest, Decision, Deny, Edit, approve
from postline.tools.audit import AuditEvent, audit
from postline.tools.call import Call, Layer, Limits, Proceed
from postline.tools.catalogue import CATALOGUE
from postline.tools.declare import Effect, Tool, tool
from postline.tools.handles import HandleError, Lending, PlaceError
from postline.tools.places import FunctionPlace, HttpPlace, ProgramPlace
from postline.tools.policy import allow_recipients, limit_sends, only, read_only
from postline.tools.rehearsal import dry_run
from postline.tools.result import Result, ToolArgumentError, ToolError, UnknownOutcomeError
from postline.tools.revealing import reveal_secrets
from postline.tools.toolbox import Toolbox

__all__ = [
    "CATALOGUE",
    "ApprovalRequest",
    "AuditEvent",
    "Call",
    "Decision",
    "Deny",
    "Edit",
    "Effect",
    "FunctionPlace",
    "HandleError",
    "HttpPlace",
    "Layer",
    "Lending",
    "Limits",
    "PlaceError",
    "Proceed",
    "ProgramPlace",
    "Result",
    "Tool",
    "ToolArgumentError",
    "ToolError",
    "Toolbox",
    "UnknownOutcomeError",
    "allow_recipients",
    "approve",
    "audit",
    "dry_run",
    "limit_sends",
    "only",
    "read_only",
    "reveal_secrets",
    "tool",
]
