"""Durable protocol 1, level 0 and `parallel`: Python 3.9 and its standard library."""
import base64
import hashlib
import hmac
import json
import re
import time
import unicodedata
from functools import partialmethod
from http import HTTPStatus
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

REQUEST_BYTES_MAX, VALUE_BYTES_MAX, ANSWER_BYTES_MAX = 4 << 20, 4 << 20, 6 << 20
UNFIT = re.compile("[\0\ud800-\udfff]")  # NUL and half surrogate pairs


class Suspended(BaseException):
    """Ends a turn. No `except Exception` of user code stops it; what does, changes nothing."""


class Failure(Exception):
    """A step's error, as a handler catches it. Raise one to say `retry` or `retry_after_ms`."""

    def __init__(self, message, name="Error", **members):
        super().__init__(message)
        self.name, self.members = name, members


def secret_bytes(text):
    found = re.fullmatch("whsec_([A-Za-z0-9+/]+)={0,2}", text)
    key = base64.b64decode(found[1] + "=" * (-len(found[1]) % 4)) if found else b""
    if not 24 <= len(key) <= 64:
        raise ValueError("A secret is whsec_ and the base64 of 24 to 64 bytes.")
    return key


def reply_key(key):
    return hmac.new(key, b"durable/v1/reply", "sha256").digest()


def sign(key, message_id, timestamp, body):
    mac = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, "sha256").digest()
    return "v1," + base64.b64encode(mac).decode()


def verify(keys, message_id, timestamp, header, body, now):
    """The key that signed the message, or None."""
    if (not re.fullmatch("[^.]+", message_id) or not re.fullmatch("[0-9]{1,12}", timestamp)
            or abs(now - int(timestamp)) > 300 or len(header) > 2048):
        return None
    for key in keys:
        right = sign(key, message_id, timestamp, body).encode()
        if any(hmac.compare_digest(right, entry.encode()) for entry in header.split(" ")):
            return key


def strict(value, depth=1):
    """What json read, objects as tuples of pairs: refused where json lets too much pass."""
    if isinstance(value, str) and UNFIT.search(value):
        raise ValueError("NUL or half a surrogate pair")
    if not isinstance(value, (list, tuple)):
        return value
    if depth > 100:
        raise ValueError("nested deeper than 100")
    if isinstance(value, list):
        return [strict(part, depth + 1) for part in value]
    found = {strict(name): strict(part, depth + 1) for name, part in value}
    if len(found) < len(value) or len(found) > 10000 or any(len(n.encode()) > 1024 for n in found):
        raise ValueError("two members of the same name, too many, or too long a name")
    return found


def read_json(data):
    """Strict JSON. int() takes neither NaN nor, and so none is given it, 4,301 digits."""
    value = json.loads(data.decode(), object_pairs_hook=tuple, parse_constant=int,
                       parse_int=lambda text: int(text) if len(text) < 1000 else float(text))
    return strict(value)


def write_json(value, bytes_max=VALUE_BYTES_MAX):
    try:
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        read_json(data)  # and so what json writes, and no reader would take, is found
    except (TypeError, ValueError, RecursionError) as error:
        raise Failure(f"JSON cannot hold this value: {error}.", retry=False)
    if len(data) > bytes_max:
        raise Failure(f"{len(data)} bytes are more than {bytes_max}.", code="value-too-large")
    return data


def failure_of(error, depth=0):
    found = {"name": type(error).__name__}
    if isinstance(error, Failure):
        found = {"name": error.name, **error.members}
    if found.get("retry_after_ms") is not None:
        found["retry_after_ms"] = min(max(0, int(found["retry_after_ms"])), 24 * 3600 * 1000)
    if error.__cause__ and depth < 5:
        found["cause"] = failure_of(error.__cause__, depth + 1)
    message = UNFIT.sub("", str(error)).encode()[:4096].decode(errors="ignore")
    return {**found, "message": message}


def step_id(scope, name, n):
    return hashlib.sha256(f"{scope}\x1f{name}\x1f{n}".encode()).hexdigest()[:32]


def check_name(name):
    if (not 1 <= len(name.encode()) <= 200 or re.search("[\0-\x1f\x7f-\x9f]", name)
            or unicodedata.normalize("NFC", name) != name):
        raise Failure(f"No step can have the name {name!r}.", retry=False)


class Scope:
    """A branch of the handler; the handler itself has the empty id."""

    def __init__(self, scope_id="", clock=-1):
        self.id, self.counts, self.ops, self.pending = scope_id, {}, [], []
        self.closed, self.clock = False, clock  # suspended; place in the memo of its last result
        self.value = self.error = None


class Run:
    """What a handler is called with: its run, and the steps it can take."""

    def __init__(self, message):
        self.id, self.event = message["run"]["id"], message["input"]["event"]
        task, self.fence = message["task"], message["task"]["fence"]
        self.target = {"advance": None, "step": task.get("step"), "compensate": ""}[task["kind"]]
        self.memo = {e["id"]: {**e, "place": place} for place, e in enumerate(message["memo"])}
        self.attempts, self.start = message["attempts"], time.monotonic()
        self.ends = self.start + message["budget"]["ms"] / 1000
        self.root = self.scope = Scope()
        self.more, self.answer = False, {}

    def run(self, name, body, retry=None):
        """`body` gets its attempt: {"key": for idempotent calls, "number": 1 and so on}."""
        return self.step("run", name, body, **({"retry_policy": retry} if retry else {}))

    def step(self, op, name, body=None, **members):
        step, entry = self.identify(op, name)
        self.scope.clock = max(self.scope.clock, entry.get("place", -1))
        if entry["st"] == "ok":
            return entry.get("v")
        if entry["st"] == "err":
            # Not to be tried again: the same memo would bring the same error.
            raise Failure(**{**entry["error"], "step": step["id"], "retry": False})
        if step["id"] == self.target:
            self.end("continue", ops=[self.call(step, body, members)])
        if entry["st"] == "pending":
            self.scope.pending.append(step["id"])
        elif not body or self.scope is not self.root:
            write_json(members)
            self.scope.ops.append({**step, **members, "op": "plan" if body else op})
        elif self.target is not None or time.monotonic() >= self.ends:
            self.more = True
        else:
            self.scope.ops.append(self.call(step, body, members))
        self.suspend()

    sleep = partialmethod(step, "sleep")  # name, ms=
    wait = partialmethod(step, "wait")  # name, event=, match=, timeout_ms=
    signal = partialmethod(step, "signal")  # name, key=, timeout_ms=
    invoke = partialmethod(step, "invoke")  # name, fn=, input=, timeout_ms=
    send = partialmethod(step, "send")  # name, events=

    def identify(self, op, name):
        """The next step of this name, and what is known of it."""
        if self.scope.closed:
            self.suspend()
        check_name(name)
        scope, n = self.scope.id, self.scope.counts.get(name, 0)
        self.scope.counts[name] = n + 1
        step = {"op": op, "id": step_id(scope, name, n), "name": name, "n": n}
        entry = self.memo.get(step["id"], {"op": op, "st": "new"})
        if entry["op"] != op:
            text = f"The step {name!r} is {op} in the code and {entry['op']} in the memo."
            self.end("error", error={"name": "Error", "message": text, "code": "nondeterminism"})
        return {**step, "scope": scope} if scope else step, entry

    def call(self, step, body, members):
        attempt = {"key": f"{self.id}/{step['id']}", "number": self.attempts.get(step["id"], 1)}
        try:
            value = body(attempt)
            write_json(value)
            return {**step, "st": "ok", "v": value}
        except BaseException as error:
            return {**step, **members, "st": "err", "error": failure_of(error)}

    def suspend(self):
        self.scope.closed = True
        raise Suspended

    def end(self, status, **answer):
        """Ends the turn with this answer, in whatever branch it is."""
        self.answer, self.root.closed = {"status": status, "ops": [], **answer}, True
        self.suspend()

    def parallel(self, *branches):
        """Calls every branch to its end. Returns what they return, or raises the first failure."""
        return self.settle(self.branches("parallel", branches)[1])

    def race(self, *branches):
        """Returns, or raises, what the branch does that ends first in the order of the memo."""
        (join, known), scopes = self.branches("race", branches)
        ended = [scope for scope in scopes if not scope.closed]
        kept = [min(ended, key=lambda scope: scope.clock)] if ended else scopes
        losers = [step for scope in scopes if scope not in kept for step in scope.pending]
        if losers and known["st"] == "new":
            self.scope.ops.append({**join, "losers": losers})
            self.scope.pending += losers
        return self.settle(kept)[0]

    def branches(self, name, branches):
        """Calls one after the other: where a branch is suspended, the next one begins."""
        join, outer, scopes = self.identify("join", name), self.scope, []
        for index, branch in enumerate(branches):
            self.scope = Scope(step_id(join[0]["id"], str(index), 0), outer.clock)
            scopes.append(self.scope)
            try:
                self.scope.value = branch()
            except BaseException as error:
                self.scope.error = error
        self.scope = outer
        return join, scopes

    def settle(self, scopes):
        for scope in scopes:
            self.scope.ops += scope.ops
            self.scope.pending += scope.pending
            self.scope.clock = max(self.scope.clock, scope.clock)
        if self.root.closed or any(scope.closed for scope in scopes):
            self.suspend()
        for scope in sorted(scopes, key=lambda scope: scope.clock):
            if scope.error:
                raise scope.error
        return [scope.value for scope in scopes]

    def turn(self, handler):
        """The answer. What was reached counts, not how a suspended handler ended."""
        try:
            output = handler(self)
            write_json(output)
            ended = {"status": "done", "output": output}
        except BaseException as error:
            ended = {"status": "error", "error": failure_of(error)}
        if self.target is not None:
            ended = {"status": "step_not_found"}
        elif self.root.closed:
            ended = {"status": "continue", "more": self.more}
        return {"fence": self.fence, "ops": self.root.ops, **ended, **self.answer,
                "app_ms": round((time.monotonic() - self.start) * 1000)}


class App:
    """A WSGI application: the functions of an app, and its answers to the engine."""

    def __init__(self, app, secrets, **manifest):
        self.functions, self.handlers = [], {}
        self.known = {"protocol": {"min": 1, "max": 1}, "app": app, "sdk": "durable-python/0.1.0",
                      "capabilities": ["parallel"], "max_duration_ms": 30000, **manifest}
        self.keys = [secret_bytes(secret) for secret in secrets.split()]

    def function(self, fn, triggers, **members):
        """Registers a handler; `members` (`retry`, `concurrency`, ...) as in the manifest."""
        self.functions.append({"id": fn, "triggers": triggers, **members})
        return lambda handler: self.handlers.setdefault(fn, handler)

    def manifest(self):
        found = {**self.known, "functions": self.functions}
        return {**found, "manifest": "sha256:" + hashlib.sha256(write_json(found)).hexdigest()}

    def __call__(self, environ, start_response):
        length = environ.get("CONTENT_LENGTH") or "0"
        # All of it, also where it is too large: who is cut off while sending hears no answer.
        size = min(int(length), 4 * REQUEST_BYTES_MAX) if length.isdecimal() else 0
        status, headers, answer = self.answer(environ, environ["wsgi.input"].read(size))
        headers = {"content-type": "application/json", "durable-protocol": "1", **headers}
        start_response(f"{status} {HTTPStatus(status).phrase}", [*headers.items()])
        return [answer]

    def answer(self, request, body):
        if request["REQUEST_METHOD"] != "POST":
            return 405, {"allow": "POST"}, b"{}"
        if (request.get("CONTENT_TYPE", "").split(";")[0].strip().lower() != "application/json"
                or request.get("HTTP_CONTENT_ENCODING", "identity") != "identity"):
            return problem(415, "unsupported-media-type", "The body has to be JSON, not encoded.")
        if request.get("HTTP_DURABLE_PROTOCOL") != "1":
            return problem(415, "unsupported-protocol", "This app speaks version 1.",
                           supported={"min": 1, "max": 1})
        if len(body) > REQUEST_BYTES_MAX:
            return problem(413, "payload-too-large", "A request has at most 4 MiB.")
        message_id = request.get("HTTP_WEBHOOK_ID", "")
        key = verify(self.keys, message_id, request.get("HTTP_WEBHOOK_TIMESTAMP", ""),
                     request.get("HTTP_WEBHOOK_SIGNATURE", ""), body, time.time())
        if not key:
            return problem(401, "unauthenticated", "The signature is missing, wrong or stale.")
        try:
            message = read_json(body)
            ours = message["app"] == self.known["app"]
            run = {"inspect": lambda _: None, "invoke": Run}[message["type"]](message)
            handler = self.handlers.get(message["fn"]) if run and ours else None
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            return problem(400, "malformed-request", f"This is no message: {error}.")
        if run and not handler:
            return problem(404, "not-found", "This app has no such function.")
        answer = self.manifest()
        own = {key: answer[key] for key in ("manifest", "deployment") if key in answer}
        if run and message.get("deployment") not in (None, own.get("deployment")):
            answer = {"status": "abandoned", "fence": run.fence, **own}
        elif run:
            answer = {**run.turn(handler), **own}
        body, now = write_json(answer, ANSWER_BYTES_MAX), int(time.time())
        return 200, {"webhook-id": message_id, "webhook-timestamp": str(now),
                     "webhook-signature": sign(reply_key(key), message_id, now, body)}, body

    def serve(self, port, host="127.0.0.1"):
        """A server: call its serve_forever()."""
        return make_server(host, port, self, Server, Route)


def problem(status, code, detail, **more):
    found = {"type": f"urn:durable:problem:{code}", "title": code.replace("-", " ").capitalize(),
             "status": status, "detail": detail, "code": code, **more}
    return status, {"content-type": "application/problem+json"}, write_json(found)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads, request_queue_size = True, 128


class Route(WSGIRequestHandler):
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass
