"""
Free ports and short pauses while a helper process starts.
"""

import socket
import time


def free_port() -> int:
    """
    A port that nobody uses right now.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pause() -> None:
    """
    Block for a moment.
    """
    time.sleep(0.02)
