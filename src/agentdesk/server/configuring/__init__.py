"""Changing the settings of a desk that works: what a change would do, doing it, undoing it, and who did it."""
