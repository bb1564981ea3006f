"""Errors that reach a person: a small tree, split by what the caller does about each."""
