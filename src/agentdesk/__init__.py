"""agentdesk: a contact centre worked from the terminal."""

__version__ = "0.1.0"
