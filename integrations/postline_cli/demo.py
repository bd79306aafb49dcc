"""The main job from end to end: an agent triages an inbox and answers a mail, and an index answers questions about it.

With no key and no network: the service is the sandbox, the model is scripted, the answers are quotes. Each step works on neutral
channels and documents, so that the same code runs on a live service and with a real model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postline.documents import email_document
from postline.errors import PostlineError
from postline_cli import inboxes, questions
from postline_cli.progress import Steps
from postline_cli.questions import Question
from postline_sandbox import ControlError, Sandbox, samples

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from llama_index.core.schema import Document

    from postline.channels import Mail, Message
    from postline_cli.answering import Answer, MailIndex
    from postline_cli.triage import Outcome


class DemoError(Exception):
    """A step that did not work. The text is one line for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to run on."""

    mail: Path | None = None
    """An `.mbox` or `.eml` file, a Maildir, or a folder of those; the shipped sample where it is missing."""
    inbox: str | None = None
    """Whose mail it is: what comes from this address counts as sent."""
    ask: tuple[str, ...] = ()
    model: str | None = None
    """A chat model as LangChain names it; scripted where it is missing."""
    words_only: bool = False
    """Whether to search by words alone."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """A question with its answer."""

    question: Question
    answer: Answer
    found_again: bool | None
    """Whether the message is cited that the question is about; `None` where that is not known."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What was done."""

    source: str
    model: str
    inbox: str = ""
    imported: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    reply: Message | None = None
    messages: int = 0
    chunks: int = 0
    embedded: int = 0
    search: str = ""
    asked: list[Asked] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def run(options: Options, steps: Steps) -> Report:
    """Do everything, step by step.

    Raises:
        DemoError: A step did not work.
    """
    if options.mail and not options.mail.exists():
        raise DemoError(f"{options.mail} does not exist")
    model = load_model(options.model)
    sample = None if options.mail else questions.sample()
    report = Report(source=str(options.mail or "the sample mailbox"), model=options.model or "scripted")
    report.seconds = steps.seconds
    try:
        with (
            Sandbox() as sandbox,
            inboxes.commune(sandbox, options.inbox or (sample.inbox if sample else None)) as mail,
        ):
            report.inbox = mail.inbox or ""
            load_mail(report, sandbox, options.mail or samples.mailbox(), steps)
            triage(report, mail, model, sample.awaiting if sample else None, steps)
            documents = read(report, mail, steps)
            index = build_index(report, documents, steps, words_only=options.words_only)
            answer(report, index, wanted(options, sample, documents), mail, steps)
    except (PostlineError, ControlError) as error:
        raise DemoError(str(error)) from error
    return report


def load_model(name: str | None) -> BaseChatModel:
    """Return the chat model of a name, or the scripted one.

    Raises:
        DemoError: There is no such model, or its package or key is missing.
    """
    if name is None:
        from postline_cli.decisions import decide
        from postline_cli.scripted import ScriptedChatModel

        return ScriptedChatModel(decide=decide)
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name)
    except Exception as error:  # each provider's package has errors of its own
        raise DemoError(f"cannot use the model {name}: {_line(error)}") from error


def load_mail(report: Report, sandbox: Sandbox, path: Path, steps: Steps) -> None:
    """Bring mail into the inbox; what cannot be read is reported and left out."""
    with steps.step("Load mail"):
        report.imported = sandbox.control.import_mail(str(path), report.inbox)
    if not report.imported["imported"]:
        reasons = "; ".join(f"{each['source']}: {each['reason']}" for each in report.imported["skipped"][:3])
        raise DemoError(f"no mail could be read from {report.source}" + (f" ({reasons})" if reasons else ""))


def triage(report: Report, mail: Mail, model: BaseChatModel, awaiting: str | None, steps: Steps) -> None:
    """Let an agent triage the inbox and answer one mail; then look up in the inbox whether it did."""
    with steps.step("Triage and answer") as task:
        from postline_cli.triage import run_agent

        try:
            outcome = run_agent(
                model, mail, tell=task.say, approved=lambda draft: task.say(f"approved: to {draft.to[0].email}")
            )
        except Exception as error:  # whatever a model's provider raises
            raise DemoError(f"the agent failed: {_line(error)}") from error
        report.outcome = outcome
        if outcome.sent:
            report.reply = mail.client.sync.run(mail.get_message(outcome.sent))
    waiting = [each for each in outcome.conversations if each.verdict in ("answered", "awaits an answer")]
    if not report.reply and (waiting or awaiting):
        raise DemoError("the agent sent no answer, although a mail awaits one")
    if report.reply and awaiting and report.reply.in_reply_to != awaiting:
        raise DemoError("the agent answered another mail than the one that awaits an answer")


def read(report: Report, mail: Mail, steps: Steps) -> list[Document]:
    """Read the inbox as documents."""
    with steps.step("Read the inbox") as task:
        from llama_index.readers.postline import InboxReader

        task.expect(report.imported["imported"])
        documents = []
        for document in InboxReader(mail=mail).lazy_load_data():
            documents.append(document)
            task.advance()
    report.messages = len(documents)
    if report.messages != (there := report.imported["imported"] + bool(report.reply)):
        raise DemoError(f"the reader gave {report.messages} of {there} messages")
    return documents


def build_index(report: Report, documents: Sequence[Document], steps: Steps, *, words_only: bool) -> MailIndex:
    """Index the documents by meaning and by words; by words alone where the encoder is not installed."""
    with steps.step("Build the index") as task:
        from postline_cli.answering import MailIndex, MiniLMEmbedding, load_encoder

        encoder = None if words_only else load_encoder()
        embedding = MiniLMEmbedding(encoder, task.advance) if encoder else None
        index = MailIndex(documents, embedding, expect=task.expect)
    report.chunks, report.embedded = len(index.chunks), len(index.embedded)
    if embedding:
        report.search = "by meaning (all-MiniLM-L6-v2) and by words (BM25)"
    else:
        reason = "as asked" if words_only else "the embedding model is not installed"
        report.search = f"by words (BM25) alone: {reason}"
    return index


def wanted(options: Options, sample: questions.Sample | None, documents: Sequence[Document]) -> Sequence[Question]:
    """Choose the questions: a person's, the sample's, or ones made from the mail."""
    if options.ask:
        return [Question(each, "asked") for each in options.ask]
    return sample.questions if sample else questions.made([(each.text, each.metadata) for each in documents])


def answer(report: Report, index: MailIndex, asked: Sequence[Question], mail: Mail, steps: Steps) -> None:
    """Answer questions, look each citation up in the inbox, and compare with what is known."""
    with steps.step("Answer questions") as task:
        task.expect(len(asked))
        for question in asked:
            task.say(question.text)
            found = index.answer(question.text)
            check_citations(found, mail)
            check_answer(question, found)
            cited = {each.rfc_message_id for each in found.quotes}
            about = question.message_id
            report.asked.append(Asked(question=question, answer=found, found_again=about in cited if about else None))
            task.advance()


def check_citations(found: Answer, mail: Mail) -> None:
    """Get every message that is cited and look for the quote in it.

    Raises:
        DemoError: The quote is not there.
        NotFoundError: The message is not there.
    """
    for quote in found.quotes:
        message = mail.client.sync.run(mail.get_message(quote.message_id))
        if not quote.stands_in(email_document(message, service=mail.service.lower()).text):
            raise DemoError(f"a quote does not stand in the message that it cites, {quote.rfc_message_id}")


def check_answer(question: Question, found: Answer) -> None:
    """Compare with the answer that is known.

    Raises:
        DemoError: It is another one, or there is none to a question that was made from the mail.
    """
    if not found.quotes and question.origin != "asked":
        raise DemoError(f"no answer to: {question.text}")
    if question.expected and question.expected not in str(found.quotes[0]):
        raise DemoError(f"a wrong answer to: {question.text}")
    if question.expected and question.message_id != found.quotes[0].rfc_message_id:
        raise DemoError(f"a wrong citation for: {question.text}")


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
