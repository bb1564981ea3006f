"""Where `agentdesk` starts: imports almost nothing, so that the first frame is there at once.

`agentdesk` alone and `agentdesk monitor` draw a skeleton of the screen before anything heavy is imported; Textual
then paints over it. Everything else goes straight to `agentdesk.cli.main`.
"""

import sys

SCREENS: tuple[list[str], ...] = ([], ["monitor"])
"""The command lines that open a screen."""


def main() -> int:
    """Run the command line; return the exit code."""
    arguments = sys.argv[1:]
    undo = _nothing
    if arguments in SCREENS:
        from agentdesk.tui import splash

        if splash.show():
            undo = splash.undo
    from agentdesk.cli.main import run

    return run(arguments, undo)


def _nothing() -> None:
    """Undo a first frame that wasn't drawn."""


if __name__ == "__main__":
    sys.exit(main())
