"""The terminal's screen: agent desk and monitor as two modes of one Textual app."""
