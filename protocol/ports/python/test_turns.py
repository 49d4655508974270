"""What one request brings about, message by message: python3 test_turns.py"""
import io
import json
import time
import unittest
from wsgiref.util import setup_testing_defaults

import durable

SECRET = "whsec_" + "c2VjcmV0" * 4
CHARGE = durable.step_id("", "charge", 0)
app = durable.App("shop", SECRET)


def plain(run):
    first = run.run("charge", lambda attempt: attempt)
    return [first, run.sleep("rest", ms=5)]


def swallowing(run):
    for name in ("charge", "never"):
        try:
            run.run(name, lambda attempt: 1)
        except BaseException:
            pass
    return "never said"


def beside(run):
    return run.parallel(lambda: run.run("a", lambda _: run.ran.append("first") or 1),
                        lambda: run.run("a", lambda _: run.ran.append("second") or 2),
                        lambda: run.sleep("a", ms=1))


def fence(**task):
    return {"kind": "advance", "fence": "f1", **task}


def message_of(memo=(), ms=1000, **members):
    event = {"id": "e", "name": "n", "time": "2026-10-21T09:00:00Z", "data": 1}
    return {"type": "invoke", "app": "shop", "fn": "plain", "task": fence(), "memo": list(memo),
            "run": {"id": "run_1", "started_at": "2026-10-21T09:00:00Z"}, "memo_next": None,
            "input": {"event": event}, "attempts": {}, "budget": {"ms": ms, "steps": 1},
            **members}


def turn(handler, *memo, **members):
    run = durable.Run(message_of(memo, **members))
    run.ran = []
    return run, json.loads(run.turn(handler))


def entry(step, st="ok", op="run", **members):
    return {"id": step, "op": op, "st": st, **members}


class TurnTest(unittest.TestCase):
    def test_a_turn_ends_with_the_first_new_step_and_tells_its_key_and_attempt(self):
        _, answer = turn(plain, attempts={CHARGE: 3})
        self.assertEqual(answer.pop("app_ms"), 0)
        self.assertEqual(answer, {
            "status": "continue", "fence": "f1", "ops": [
                {"op": "run", "id": CHARGE, "name": "charge", "n": 0, "st": "ok",
                 "v": {"key": f"run_1/{CHARGE}", "number": 3}}]})

    def test_what_is_known_is_not_run_and_a_deferred_step_is_only_told(self):
        _, answer = turn(plain, entry(CHARGE, v=7))
        self.assertEqual([(op["op"], op["ms"]) for op in answer["ops"]], [("sleep", 5)])
        rest = durable.step_id("", "rest", 0)
        _, answer = turn(plain, entry(CHARGE, v=7), entry(rest, "pending", "sleep"))
        self.assertEqual((answer["status"], answer["ops"]), ("continue", []))
        _, answer = turn(plain, entry(CHARGE, v=7), entry(rest, op="sleep"))
        self.assertEqual((answer["status"], answer["output"]), ("done", [7, None]))

    def test_a_recorded_error_is_thrown_and_says_its_step(self):
        error = {"name": "CardError", "message": "declined", "retry_after_ms": None}
        _, answer = turn(plain, entry(CHARGE, "err", error=error))
        self.assertEqual((answer["status"], answer["error"]),
                         ("error", {**error, "step": CHARGE, "retry": False}))

    def test_no_body_begins_after_the_budget_but_that_of_a_task(self):
        _, answer = turn(plain, ms=0)
        self.assertEqual((answer["ops"], answer["more"]), ([], True))
        _, answer = turn(plain, ms=0, task=fence(kind="step", step=CHARGE))
        self.assertEqual(answer["ops"][0]["st"], "ok")

    def test_code_that_catches_everything_changes_nothing(self):
        _, answer = turn(swallowing)
        self.assertEqual([op["name"] for op in answer["ops"]], ["charge"])
        self.assertEqual(answer["status"], "continue")

    def test_except_exception_does_not_see_a_suspended_step(self):
        def careful(run):
            try:
                run.run("charge", lambda _: 1)
            except Exception:
                run.ran.append("caught")
        self.assertEqual(turn(careful)[0].ran, [])

    def test_another_op_in_the_memo_is_nondeterminism_and_nothing_runs_after_it(self):
        for handler in (plain, swallowing):
            _, answer = turn(handler, entry(CHARGE, "pending", "sleep"))
            self.assertEqual(answer["error"]["code"], "nondeterminism")

        def in_a_branch(run):
            run.parallel(lambda: run.sleep("a", ms=1), lambda: run.run("b", run.ran.append))
            run.run("after", run.ran.append)
        first, second = turn(in_a_branch)[1]["ops"]
        for step, task in ((first, fence()), (first, fence(kind="step", step=second["id"])),
                           (second, fence())):
            memo = entry(step["id"], "pending", "wait")
            run, answer = turn(in_a_branch, memo, task=task)
            self.assertEqual(answer["error"]["code"], "nondeterminism")
            self.assertEqual((answer["ops"], run.ran), ([], []))

    def test_branches_plan_and_a_task_runs_its_own_step_alone(self):
        run, answer = turn(beside)
        self.assertEqual([op["op"] for op in answer["ops"]], ["plan", "plan", "sleep"])
        self.assertEqual(len({op["scope"] for op in answer["ops"]}), 3)
        self.assertEqual(run.ran, [])
        second = answer["ops"][1]
        run, answer = turn(beside, task=fence(kind="step", step=second["id"]))
        self.assertEqual(answer["ops"], [{**second, "op": "run", "st": "ok", "v": 2}])
        self.assertEqual(run.ran, ["second"])

    def test_a_step_that_is_not_reached_is_not_found_and_nothing_is_undone(self):
        for kind, step in (("step", "0" * 32), ("compensate", CHARGE)):
            run, answer = turn(lambda run: run.run("charge", run.ran.append),
                               task=fence(kind=kind, step=step))
            self.assertEqual((answer["status"], run.ran), ("step_not_found", []))

    def test_branches_go_on_when_all_have_ended_also_where_one_is_caught(self):
        def swallowed(run):
            try:
                return run.sleep("a", ms=1)
            except BaseException:
                return "made up"

        def joining(run):
            both = run.parallel(lambda: swallowed(run), lambda: run.run("b", lambda _: 1))
            return [both, run.run("after", lambda _: 2)]
        a, b = turn(joining)[1]["ops"]
        for memo in ([], [entry(b["id"], v=1)], [entry(a["id"], op="sleep")]):
            _, answer = turn(joining, *memo)
            self.assertEqual(len(answer["ops"]), 2 - len(memo))
            self.assertNotIn("after", [op["name"] for op in answer["ops"]])
        _, answer = turn(joining, entry(b["id"], v=1), entry(a["id"], op="sleep"))
        self.assertEqual([op["name"] for op in answer["ops"]], ["after"])

    def test_what_a_branch_raises_goes_on_outside_in_the_order_of_the_branches(self):
        def failing(run, name):
            raise durable.Failure("declined", name)

        def both(run):
            return run.parallel(lambda: failing(run, "First"), lambda: failing(run, "Second"))
        self.assertEqual(turn(both)[1]["error"]["name"], "First")

        def not_yet(run):
            return run.parallel(lambda: failing(run, "First"), lambda: run.sleep("a", ms=1))
        self.assertEqual(turn(not_yet)[1]["status"], "continue")

    def test_values_that_json_cannot_hold_and_that_are_too_large_fail_the_step(self):
        for value in (float("nan"), object(), "\ud800", "\0", {1: {"1": float("inf")}}):
            _, answer = turn(lambda run, value=value: run.run("charge", lambda _: value))
            self.assertEqual(answer["ops"][0]["error"]["retry"], False)
            self.assertEqual(turn(lambda run, value=value: value)[1]["error"]["retry"], False)
            _, answer = turn(lambda run, value=value: run.invoke("child", fn="f", input=value))
            self.assertEqual(answer["error"]["retry"], False)
        _, answer = turn(lambda run: run.run("charge", lambda _: "x" * 5_000_000))
        self.assertEqual(answer["ops"][0]["error"]["code"], "value-too-large")

    def test_a_whole_number_of_many_digits_is_a_value(self):
        for digits in (400, 5000):
            durable.read_json(b'{"data":' + b"9" * digits + b"}")

    def test_an_answer_that_is_too_large_is_an_error_that_pauses_the_run(self):
        def sending(run):
            run.parallel(*[lambda: run.invoke("child", fn="f", input="x" * 2_200_000)] * 3)
        _, answer = turn(sending)
        self.assertEqual((answer["status"], answer["error"]["code"], answer["fence"]),
                         ("error", "value-too-large", "f1"))

    def test_a_failure_with_members_that_json_cannot_hold_is_an_error(self):
        def declined(_=None):
            raise durable.Failure("declined", cards={"a set"})
        for handler in (declined, lambda run: run.run("charge", declined)):
            _, answer = turn(handler)
            self.assertEqual((answer["status"], answer["error"]["retry"]), ("error", False))
            self.assertIn("set", answer["error"]["message"])

    def test_a_failure_is_cut_and_cleaned(self):
        def body(_):
            raise durable.Failure("é\0" * 5000, "CardError", retry_after_ms=1e12)
        _, answer = turn(lambda run: run.run("charge", body))
        error = answer["ops"][0]["error"]
        self.assertEqual((len(error["message"]), error["retry_after_ms"]), (2048, 86_400_000))
        with self.assertRaises(ValueError):
            durable.Failure("declined", retry_after_ms="soon")


class DoorTest(unittest.TestCase):
    def ask(self, body, method="POST", signed=None, **headers):
        key, now = durable.secret_bytes(SECRET), str(int(time.time()))
        request = {"REQUEST_METHOD": method, "CONTENT_TYPE": "application/json; charset=utf-8",
                   "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
                   "HTTP_DURABLE_PROTOCOL": "1", "HTTP_WEBHOOK_ID": "m1",
                   "HTTP_WEBHOOK_TIMESTAMP": now,
                   "HTTP_WEBHOOK_SIGNATURE": signed or durable.sign(key, "m1", now, body),
                   **headers}
        setup_testing_defaults(request)
        said = []
        answer = b"".join(app({name: value for name, value in request.items()
                               if value is not None}, lambda *head: said.extend(head)))
        status, headers = int(said[0].split()[0]), dict(said[1])
        if status == 200:
            self.assertTrue(durable.verify(
                [durable.reply_key(key)], headers["webhook-id"], headers["webhook-timestamp"],
                headers["webhook-signature"], answer, int(time.time())))
        return status, json.loads(answer)

    def test_what_is_refused_and_in_which_order(self):
        def code(*arguments, **headers):
            status, problem = self.ask(*arguments, **headers)
            return status, problem.get("code")

        large = b" " * (4 * 1024 * 1024 + 1)
        text = {"CONTENT_TYPE": "text/plain"}
        self.assertEqual(self.ask(b"", "GET", **text), (405, {}))
        self.assertEqual(code(b"{}", CONTENT_TYPE=None), (415, "unsupported-media-type"))
        self.assertEqual(code(large, signed="v1,", **text), (415, "unsupported-media-type"))
        self.assertEqual(code(b"", HTTP_CONTENT_ENCODING="gzip"), (415, "unsupported-media-type"))
        self.assertEqual(code(large, HTTP_DURABLE_PROTOCOL="2"), (415, "unsupported-protocol"))
        self.assertEqual(code(large, signed="v1,"), (413, "payload-too-large"))
        self.assertEqual(code(b"{", signed="v1,\u00e9"), (401, "unauthenticated"))
        for body in (b"{", b"[" * 100_000, b"[]", b"{}", b'{"type":"query"}', b'{"type":[]}',
                     b'{"type":"invoke","app":"other"}',
                     json.dumps(message_of(task=fence(kind="guess"))).encode(),
                     json.dumps(message_of(budget={"ms": "many"})).encode()):
            self.assertEqual(code(body), (400, "malformed-request"), body[:40])
        for members in ({"app": "other"}, {"fn": "other"}, {"fn": ["plain"]}):
            body = json.dumps(message_of(**members)).encode()
            self.assertEqual(code(body), (404, "not-found"))

    def test_a_request_that_names_no_version_is_of_version_1(self):
        status, _ = self.ask(b'{"type":"inspect"}', HTTP_DURABLE_PROTOCOL=None)
        self.assertEqual(status, 200)

    def test_another_deployment_runs_nothing(self):
        for deployment, status in (("dpl_1", "abandoned"), (None, "continue")):
            body = json.dumps(message_of(deployment=deployment)).encode()
            self.assertEqual(self.ask(body)[1]["status"], status)

    def test_what_is_answered_names_the_manifest(self):
        status, manifest = self.ask(b'{"type":"inspect","app":"other"}')
        self.assertEqual((status, manifest["app"]), (200, "shop"))
        status, answer = self.ask(json.dumps(message_of()).encode())
        self.assertEqual((status, answer["manifest"]), (200, manifest["manifest"]))


app.function("plain", [{"event": "order.placed"}])(plain)

if __name__ == "__main__":
    unittest.main()
