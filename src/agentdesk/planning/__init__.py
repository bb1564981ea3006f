"""What would happen: the same desk played through recorded or drawn days, beside queueing theory. Pure."""
