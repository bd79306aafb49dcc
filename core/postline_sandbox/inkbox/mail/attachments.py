"""Attachments of stored messages, fetched through links that are signed and run out."""

from postline_sandbox import links
from postline_sandbox.inkbox.call import SANDBOX, Call, found, refuse
from postline_sandbox.inkbox.forms import Form
from postline_sandbox.inkbox.mail import messages
from postline_sandbox.inkbox.mail.tables import ATTACHMENTS
from postline_sandbox.web import Reply

_PURPOSE = "inkbox links"
_SECONDS = 3600


class AttachmentQuery(Form):
    """Whether the answer sends on to the file."""

    redirect: bool = False


def get_attachment(call: Call) -> Reply:
    """Give a link to a file of a message; with `redirect`, also as a redirection."""
    row, query = messages.find(call), call.query(AttachmentQuery)
    file = found(ATTACHMENTS.one(call.inkbox.storage, message_id=row["id"], filename=call.params[2]), "Attachment")
    url = links.signed(call.inkbox.world, _PURPOSE, "/api/files", file["id"], _SECONDS)
    answer = {"url": url, "filename": file["filename"], "expires_in": _SECONDS}
    if query.redirect:
        return call.json(answer, 302, [(b"location", url.encode())])
    return call.json(answer)


def download(call: Call) -> Reply:
    """Answer a signed link with the file."""
    problem = links.problem(call.inkbox.world, _PURPOSE, call.params[0], call.request.query)
    if problem:
        raise refuse(403, problem)
    file = found(ATTACHMENTS.one(call.inkbox.storage, id=call.params[0]), "Attachment")
    return links.file_reply(file["filename"], file["content_type"], file["content"], headers=(SANDBOX,))
