"""The one process: inbox, group commit, publishing, sign-in, REST and WebSocket."""
