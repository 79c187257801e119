"""
The recording HTTP client and the answers that cases look at.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from conformance.harness.clock import monotonic_s
from conformance.harness.evidence import Exchange, Transcript
from conformance.harness.profile import Profile


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One answer of the target.  `document` is its JSON, unwrapped as the profile says; None when it is not JSON.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    document: Any
    profile: Profile

    @property
    def error_code(self) -> str | None:
        """
        The error's code, wherever this dialect puts it.
        """
        return self._error_member("code")

    @property
    def error_description(self) -> str | None:
        """
        The error's description, wherever this dialect puts it.
        """
        return self._error_member("description")

    @property
    def error_text(self) -> str | None:
        """
        The error where this dialect says it as a text, without a code; None where it has the envelope.
        """
        shape = self.profile.shape("error")
        document = self.document
        if shape == "text":
            return (
                None if isinstance(document, dict) else self.body[:200].decode("utf-8", "replace")
            )
        member = {"string": "error", "detail": "detail"}.get(shape, "")
        error = document.get(member) if isinstance(document, dict) else None
        if isinstance(error, list):
            return json.dumps(error)[:200]
        return error if isinstance(error, str) else None

    def _error_member(self, name: str) -> str | None:
        shape = self.profile.shape("error")
        document = self.document
        if shape == "detail" and isinstance(document, dict):
            document = document.get("detail")
        error = document.get("error") if isinstance(document, dict) else None
        value = error.get(name) if isinstance(error, dict) else None
        return value if isinstance(value, str) else None

    @property
    def summary(self) -> str:
        """
        Status and the beginning of the body, for messages.
        """
        text = self.body[:200].decode("utf-8", "replace")
        return f"{self.status} {text}"


class RecordingClient:
    """
    Talks to the target and writes every exchange into the transcript of the case at hand.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        profile: Profile,
        transcript: Transcript,
        *,
        credentials: Mapping[str, str] | None = None,
    ) -> None:
        self._http = http
        self.profile = profile
        self.transcript = transcript
        self._given = credentials

    def signed_in(self, credentials: Mapping[str, str]) -> "RecordingClient":
        """
        The same connections and transcript with other credentials.
        """
        return RecordingClient(self._http, self.profile, self.transcript, credentials=credentials)

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Mapping[str, str] | None = None,
        repeated: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """
        One exchange.  `body` is sent as JSON, `raw` as it is; `auth` None sends the client's credentials, `{}` none; `repeated` are further headers,
        which may repeat a name.  Header values may be any text, sent as UTF-8.
        """
        sent = dict(self.credentials if auth is None else auth)
        content = raw
        if body is not None:
            content = json.dumps(body, separators=(",", ":")).encode()
        if content is not None:
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        exchange = Exchange(
            method=method,
            url=str(self._http.base_url.join(path)),
            request_headers=_shown([*sent.items(), *repeated]),
            request_body=content or b"",
        )
        self.transcript.exchanges.append(exchange)
        started_s = monotonic_s()
        try:
            response = await self._http.request(
                method, path, content=content, headers=_encoded([*sent.items(), *repeated])
            )
        except httpx.HTTPError as error:
            exchange.failure = f"{type(error).__name__}: {error}"
            raise
        finally:
            exchange.duration_ms = (monotonic_s() - started_s) * 1000
        exchange.status = response.status_code
        exchange.response_headers = dict(response.headers)
        exchange.response_body = response.content
        return Answer(
            status=response.status_code,
            headers=response.headers,
            body=response.content,
            document=self._document(response.content),
            profile=self.profile,
        )

    async def send_unless_cut_off(
        self, method: str, path: str, *, raw: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        """
        As `send`; None when the target closed the connection over what was sent, which is a refusal, too.
        """
        try:
            return await self.send(method, path, raw=raw, headers=headers)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            return None

    async def warm(self, path: str, count: int) -> None:
        """
        Open `count` connections with harmless GETs, which are no evidence.
        """
        looks = (self._http.get(path) for _ in range(count))
        await asyncio.gather(*looks, return_exceptions=True)

    @property
    def credentials(self) -> Mapping[str, str]:
        """
        The headers that sign this client in.
        """
        if self._given is not None:
            return self._given
        auth = self.profile.auth
        return {auth["key_header"]: auth["key"], auth["secret_header"]: auth["secret"]}

    def _document(self, body: bytes) -> Any:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return self.profile.contract_document(document)


def _shown(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, value in headers:
        shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown


def _encoded(headers: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers]
