"""The fixture function of ../../conformance/PROGRAM.md, on the port of PORT."""
import os
import time
import urllib.request

import durable
from serve import serve

app = durable.App("conformance", os.environ.get("DURABLE_SECRET", ""))


class Return(Exception):
    """The statement `return`, out of however many loops and branches."""


class Program:
    """Interprets the program of one run, in the order of its statements."""

    def __init__(self, run):
        self.run, self.count_at = run, run.event["data"].get("count_at")

    def all(self, statements, results, i=None):
        for statement in statements:
            known = {"$results": results, "$last": results[-1] if results else None, "$i": i}
            do = getattr(self, "do_" + statement["do"], None)
            if do is None:
                raise durable.Failure(f"There is no statement {statement['do']!r}.",
                                      "UnknownStatementError", retry=False)
            do(statement, results, known)
        return results

    def do_run(self, statement, results, known):
        try:
            result = self.step(statement, known)
        except durable.Failure as failure:
            if not statement.get("catch"):
                raise
            result = {"caught": failure.name, "message": str(failure)}
        results.append(result)

    def step(self, statement, known):
        name = statement["name"]

        def body(attempt):
            urllib.request.urlopen(self.count_at, data=name.encode()).read()
            time.sleep(statement.get("delay_ms", 0) / 1000)
            throws = statement.get("throws")
            if throws and attempt["number"] <= statement.get("fails", attempt["number"]):
                raise durable.Failure(**throws)
            known.update({"$attempt": attempt["number"], "$key": attempt["key"]})
            return filled(statement.get("returns"), known)

        if not statement.get("swallow"):
            return self.run.run(name, body)
        try:
            return self.run.run(name, body)
        except BaseException:
            return None

    def do_sleep(self, statement, results, known):
        results.append(self.run.sleep(statement["name"], ms=statement["ms"]))

    def do_wait(self, statement, results, known):
        members = filled(rest(statement, "event", "match", "timeout_ms"), known)
        results.append(self.run.wait(statement["name"], **members))

    def do_signal(self, statement, results, known):
        members = filled(rest(statement, "key", "timeout_ms"), known)
        results.append(self.run.signal(statement["name"], **members))

    def do_invoke(self, statement, results, known):
        members = {"input": filled(statement.get("data"), known), **rest(statement, "fn", "app")}
        try:
            result = self.run.invoke(statement["name"], **members)
        except durable.Failure as failure:
            if not statement.get("catch"):
                raise
            result = {"caught": failure.name, "message": str(failure)}
        results.append(result)

    def do_send(self, statement, results, known):
        self.run.send(statement["name"], events=filled(statement["events"], known))
        results.append(None)

    def do_loop(self, statement, results, known):
        for i in range(statement["times"]):
            self.all(statement["body"], results, i)

    def do_parallel(self, statement, results, known):
        branches = [lambda branch=branch: self.all(branch, [], known["$i"])
                    for branch in statement["branches"]]
        results.append(self.run.parallel(*branches))

    def do_throw(self, statement, results, known):
        raise durable.Failure(**rest(statement, "message", "name", "retry"))

    def do_return(self, statement, results, known):
        raise Return(filled(statement["value"], known))


def filled(value, known):
    """The value with what "$results", "$last" and the like stand for."""
    if isinstance(value, dict):
        return {name: filled(part, known) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, known) for part in value]
    return known.get(value, value) if isinstance(value, str) else value


def rest(statement, *names):
    return {name: statement[name] for name in names if name in statement}


@app.function("conformance", [{"event": "conformance.run"}])
def conformance(run):
    try:
        return Program(run).all(run.event["data"]["program"], [])
    except Return as over:
        return over.args[0]


if __name__ == "__main__":
    serve(app, int(os.environ.get("PORT", "0")))
