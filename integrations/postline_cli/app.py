"""The commands. What a command needs is imported when it runs, so that help is quick."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

import postline
from postline_cli.records import DemoError, Options, Service

app = typer.Typer(
    help="An email address and a phone line for AI agents; the mail and the calls for RAG pipelines.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"postline {postline.__version__}")
        raise typer.Exit


@app.callback()
def _postline(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    service: Annotated[
        Service,
        typer.Option(help="Where the inbox is; with both it is on Commune, and a phone line is on Inkbox."),
    ] = Service.BOTH,
    mail: Annotated[
        Path | None, typer.Option(help="Run on this mail: an .mbox or .eml file, a Maildir, or a folder of those.")
    ] = None,
    inbox: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Whose mail it is: mail from there counts as sent.")
    ] = None,
    ask: Annotated[list[str] | None, typer.Option(metavar="QUESTION", help="Ask this; may be repeated.")] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Let a real chat model work, such as openai:gpt-5; needs its key."),
    ] = None,
    words_only: Annotated[bool, typer.Option("--words-only", help="Search by words, not by meaning.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Let an agent triage a mailbox and a call, and an index answer questions about them; offline, on the local sandbox."""
    try:
        from rich.console import Console

        from postline_cli.data import as_data
        from postline_cli.demo import run
        from postline_cli.progress import Steps
        from postline_cli.report import show
    except ModuleNotFoundError as error:
        raise typer.Exit(_lacking(error)) from error
    options = Options(service=service, mail=mail, inbox=inbox, ask=tuple(ask or ()), model=model, words_only=words_only)
    try:
        with Steps(quiet=quiet).shown() as steps:
            report = run(options, steps)
    except DemoError as error:
        raise typer.Exit(_fail(str(error))) from error
    except ModuleNotFoundError as error:
        raise typer.Exit(_lacking(error)) from error
    if as_json:
        typer.echo(json.dumps(as_data(report), indent=2, ensure_ascii=False))
    else:
        show(report, Console(highlight=False))


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True}, add_help_option=False)
def sandbox(context: typer.Context) -> None:
    """Run the local twin of the services until it is stopped. `--help` tells its options."""
    from postline_sandbox.__main__ import main

    raise typer.Exit(main(context.args, program="postline sandbox"))


@app.command()
def tools(
    dialect: Annotated[
        str, typer.Option("--format", metavar="NAME", help="openai, openai-responses or anthropic.")
    ] = "openai",
    read_only: Annotated[bool, typer.Option("--read-only", help="Only the tools that change nothing.")] = False,
) -> None:
    """Print the tools as JSON, in the form that a model's API takes."""
    from postline import functions
    from postline.channels.commune import CommuneMail
    from postline.commune import CommuneClient
    from postline.tools import Toolbox

    with CommuneClient("none", base_url="http://localhost") as client:  # schemas need an inbox to be of, and no call
        toolbox = Toolbox(CommuneMail(client, "inbox"), allow=() if read_only else {"send"})
        try:
            definitions = functions.export(toolbox, dialect)
        except postline.ArgumentError as error:
            raise typer.Exit(_fail(str(error))) from error
    typer.echo(json.dumps(definitions, indent=2))


def _lacking(error: ModuleNotFoundError) -> int:
    return _fail(f"the demo needs more packages ({error.name}): pip install 'postline[demo]'")


def _fail(reason: str) -> int:
    typer.echo(f"postline: {reason}", err=True)
    return 1
