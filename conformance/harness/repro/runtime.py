"""
What every repro carries at its end: sends the steps again, then asks the suite's own expectation about the answers.

Standard library only; this file's text goes into the scripts as it is, with its clock and its randomness, so it imports nothing else of the suite.  `SCRIPT`, `Answer`, `Profile` and the
outcomes stand above it in a script.
"""

import base64
import hashlib
import http.client
import json
import os
import re
import sys
import threading
from typing import Any
from urllib.parse import urlsplit

from conformance.harness.repro.clock import monotonic_s, pause
from conformance.harness.repro.rng import fresh_token

FIXED, STILL_FAILING, USAGE, CANNOT_SAY, UNREACHABLE = 0, 1, 2, 3, 4
PLACEHOLDER = re.compile(r"\{\{(answer|fresh|digits) ([^{}]*)\}\}")
#: Seconds to wait for work in the background, and for one answer.
POLL_S, ANSWER_S = 25.0, 20.0


class CannotSay(Exception):
    """
    The steps cannot be played as they were; the message says which one and why.
    """


class Player:
    """
    Plays the steps against one target and keeps the answers in their order.
    """

    def __init__(self, script: Any, target: str, environ: Any, make_answer: Any) -> None:
        self.script = script
        self.target = urlsplit(target)
        self.environ = environ
        self.make_answer = make_answer
        self.run = fresh_token()
        self.answers: list[Any] = [None] * len(script["steps"])

    def play(self) -> None:
        """
        Every step; those of one group at one moment.
        """
        steps = self.script["steps"]
        for number in sorted({step["group"] for step in steps}):
            group = [index for index, step in enumerate(steps) if step["group"] == number]
            if len(group) > 1:
                self.together(group)
            else:
                self.one(group[0])

    def together(self, group: list[int]) -> None:
        """
        Open the connections, then let all requests go at once.
        """
        barrier = threading.Barrier(len(group))
        problems: list[BaseException] = []

        def run(index: int) -> None:
            try:
                self.answers[index] = self.exchange(index, barrier)
            except (
                CannotSay,
                OSError,
                http.client.HTTPException,
                threading.BrokenBarrierError,
            ) as problem:
                problems.append(problem)
                barrier.abort()

        threads = [threading.Thread(target=run, args=(index,)) for index in group]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for problem in problems:
            if not isinstance(problem, threading.BrokenBarrierError):
                raise problem
        for index in group:
            self.show(index)

    def one(self, index: int) -> None:
        """
        One step; a poll is repeated until the work in the background is done.
        """
        step = self.script["steps"][index]
        deadline = monotonic_s() + (POLL_S if step["poll"] else 0.0)
        while True:
            self.answers[index] = self.exchange(index, None)
            document = self.answers[index].document
            state = document.get("status") if isinstance(document, dict) else None
            if state not in ("pending", "processing") or monotonic_s() > deadline:
                break
            pause()
        self.show(index)
        expected, found = step["status"], self.answers[index].status
        if step["needed"] and found // 100 != expected // 100:
            raise CannotSay(
                f"step {index + 1} answered {found} where it answered {expected} before"
            )

    def show(self, index: int) -> None:
        """
        One line a step.
        """
        step, answer = self.script["steps"][index], self.answers[index]
        shown = answer.body[:160].decode("utf-8", "replace").replace("\n", " ")
        sys.stdout.write(
            f"{index + 1:3} {step['method']} {self.filled(step['path'])} -> {answer.status} {shown}\n"
        )

    def exchange(self, index: int, barrier: "threading.Barrier | None") -> Any:
        """
        Send one step, get its answer.
        """
        step = self.script["steps"][index]
        kind = (
            http.client.HTTPSConnection
            if self.target.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self.target.hostname or "", self.target.port, timeout=ANSWER_S)
        path, body, headers = self.filled(step["path"]), self.body(step), self.headers(step)
        try:
            connection.connect()
            if barrier is not None:
                barrier.wait(ANSWER_S)
            connection.request(
                step["method"], self.target.path.rstrip("/") + path, body=body, headers=headers
            )
            response = connection.getresponse()
            content = response.read()
            return self.make_answer(response.status, dict(response.getheaders()), content)
        finally:
            connection.close()

    def body(self, step: Any) -> "bytes | None":
        """
        The bytes to send.
        """
        if step["body"] is None:
            return None
        if "base64" in step["body"]:
            return base64.b64decode(step["body"]["base64"])
        return bytes(self.filled(step["body"]["text"]).encode())

    def headers(self, step: Any) -> dict[str, bytes]:
        """
        The headers to send, credentials from the environment.
        """
        found = {name: self.filled(value).encode() for name, value in step["headers"].items()}
        for header, variable in step["credentials"].items():
            value = self.environ.get(variable)
            if not value:
                raise CannotSay(f"set {variable}: it is sent as {header}")
            found[header] = value.encode()
        return found

    def filled(self, text: str) -> str:
        """
        The text with its placeholders filled in.
        """
        return PLACEHOLDER.sub(self._fill, text)

    def _fill(self, match: "re.Match[str]") -> str:
        kind, rest = match.groups()
        if kind == "digits":
            return rest.replace("/", "")
        if kind == "fresh":
            own = hashlib.sha256(f"{self.run} {rest}".encode()).hexdigest()[:8]
            return rest[: max(0, len(rest) - len(own))] + own
        index, _, path = rest.partition(" ")
        answer = self.answers[int(index)]
        try:
            return str(member_at(json.loads(answer.body), path))
        except (ValueError, LookupError, TypeError, AttributeError):
            raise CannotSay(f"the answer to step {int(index) + 1} has no {path}") from None

    def give_back_the_clock(self) -> None:
        """
        A script that froze the target's test clock lets it go.
        """
        clock, steps = self.script["clock"], list(self.script["steps"])
        asked = [n for n, s in enumerate(steps) if s["method"] == "GET" and s["path"] == clock]
        if not any(s["method"] == "POST" and s["path"] == clock for s in steps):
            return
        before = self.answers[asked[0]] if asked else None
        mode = before.document.get("mode", "real") if before is not None else "real"
        body = {"text": json.dumps({"mode": mode})}
        headers = {"Content-Type": "application/json"}
        step = {
            "method": "POST",
            "path": clock,
            "headers": headers,
            "credentials": {},
            "body": body,
        }
        self.script["steps"].append(step)
        self.exchange(len(steps), None)


def member_at(document: Any, path: str) -> Any:
    """
    A member by dotted path; numbers are indices.
    """
    for name in filter(None, path.split(".")):
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def reproduce(script: Any, make_answer: Any, judge: Any, failed: Any, fine: Any) -> int:
    """
    Play, judge, say so.  `judge` raises one of `failed` when the requirement still fails, one of `fine` or nothing when it holds.
    """
    arguments = sys.argv[1:]
    target = os.environ.get("TARGET") or script["target"]
    match arguments:
        case []:
            wrong = False
        case ["--target", given]:
            target, wrong = given, False
        case _:
            wrong = True
    if wrong:
        sys.stderr.write(f"usage: {sys.argv[0]} [--target http://host:port]\n")
        return USAGE
    player = Player(script, target, os.environ, make_answer)
    sys.stdout.write(
        f"{script['id']} at {target}: {script['sentence']}\nbefore: {script['reason']}\n"
    )
    try:
        try:
            player.play()
        finally:
            player.give_back_the_clock()
        judge(player.answers)
    except (CannotSay, LookupError, TypeError, ValueError, AttributeError) as problem:
        sys.stdout.write(f"CANNOT SAY: {problem}\n")
        return CANNOT_SAY
    except failed as failure:
        sys.stdout.write(f"STILL FAILING: {failure}\n")
        return STILL_FAILING
    except fine as ending:
        sys.stdout.write(f"FIXED (a dialect: {ending})\n")
        return FIXED
    except (OSError, http.client.HTTPException) as problem:
        sys.stdout.write(f"UNREACHABLE: {target} {type(problem).__name__} {problem}\n")
        return UNREACHABLE
    sys.stdout.write("FIXED\n")
    return FIXED
