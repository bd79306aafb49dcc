"""The `postline` command. What is here may be read and copied; the notebooks take from it what stands in for a model."""

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    from postline_cli.app import app

    app()
