"""The ways customers reach the desk: one package per channel turns the world into commands."""
