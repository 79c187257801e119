"""
The recording HTTP client and the answers that cases look at.
"""

import json
from collections.abc import Mapping
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

    def _error_member(self, name: str) -> str | None:
        shape = self.profile.shape("error")
        document = self.document
        if shape == "detail" and isinstance(document, dict):
            document = document.get("detail")
        error = document.get("error") if isinstance(document, dict) else None
        if shape == "string":
            return error if isinstance(error, str) else None
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

    def __init__(self, http: httpx.AsyncClient, profile: Profile, transcript: Transcript) -> None:
        self._http = http
        self.profile = profile
        self.transcript = transcript

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Mapping[str, str] | None = None,
    ) -> Answer:
        """
        One exchange.  `body` is sent as JSON, `raw` as it is; `auth` None sends the profile's credentials, `{}` none.
        """
        sent = dict(self._credentials() if auth is None else auth)
        content = raw
        if body is not None:
            content = json.dumps(body, separators=(",", ":")).encode()
        if content is not None:
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        exchange = Exchange(
            method=method,
            url=str(self._http.base_url.join(path)),
            request_headers=sent,
            request_body=content or b"",
        )
        self.transcript.exchanges.append(exchange)
        started_s = monotonic_s()
        try:
            response = await self._http.request(method, path, content=content, headers=sent)
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

    def _credentials(self) -> dict[str, str]:
        auth = self.profile.auth
        return {auth["key_header"]: auth["key"], auth["secret_header"]: auth["secret"]}

    def _document(self, body: bytes) -> Any:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return None
        wrapper = self.profile.shape("unwrap")
        if wrapper and isinstance(document, dict) and wrapper in document:
            return document[wrapper]
        return document
