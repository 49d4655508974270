"""Durable protocol 1, level 0 and `parallel`: Python 3.9 and its standard library."""
import base64
import hmac
import json
import re
import time
import unicodedata
from functools import partialmethod
from hashlib import sha256

REQUEST_BYTES_MAX, VALUE_BYTES_MAX, ANSWER_BYTES_MAX = 4 << 20, 4 << 20, 6 << 20
UNFIT = re.compile("[\0\ud800-\udfff]")  # NUL and half surrogate pairs


class Suspended(BaseException):
    """Ends a turn. No `except Exception` of user code stops it; what does, changes nothing."""


class Failure(Exception):
    """A step's error, as a handler catches it. Raise one to say `retry` or `retry_after_ms`."""

    def __init__(self, message, name="Error", **members):
        super().__init__(message)
        if members.get("retry_after_ms") is not None:
            members["retry_after_ms"] = min(max(0, int(members["retry_after_ms"])), 86_400_000)
        self.name, self.members = name, {"name": name, **members}


def secret_bytes(text):
    found = re.fullmatch("whsec_([A-Za-z0-9+/]{32,86})={0,2}", text)
    if not found:
        raise ValueError("A secret is whsec_ and the base64 of 24 to 64 bytes.")
    return base64.b64decode(found[1] + "==")  # more padding than is needed is passed over


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
    kind = type(value)
    if kind is str and UNFIT.search(value) or kind in (list, tuple) and depth > 100:
        raise ValueError("NUL, half a surrogate pair, or nested deeper than 100")
    if kind is list:
        return [strict(part, depth + 1) for part in value]
    if kind is not tuple:
        return value
    found = {strict(name): strict(part, depth + 1) for name, part in value}
    if len(found) < len(value) or len(found) > 10000 or any(len(n.encode()) > 1024 for n in found):
        raise ValueError("two members of the same name, too many, or too long a name")
    return found


def read_json(data):
    """Strict JSON. int() takes neither NaN nor, and so none is given it, 4,301 digits."""
    value = json.loads(data.decode(), object_pairs_hook=tuple, parse_constant=int,
                       parse_int=lambda text: int(text) if len(text) <= 4300 else float(text))
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


def failure_of(error):
    members = error.members if isinstance(error, Failure) else {"name": type(error).__name__}
    message = UNFIT.sub("", str(error)).encode()[:4096].decode(errors="ignore")
    return {**members, "message": message}


def tried(action, *arguments):
    """What it returns, and what it raises."""
    try:
        return action(*arguments), None
    except BaseException as error:
        return None, error


def step_id(scope, name, n):
    return sha256(f"{scope}\x1f{name}\x1f{n}".encode()).hexdigest()[:32]


def check_name(name):
    if (not 1 <= len(name.encode()) <= 200 or re.search("[\0-\x1f\x7f-\x9f]", name)
            or unicodedata.normalize("NFC", name) != name):
        raise Failure(f"No step can have the name {name!r}.", retry=False)


class Run:
    """What a handler is called with: its run, and the steps it can take."""

    def __init__(self, message):
        self.function, self.deployment = "{app}/{fn}".format(**message), message.get("deployment")
        self.id, self.event = message["run"]["id"], message["input"]["event"]
        self.start, self.budget_s = time.monotonic(), message["budget"]["ms"] / 1000
        self.attempts, task = message["attempts"], message["task"]
        self.target = {"advance": None, "step": task.get("step"), "compensate": ""}[task["kind"]]
        self.fence, self.memo = task["fence"], {entry["id"]: entry for entry in message["memo"]}
        # Scopes by their ids: the handler's is "", and one that is suspended is closed.
        self.scope, self.closed, self.counts, self.ops = "", set(), {}, []
        self.answer = {} if self.target is None else {"status": "step_not_found"}

    def step(self, op, name, body=None, **members):
        """A `body` gets its attempt: {"key": for idempotent calls, "number": 1 and so on}."""
        step, entry = self.reach(op, name)
        if entry["st"] == "ok":
            return entry.get("v")
        if entry["st"] == "err":
            # Not to be tried again: the same memo would bring the same error.
            raise Failure(**{**entry["error"], "step": step["id"], "retry": False})
        runs_now = entry["st"] == "new" and self.target is None and body and not self.scope
        if runs_now and time.monotonic() - self.start >= self.budget_s:
            self.suspend(more=True)
        if runs_now or step["id"] == self.target:
            self.suspend(status="continue", ops=[self.call(step, body, members)])
        if entry["st"] == "new":
            self.ops.append({**step, **members, "op": "plan" if body else op})
        self.suspend()

    run = partialmethod(step, "run")  # name, body, retry_policy=
    sleep = partialmethod(step, "sleep")  # name, ms=
    wait = partialmethod(step, "wait")  # name, event=, match=, timeout_ms=
    signal = partialmethod(step, "signal")  # name, key=, timeout_ms=
    invoke = partialmethod(step, "invoke")  # name, fn=, app=, input=, timeout_ms=
    send = partialmethod(step, "send")  # name, events=

    def reach(self, op, name):
        """The next step of this name, and what is known of it."""
        if self.closed & {"", self.scope}:
            self.suspend()
        check_name(name)
        n = self.counts.get((self.scope, name), 0)
        self.counts[self.scope, name] = n + 1
        step = {"op": op, "id": step_id(self.scope, name, n), "name": name, "n": n}
        entry = self.memo.get(step["id"], {"op": op, "st": "new"})
        if entry["op"] != op:
            text = f"The step {name!r} is {op} in the code and {entry['op']} in the memo."
            self.suspend(status="error", error=failure_of(Failure(text, code="nondeterminism")))
        return {**step, "scope": self.scope} if self.scope else step, entry

    def call(self, step, body, members):
        attempt = {"key": f"{self.id}/{step['id']}", "number": self.attempts.get(step["id"], 1)}
        value, error = tried(lambda: read_json(write_json(body(attempt))))
        if error:
            return {**step, **members, "st": "err", "error": failure_of(error)}
        return {**step, "st": "ok", "v": value}

    def suspend(self, **answer):
        """Ends a branch; with an answer, the turn."""
        self.answer.update(answer)
        self.closed |= {self.scope, "" if answer else self.scope}
        raise Suspended("A step that has no result yet was reached.")

    def parallel(self, *branches):
        """What each branch returns, once all have ended; or raises the first one's failure."""
        join, outer = self.reach("join", "parallel")[0], self.scope
        closed, ended = len(self.closed), []
        for index, branch in enumerate(branches):
            self.scope = step_id(join["id"], str(index), 0)
            ended.append(tried(branch))  # where one is suspended, the next one begins
        self.scope = outer
        if len(self.closed) > closed:
            self.suspend()
        for _, error in ended:
            if error:
                raise error
        return [value for value, _ in ended]

    def turn(self, handler, **more):
        """The answer's JSON. What was reached counts, not how a suspended handler ended."""
        output, error = tried(handler, self)
        done = {"status": "done", "output": output}
        ended = {"status": "error", "error": failure_of(error)} if error else done
        if self.answer or "" in self.closed:
            ended = {"status": "continue", "ops": [] if self.answer else self.ops, **self.answer}
        more.update(fence=self.fence, app_ms=round((time.monotonic() - self.start) * 1000))
        answer, error = tried(write_json, {**ended, **more}, ANSWER_BYTES_MAX)
        # No 500: the engine would call again, 50 times, for the same.
        return answer or write_json({"status": "error", "error": failure_of(error), **more})


class App:
    """A WSGI application: the functions of an app, and its answers to the engine."""

    def __init__(self, app, secrets, **manifest):
        self.keys, self.handlers = [secret_bytes(secret) for secret in secrets.split()], {}
        self.known = {"protocol": {"min": 1, "max": 1}, "app": app, "sdk": "durable-python/0.1.0",
                      "capabilities": ["parallel"], "max_duration_ms": 30000, "functions": [],
                      **manifest}

    def function(self, fn, triggers, **members):
        """Registers a handler; `members` (`retry`, `concurrency`, ...) as in the manifest."""
        self.known["functions"].append({"id": fn, "triggers": triggers, **members})
        return lambda handler: self.handlers.setdefault(f"{self.known['app']}/{fn}", handler)

    def __call__(self, environ, start_response):
        # All of it, also where it is too large: who is cut off while sending hears no answer.
        size = min(max(0, int(environ.get("CONTENT_LENGTH") or 0)), 4 * REQUEST_BYTES_MAX)
        status, headers, answer = self.answer(environ.get, environ["wsgi.input"].read(size))
        headers = {"content-type": "application/json", "durable-protocol": "1", **headers}
        start_response(f"{status} {'OK' if status == 200 else 'Refused'}", [*headers.items()])
        return [answer]

    def answer(self, get, body):
        """Status, headers and body of what is answered; `get` tells of the request."""
        if get("REQUEST_METHOD") != "POST":
            return 405, {"allow": "POST"}, b"{}"
        media = get("CONTENT_TYPE", "").split(";")[0].strip().lower()
        proof = [get("HTTP_WEBHOOK_" + part, "") for part in ("ID", "TIMESTAMP", "SIGNATURE")]
        key = verify(self.keys, *proof, body, time.time())
        run, flaw = tried(run_of, body) if key else (None, None)
        for status, code, holds in (
            (415, "unsupported-media-type", media == "application/json"),
            (415, "unsupported-media-type", get("HTTP_CONTENT_ENCODING") in (None, "identity")),
            (415, "unsupported-protocol", get("HTTP_DURABLE_PROTOCOL", "1") == "1"),
            (413, "payload-too-large", len(body) <= REQUEST_BYTES_MAX),
            (401, "unauthenticated", key),
            (400, "malformed-request", not flaw),
            (404, "not-found", not run or run.function in self.handlers),
        ):
            if not holds:
                problem = {"type": f"urn:durable:problem:{code}", "title": code, "status": status,
                           "detail": f"See {code} in the protocol's README.", "code": code,
                           "supported": self.known["protocol"]}
                return status, {"content-type": "application/problem+json"}, write_json(problem)
        answer, now = self.act(run), int(time.time())
        return 200, {"webhook-id": proof[0], "webhook-timestamp": str(now),
                     "webhook-signature": sign(reply_key(key), proof[0], now, answer)}, answer

    def act(self, run):
        """The JSON of the answer to a run's request, or to an `inspect`."""
        found = {**self.known, "manifest": "sha256:" + sha256(write_json(self.known)).hexdigest()}
        own = {name: found[name] for name in ("manifest", "deployment") if name in found}
        if not run:
            return write_json(found)
        if run.deployment not in (None, own.get("deployment")):
            return write_json({"status": "abandoned", "fence": run.fence, **own})
        return run.turn(self.handlers[run.function], **own)


def run_of(body):
    """None where it is no run that a message is about."""
    message = read_json(body)
    return {"inspect": lambda _: None, "invoke": Run}[message["type"]](message)
