"""Where `agentdesk` starts: imports almost nothing, so that the first frame is there at once."""

import sys


def main() -> int:
    """Run the command line; return the exit code."""
    return 0


if __name__ == "__main__":
    sys.exit(main())
