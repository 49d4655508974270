import type { Case } from "../../case.ts";
import { done, err, failed, goesOn, idOf, ok, pending, ran } from "../words.ts";

const declined = { name: "CardError", message: "declined" };

export const errors: readonly Case[] = [
  {
    id: "L0-step-error",
    level: 0,
    says: "What a body throws is the `err` of its op, with name and message; that it may be tried again is not denied.",
    program: [{ do: "run", name: "a", throws: { name: "CardError", message: "declined" } }],
    exchanges: [{ answers: goesOn(failed("a", { ...declined, retry: { $notFalse: true } })), ran: { a: 1 } }],
  },
  {
    id: "L0-step-error-final",
    level: 0,
    says: '"Do not retry" is `retry: false`.',
    program: [{ do: "run", name: "a", throws: { name: "CardError", message: "declined", retry: false } }],
    exchanges: [{ answers: goesOn(failed("a", { ...declined, retry: false })), ran: { a: 1 } }],
  },
  {
    id: "L0-step-retry-after",
    level: 0,
    says: '"Retry in ..." is `retry_after_ms`.',
    program: [{ do: "run", name: "a", throws: { message: "busy", retry_after_ms: 1_500 } }],
    exchanges: [{ answers: goesOn(failed("a", { message: "busy", retry_after_ms: 1_500 })), ran: { a: 1 } }],
  },
  {
    id: "L0-step-retry",
    level: 0,
    says: "A step that failed is not in the memo, and is tried again with the next number.",
    program: [
      { do: "run", name: "a", throws: { message: "not yet" }, fails: 2, returns: "$attempt" },
      { do: "run", name: "b", returns: "$attempt" },
    ],
    ends: { status: "completed", output: [3, 1] },
    ran: { a: 3, b: 1 },
    steps: { a: 1, b: 1 },
  },
  {
    id: "L0-step-retry-told",
    level: 0,
    isTranscript: true,
    says: "A step that is tried again stands in `attempts` with its next number, and not in the memo; the others do not run again.",
    program: [
      { do: "run", name: "a", returns: "$attempt" },
      {
        do: "run",
        name: "b",
        throws: { name: "BusyError", message: "busy", retry_after_ms: 20 },
        fails: 1,
        returns: "$attempt",
      },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(ran("a", 1)), ran: { a: 1 } },
      {
        memo: [ok("a", 1)],
        answers: goesOn(failed("b", { name: "BusyError", message: "busy", retry_after_ms: 20 })),
        ran: { a: 1, b: 1 },
      },
      { memo: [ok("a", 1)], attempts: { [idOf("b")]: 2 }, answers: goesOn(ran("b", 2)), ran: { a: 1, b: 2 } },
      { memo: [ok("a", 1), ok("b", 2)], answers: done([1, 2]), ran: { a: 1, b: 2 } },
    ],
  },
  {
    id: "L0-step-error-thrown",
    level: 0,
    isTranscript: true,
    says: "An `err` in the memo is thrown where its step stands, with its name and message, and user code may catch it; the body does not run.",
    program: [
      { do: "run", name: "a", throws: { name: "CardError", message: "declined", retry: false }, catch: true },
      { do: "run", name: "b", returns: 2 },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(failed("a", { ...declined, retry: false })), ran: { a: 1 } },
      { memo: [err("a", declined)], answers: goesOn(ran("b", 2)), ran: { a: 1, b: 1 } },
      {
        memo: [err("a", declined), ok("b", 2)],
        answers: done([{ caught: "CardError", message: "declined" }, 2]),
        ran: { a: 1, b: 1 },
      },
    ],
  },
  {
    id: "L0-step-error-caught",
    level: 0,
    says: "A step that failed for good and was caught does not fail its run.",
    program: [
      { do: "run", name: "a", throws: { name: "CardError", message: "declined", retry: false }, catch: true },
      { do: "run", name: "b", returns: 2 },
    ],
    ends: { status: "completed", output: [{ caught: "CardError", message: "declined" }, 2] },
    ran: { a: 1, b: 1 },
  },
  {
    id: "L0-step-error-uncaught",
    level: 0,
    says: "A step that failed for good and was not caught is the error of its function, which is not retried: the same memo would bring the same error.",
    program: [
      { do: "run", name: "a", throws: { name: "CardError", message: "declined", retry: false } },
      { do: "run", name: "b", returns: 2 },
    ],
    exchanges: [
      {
        memo: [err("a", declined)],
        answers: { status: "error", error: { ...declined, retry: false } },
        ran: {},
      },
    ],
  },
  {
    id: "L0-step-error-ends-run",
    level: 0,
    says: "Such a run fails with the error of the step.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "run", name: "b", throws: { name: "CardError", message: "declined", retry: false } },
      { do: "run", name: "c", returns: 3 },
    ],
    ends: { status: "failed", error: declined },
    ran: { a: 1, b: 1 },
  },
  {
    id: "L0-handler-error",
    level: 0,
    says: "What the handler throws outside of any step is `error`, and may be tried again.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "throw", name: "TypeError", message: "order is undefined" },
    ],
    exchanges: [
      {
        memo: [ok("a", 1)],
        answers: {
          status: "error",
          error: { name: "TypeError", message: "order is undefined", retry: { $notFalse: true } },
        },
        ran: {},
      },
    ],
  },
  {
    id: "L0-handler-error-final",
    level: 0,
    says: "And not, when it says so.",
    program: [{ do: "throw", message: "never again", retry: false }],
    exchanges: [{ answers: { status: "error", error: { message: "never again", retry: false } } }],
  },
  {
    id: "L0-handler-retry",
    level: 0,
    says: "A function that is tried again gets the same memo, and its steps do not run again.",
    program: [
      { do: "run", name: "a", returns: 1 },
      { do: "throw", name: "Late", message: "always" },
    ],
    ends: { status: "failed", error: { name: "Late", message: "always" } },
    ran: { a: 1 },
  },
  {
    id: "L0-error-message-cut",
    level: 0,
    says: "A message is cut to 4 KiB, whole characters only, and never refused.",
    program: [{ do: "run", name: "a", throws: { message: "é€😀".repeat(2_000), retry: false } }],
    exchanges: [{ answers: goesOn(failed("a", { message: { $text: "^(é€😀){200}" }, retry: false })) }],
  },
  {
    id: "L0-swallow",
    level: 0,
    says: "Whatever a suspended handler does is ignored: a catch around a step that catches everything does no harm, and the step after it does not run before its time.",
    program: [
      { do: "run", name: "a", returns: 1, swallow: true },
      { do: "run", name: "b", returns: 2, swallow: true },
      { do: "return", value: "$results" },
    ],
    exchanges: [
      { answers: goesOn(ran("a", 1)), ran: { a: 1 } },
      { memo: [ok("a", 1)], answers: goesOn(ran("b", 2)), ran: { a: 1, b: 1 } },
      { memo: [ok("a", 1), ok("b", 2)], answers: done([1, 2]), ran: { a: 1, b: 1 } },
    ],
  },
  {
    id: "L0-swallow-failing",
    level: 0,
    says: "The same around a step that fails.",
    program: [
      { do: "run", name: "a", throws: { message: "no", retry: false }, swallow: true },
      { do: "run", name: "b", returns: 2 },
      { do: "return", value: "$last" },
    ],
    ends: { status: "completed", output: 2 },
    ran: { a: 1, b: 1 },
  },
  {
    id: "L0-swallow-pending",
    level: 0,
    says: "And around a step that is pending: nothing behind it runs.",
    program: [
      { do: "run", name: "a", returns: 1, swallow: true },
      { do: "run", name: "b", returns: 2, swallow: true },
      { do: "run", name: "c", returns: 3 },
    ],
    exchanges: [{ memo: [pending("run", "a")], answers: goesOn(), ran: {} }],
  },
  {
    id: "L0-nondeterminism",
    level: 0,
    says: "An id that the memo has under another op is `error` with the code `nondeterminism`, and nothing runs.",
    program: [{ do: "run", name: "a", returns: 1 }],
    exchanges: [
      {
        memo: [{ id: idOf("a"), op: "sleep", st: "ok" }],
        answers: { status: "error", error: { code: "nondeterminism", message: { $text: "a" } } },
        ran: {},
      },
      {
        memo: [{ id: idOf("a"), op: "wait", st: "pending" }],
        answers: { status: "error", error: { code: "nondeterminism" } },
        ran: {},
      },
    ],
  },
];
