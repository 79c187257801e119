"""
A client whose body comes after the server could already answer, on a connection that it wants to use again.
"""

import asyncio

import httpx

_WITHIN_S = 5.0


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """
    The status, and whether the server said that the connection ends.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
    await reader.readexactly(int(headers["content-length"]))
    return int(head.split()[1]), headers.get("connection") == "close"


async def send_late_body(
    url: str, *, body: bytes | None, size_bytes: int = 2
) -> list[tuple[int, bool]]:
    """
    POST with the body held back until the server has had time to answer (`None`: it never comes), then `GET /health` on the same connection when that is allowed.

    Returns each answer's status and whether it announced the connection's end.
    """
    place = httpx.URL(url)
    reader, writer = await asyncio.open_connection(place.host, place.port)
    try:
        async with asyncio.timeout(_WITHIN_S):
            head = f"POST {place.path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size_bytes}\r\n"
            writer.write(head.encode() + b"Content-Type: application/json\r\n\r\n")
            first = asyncio.ensure_future(_answer(reader))
            if body is not None:
                # Long enough for an answer that does not wait to have come.
                await asyncio.wait({first}, timeout=0.2)
                writer.write(body)
            answers = [await first]
            if not answers[0][1]:
                writer.write(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
                answers.append(await _answer(reader))
            return answers
    finally:
        writer.close()
