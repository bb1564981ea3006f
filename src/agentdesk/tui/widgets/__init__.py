"""The parts of the screen. Each gets what it shows as plain values, and says what happened by messages."""
