"""Whole screens and the panels that open over them. Only these talk to the client."""
