"""Where a person's token is kept: environment, keyring, or a 0600 file."""
