import type { Case } from "../../case.ts";
import { done, err, goesOn, ok, op, pending, ran, settled } from "../words.ts";

const paid = {
  id: "evt_9",
  name: "paid",
  data: { amount: 42, order: { id: 7 } },
  time: "2026-10-21T09:00:01.000Z",
};

export const deferred: readonly Case[] = [
  {
    id: "L0-sleep",
    level: 0,
    isTranscript: true,
    says: "A sleep is reported with its whole milliseconds, holds nothing, and goes on when the memo says that it is over.",
    program: [
      { do: "sleep", name: "nap", ms: 40 },
      { do: "run", name: "after", returns: 1 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(op("sleep", "nap", { ms: 40 })), ran: {} },
      { memo: [settled("sleep", "nap")], answers: goesOn(ran("after", 1)), ran: { after: 1 } },
      { memo: [settled("sleep", "nap"), ok("after", 1)], answers: done([null, 1]) },
    ],
  },
  {
    id: "L0-pending",
    level: 0,
    says: "What is pending blocks: it is neither run nor reported again.",
    program: [
      { do: "sleep", name: "nap", ms: 1_000 },
      { do: "run", name: "after", returns: 1 },
    ],
    exchanges: [{ memo: [pending("sleep", "nap")], answers: goesOn(), ran: {} }],
  },
  {
    id: "L0-pending-run",
    level: 0,
    says: "A step that is pending runs elsewhere: its body does not run here.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "run", name: "b", returns: 2 },
    ],
    exchanges: [{ memo: [pending("run", "a")], answers: goesOn(), ran: {} }],
  },
  {
    id: "L0-wait",
    level: 0,
    isTranscript: true,
    says: "A wait is reported with its event, what has to match and its timeout; its value is the event.",
    program: [
      { do: "wait", name: "payment", event: "paid", match: { "order.id": 7 }, timeout_ms: 60_000 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      {
        answers: goesOn(
          op("wait", "payment", { event: "paid", match: { "order.id": 7 }, timeout_ms: 60_000 }),
        ),
      },
      { memo: [settled("wait", "payment", paid)], answers: done([paid]) },
    ],
  },
  {
    id: "L0-wait-timeout",
    level: 0,
    isTranscript: true,
    says: "After the timeout the value of a wait is null.",
    program: [
      { do: "wait", name: "payment", event: "paid", timeout_ms: 50 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(op("wait", "payment", { event: "paid", timeout_ms: 50 })) },
      { memo: [{ ...settled("wait", "payment"), v: null } as ReturnType<typeof ok>], answers: done([null]) },
    ],
  },
  {
    id: "L0-wait-driven",
    level: 0,
    says: "A run waits for one event, misses another, and goes on.",
    program: [
      { do: "wait", name: "comes", event: "paid", timeout_ms: 60_000 },
      { do: "run", name: "between", returns: 1 },
      { do: "wait", name: "never", event: "refunded", timeout_ms: 10 },
    ],
    world: { comes: { comes: { v: paid } } },
    ends: { status: "completed", output: [paid, 1, null] },
    ran: { between: 1 },
  },
  {
    id: "L0-signal",
    level: 0,
    isTranscript: true,
    says: "A wait for a signal is reported with its key; its value is the payload.",
    program: [
      { do: "signal", name: "go", key: "order-7", timeout_ms: 60_000 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(op("signal", "go", { key: "order-7", timeout_ms: 60_000 })) },
      { memo: [settled("signal", "go", { by: "ann" })], answers: done([{ by: "ann" }]) },
    ],
  },
  {
    id: "L0-invoke",
    level: 0,
    isTranscript: true,
    says: "A child is reported with its function and its input; its value is what it returned.",
    program: [
      { do: "invoke", name: "child", fn: "other", data: { x: [1] } },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(op("invoke", "child", { fn: "other", input: { x: [1] } })) },
      { memo: [settled("invoke", "child", { sum: 3 })], answers: done([{ sum: 3 }]) },
    ],
  },
  {
    id: "L0-invoke-app",
    level: 0,
    says: "A child that is a function of another app is reported with that app.",
    program: [
      { do: "invoke", name: "child", fn: "other", app: "elsewhere", data: 1 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(op("invoke", "child", { fn: "other", app: "elsewhere", input: 1 })) },
      { memo: [settled("invoke", "child", 2)], answers: done([2]) },
    ],
  },
  {
    id: "L0-invoke-error",
    level: 0,
    isTranscript: true,
    says: "What a child failed with is thrown where it was invoked, and may be caught.",
    program: [
      { do: "invoke", name: "child", fn: "other", data: null, catch: true },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(op("invoke", "child", { fn: "other" })) },
      {
        memo: [err("child", { name: "CardError", message: "declined" }, "invoke")],
        answers: done([{ caught: "CardError", message: "declined" }]),
      },
    ],
  },
  {
    id: "L0-send",
    level: 0,
    isTranscript: true,
    says: "Events that a run sends are reported with its answer, so that both are stored or neither.",
    program: [
      {
        do: "send",
        name: "tell",
        events: [{ name: "order.charged", data: { order: 42 } }, { name: "order.seen" }],
      },
      { do: "run", name: "after", returns: 1 },
      { do: "return", value: "$last" },
    ],
    exchanges: [
      {
        answers: goesOn(
          op("send", "tell", {
            events: [{ name: "order.charged", data: { order: 42 } }, { name: "order.seen" }],
          }),
        ),
        ran: {},
      },
      {
        memo: [settled("send", "tell", ["evt_1", "evt_2"])],
        answers: goesOn(ran("after", 1)),
        ran: { after: 1 },
      },
      {
        memo: [settled("send", "tell", ["evt_1", "evt_2"]), ok("after", 1)],
        answers: done(1),
        ran: { after: 1 },
      },
    ],
  },
  {
    id: "L0-every-kind",
    level: 0,
    says: "A run of every kind of step comes to its end.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "sleep", name: "nap", ms: 5 },
      { do: "wait", name: "payment", event: "paid", timeout_ms: 1_000 },
      { do: "invoke", name: "child", fn: "other", data: 1 },
      { do: "send", name: "tell", events: [{ name: "order.charged", data: null }] },
      { do: "loop", times: 2, body: [{ do: "run", name: "l", returns: "$i" }] },
      { do: "run", name: "last", throws: { message: "once" }, fails: 1, returns: "$attempt" },
    ],
    world: { comes: { payment: { v: paid } }, children: { child: { v: "grown" } } },
    ends: { status: "completed", output: [1, null, paid, "grown", null, 0, 1, 2] },
    ran: { a: 1, l: 2, last: 2 },
    steps: { a: 1, l: 2, last: 1 },
  },
  {
    id: "L0-memo-order",
    level: 0,
    says: "The memo is in the order of completion, which need not be that of the code: entries are found by their ids.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "run", name: "b", returns: 2 },
      { do: "sleep", name: "nap", ms: 5 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { memo: [settled("sleep", "nap"), ok("b", 2), ok("a", 1)], answers: done([1, 2, null]), ran: {} },
    ],
  },
  {
    id: "L0-memo-too-much",
    level: 0,
    says: "Entries that no code asks for do no harm.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { memo: [ok("gone", "away"), ok("a", 1), settled("sleep", "gone too")], answers: done([1]), ran: {} },
    ],
  },
];
