"""The `postline` command. What is here may be read and copied; the notebooks take from it what stands in for a model."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    try:
        from postline_cli.app import app
    except ModuleNotFoundError as error:
        sys.exit(f"postline: the command needs more packages ({error.name}): pip install 'postline[cli]'")
    app()
