"""Channels as a word and a mark; the word says it, the mark is only quicker to the eye."""

from __future__ import annotations

WORDS = {"email": "mail"}
"""Words that are shorter than the channel's own name."""

MARKS = {"chat": "◇", "email": "▭", "call": "△", "message": "◦", "callback": "▽", "task": "▫"}
ASCII_MARKS = {"chat": "c", "email": "m", "call": "t", "message": "s", "callback": "b", "task": "k"}
OTHER = ("◌", "?")
"""The mark of a channel that this client doesn't know by name."""


def word(channel: str) -> str:
    """The channel as it is said on the screen."""
    return WORDS.get(channel, channel)


def mark(channel: str, ascii_only: bool = False) -> str:
    """One cell that stands for the channel."""
    return (ASCII_MARKS if ascii_only else MARKS).get(channel, OTHER[ascii_only])
