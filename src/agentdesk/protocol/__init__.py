"""The wire between client and server: messages, codec, session. Pure: no I/O, no clock."""
