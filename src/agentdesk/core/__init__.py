"""The pure heart: commands in, events out. No I/O, no clock, no random numbers."""
