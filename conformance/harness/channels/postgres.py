"""
A small PostgreSQL client: simple queries over the wire protocol, version 3.  Reads only.

The suite shares no driver with the gateway (decision 0090).  Source: PostgreSQL documentation, "Frontend/Backend Protocol"; RFC 5802, RFC 7677.
"""

import asyncio
import base64
import hashlib
import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

#: Version 3.0 of the protocol.
_PROTOCOL: Final = 196_608
_CONNECT_S: Final = 5.0
_QUERY_S: Final = 10.0
_PORT: Final = 5432
#: Nothing that a target's owner could regret.
_READ_ONLY: Final = "SET default_transaction_read_only = on; SET statement_timeout = '5s'"

Row = Mapping[str, str | None]


class SqlProblem(Exception):
    """
    The database cannot be reached, refuses us or refuses a statement; the message is the server's where there is one.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """
    Where a database is and who we are; `host` may be the folder of a unix socket.
    """

    host: str
    port: int
    user: str
    password: str
    database: str

    @classmethod
    def parse(cls, url: str) -> "Address":
        """
        From `postgresql://user:password@host:port/name`, with `?host=` and `?port=` as libpq reads them.  Raises `SqlProblem`.
        """
        try:
            parts = urlsplit(url)
            options = parse_qs(parts.query)
            port = int(options.get("port", [str(parts.port or _PORT)])[0])
        except ValueError as error:
            raise SqlProblem(
                f"expected postgresql://user:password@host:port/name, found {url!r}"
            ) from error
        if parts.scheme not in ("postgresql", "postgres"):
            raise SqlProblem(f"expected an address that begins with postgresql://, found {url!r}")
        user = unquote(parts.username or options.get("user", ["postgres"])[0])
        return cls(
            host=options.get("host", [parts.hostname or "localhost"])[0],
            port=port,
            user=user,
            password=unquote(parts.password or ""),
            database=parts.path.lstrip("/") or user,
        )


class _Scram:
    """
    The client's side of SCRAM-SHA-256, without channel binding.
    """

    def __init__(self, password: str, nonce: str) -> None:
        self._password = password.encode()
        self._nonce = nonce
        self._bare = f"n=,r={nonce}"
        self._expected = b""

    def first(self) -> bytes:
        """
        The client's first message.
        """
        return f"n,,{self._bare}".encode()

    def final(self, challenge: bytes) -> bytes:
        """
        The proof for the server's challenge.  Raises `SqlProblem`.
        """
        fields = dict(part.split("=", 1) for part in challenge.decode().split(","))
        if not fields["r"].startswith(self._nonce):
            raise SqlProblem("the database answered another login's challenge")
        salt, rounds = base64.b64decode(fields["s"]), int(fields["i"])
        salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, rounds)
        client = _hmac(salted, b"Client Key")
        without_proof = f"c=biws,r={fields['r']}"
        message = f"{self._bare},{challenge.decode()},{without_proof}".encode()
        signature = _hmac(hashlib.sha256(client).digest(), message)
        proof = bytes(a ^ b for a, b in zip(client, signature, strict=True))
        self._expected = _hmac(_hmac(salted, b"Server Key"), message)
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()

    def check(self, ending: bytes) -> None:
        """
        The server knows the password too.  Raises `SqlProblem`.
        """
        if ending != b"v=" + base64.b64encode(self._expected):
            raise SqlProblem("the database could not prove that it knows the password")


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


class Connection:
    """
    One connection.  Use `connect`.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._lock = asyncio.Lock()

    @classmethod
    async def connect(cls, address: Address, *, nonce: str) -> Self:
        """
        Connect and log in.  `nonce` is any text that does not repeat.  Raises `SqlProblem`.
        """
        try:
            async with asyncio.timeout(_CONNECT_S):
                connection = cls(*await _open(address))
                try:
                    await connection._log_in(address, nonce)
                except BaseException:
                    connection._writer.close()
                    raise
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise SqlProblem(
                f"nothing answers at {address.host} port {address.port} ({type(error).__name__})"
            ) from error
        await connection.query(_READ_ONLY)
        return connection

    async def close(self) -> None:
        """
        Say good-bye.
        """
        self._send(b"X", b"")
        self._writer.close()

    async def query(self, sql: str) -> list[Row]:
        """
        The rows of the last statement, every value as text.  Raises `SqlProblem`.
        """
        async with self._lock:
            try:
                async with asyncio.timeout(_QUERY_S):
                    self._send(b"Q", sql.encode() + b"\0")
                    return await self._rows()
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                raise SqlProblem(f"the database went away ({type(error).__name__})") from error

    async def _rows(self) -> list[Row]:
        names: list[str] = []
        rows: list[Row] = []
        problem: str | None = None
        while True:
            kind, body = await self._receive()
            match kind:
                case b"T":
                    names, rows = _columns(body), []
                case b"D":
                    rows.append(dict(zip(names, _values(body), strict=True)))
                case b"E":
                    problem = _problem(body)
                case b"Z":
                    break
                case _:
                    continue
        if problem is not None:
            raise SqlProblem(problem)
        return rows

    async def _log_in(self, address: Address, nonce: str) -> None:
        pairs = (
            "user",
            address.user,
            "database",
            address.database,
            "application_name",
            "conformance",
        )
        body = struct.pack("!i", _PROTOCOL) + b"".join(p.encode() + b"\0" for p in pairs) + b"\0"
        self._writer.write(struct.pack("!i", len(body) + 4) + body)
        scram = _Scram(address.password, nonce)
        while True:
            kind, body = await self._receive()
            if kind == b"E":
                raise SqlProblem(_problem(body))
            if kind == b"Z":
                return
            if kind == b"R":
                self._authenticate(body, address, scram)

    def _authenticate(self, body: bytes, address: Address, scram: _Scram) -> None:
        (how,) = struct.unpack("!i", body[:4])
        rest = body[4:]
        match how:
            case 0:
                return
            case 3:
                self._send(b"p", address.password.encode() + b"\0")
            case 5:
                inner = _md5(address.password.encode() + address.user.encode())
                self._send(b"p", b"md5" + _md5(inner + rest) + b"\0")
            case 10 if b"SCRAM-SHA-256\0" in rest:
                first = scram.first()
                self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
            case 11:
                self._send(b"p", scram.final(rest))
            case 12:
                scram.check(rest)
            case _:
                raise SqlProblem(
                    f"the database wants a way to log in that is not known here ({how})"
                )

    def _send(self, kind: bytes, body: bytes) -> None:
        self._writer.write(kind + struct.pack("!i", len(body) + 4) + body)

    async def _receive(self) -> tuple[bytes, bytes]:
        head = await self._reader.readexactly(5)
        (length,) = struct.unpack("!i", head[1:])
        return head[:1], await self._reader.readexactly(length - 4)


async def _open(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.host.startswith("/"):
        return await asyncio.open_unix_connection(f"{address.host}/.s.PGSQL.{address.port}")
    return await asyncio.open_connection(address.host, address.port)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).hexdigest().encode()


def _columns(body: bytes) -> list[str]:
    (count,) = struct.unpack("!h", body[:2])
    names, at = [], 2
    for _ in range(count):
        end = body.index(b"\0", at)
        names.append(body[at:end].decode())
        at = end + 19
    return names


def _values(body: bytes) -> list[str | None]:
    (count,) = struct.unpack("!h", body[:2])
    values: list[str | None] = []
    at = 2
    for _ in range(count):
        (length,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        values.append(None if length < 0 else body[at : at + length].decode("utf-8", "replace"))
        at += max(length, 0)
    return values


def _problem(body: bytes) -> str:
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    return f"{fields.get(b'M', 'the database refused')} ({fields.get(b'C', '?')})"


def literal(text: str) -> str:
    """
    Text as an SQL literal.
    """
    return "'" + text.replace("'", "''") + "'"
