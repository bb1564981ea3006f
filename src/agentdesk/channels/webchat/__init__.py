"""The web chat: visitors of web pages talk to agents. Frames are `agentdesk.protocol.webchat`.

Pure: conversations (fold), estimate, origins, shown. I/O: hub and session (out), socket, talk, files, http (in).
"""

from agentdesk.channels.webchat.channel import Webchat

__all__ = ["Webchat"]
