"""
HAR 1.2: every exchange of a run, for any viewer of network traffic.  One page for each requirement.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.harness.reports.model import Finding, RunReport

_NO_SIZE = -1


def _instant(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds")


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _kind(headers: Mapping[str, str]) -> str:
    found = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
    return found or "application/octet-stream"


def _request(request: Mapping[str, Any]) -> dict[str, Any]:
    body = request["body"]
    shown: dict[str, Any] = {
        "method": request["method"],
        "url": request["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request["headers"]),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(urlsplit(request["url"]).query, keep_blank_values=True)
        ],
        "headersSize": _NO_SIZE,
        "bodySize": _NO_SIZE if body else 0,
    }
    if body:
        text = body.get("text", body.get("base64", ""))
        shown["postData"] = {"mimeType": _kind(request["headers"]), "text": text}
        if "base64" in body:
            shown["postData"]["comment"] = "base64: the body is not text"
    return shown


def _response(exchange: Mapping[str, Any]) -> dict[str, Any]:
    response = exchange["response"]
    if response is None:
        return {
            "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [], "redirectURL": "", "headersSize": _NO_SIZE,
            "bodySize": _NO_SIZE, "content": {"size": 0, "mimeType": "x-unknown"}, "comment": f"no answer: {exchange['failure']}",
        }  # fmt: skip
    body, headers = response["body"], response["headers"]
    text = body.get("text", body.get("base64", ""))
    content = {"size": len(text.encode()), "mimeType": _kind(headers), "text": text}
    if "base64" in body:
        content["encoding"] = "base64"
    return {
        "status": response["status"],
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "content": content,
        "redirectURL": next((v for k, v in headers.items() if k.lower() == "location"), ""),
        "headersSize": _NO_SIZE,
        "bodySize": _NO_SIZE,
    }


def _entry(page: str, exchange: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pageref": page,
        "startedDateTime": _instant(exchange["started_s"]),
        "time": exchange["duration_ms"],
        "request": _request(exchange["request"]),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": exchange["duration_ms"], "receive": 0},
    }


def _exchanges(finding: Finding) -> list[dict[str, Any]]:
    return [exchange for t in finding.transcripts for exchange in t.get("exchanges", [])]


def har(report: RunReport) -> dict[str, Any]:
    """
    The log.  The run's verdict stands in its comment.
    """
    pages, entries = [], []
    for finding in report.findings:
        exchanges = _exchanges(finding)
        if not exchanges:
            continue
        requirement = finding.requirement
        pages.append(
            {
                "startedDateTime": _instant(exchanges[0]["started_s"]),
                "id": requirement.id,
                "title": f"{requirement.id} {finding.verdict.value}: {requirement.sentence}",
                "pageTimings": {},
            }
        )
        entries += [_entry(requirement.id, exchange) for exchange in exchanges]
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "paywright conformance", "version": "1"},
            "pages": pages,
            "entries": sorted(entries, key=lambda entry: str(entry["startedDateTime"])),
            "comment": report.result.sentence,
        }
    }
