"""The `postline` command. Nothing is meant to be imported from here, but everything may be read and copied."""

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    from postline_cli.app import app

    app()
