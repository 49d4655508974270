import {
  type Answer,
  EVENT_BYTES_MAX,
  type Op,
  RawJson,
  STATE_BYTES_MAX,
  VALUE_BYTES_MAX,
} from "@durable/protocol/wire";
import type { AnswerFlaw } from "./answer-flaw.ts";

/** One value is stored in one row and sent in every later request of its run; the limits keep both possible. */
export function valueFlaw(answer: Answer): [AnswerFlaw, string] | null {
  if (answer.status === "done" && exceeds(answer.output, VALUE_BYTES_MAX))
    return tooLarge("The function's output");
  if (answer.status === "restart" && exceeds(answer.input, VALUE_BYTES_MAX)) return tooLarge("The new input");
  return opValuesFlaw(("ops" in answer && answer.ops) || []);
}

export function opValuesFlaw(ops: readonly Op[]): [AnswerFlaw, string] | null {
  for (const op of ops) {
    const value = "v" in op ? op.v : "input" in op ? op.input : undefined;
    if (op.op === "state" && exceeds(value, STATE_BYTES_MAX)) {
      return [
        "value-too-large",
        `The state of the run is larger than ${STATE_BYTES_MAX / 1024} KiB. It is for people to look at: publish less.`,
      ];
    }
    if (exceeds(value, VALUE_BYTES_MAX)) return tooLarge(`The value of step "${op.name}" (${op.n})`);
    const flaw = op.op === "send" ? eventFlaw(op) : null;
    if (flaw !== null) return flaw;
  }
  return null;
}

function eventFlaw(op: Extract<Op, { op: "send" }>): [AnswerFlaw, string] | null {
  const large = op.events.findIndex((event) => exceeds(event.data, EVENT_BYTES_MAX));
  return large === -1
    ? null
    : tooLarge(`The data of event ${large + 1} that step "${op.name}" sends`, EVENT_BYTES_MAX);
}

export function exceeds(value: unknown, limitBytes: number): boolean {
  if (!(value instanceof RawJson)) return false;
  // No UTF-16 unit takes more than three bytes: the common, small value is never measured.
  return value.text.length * 3 > limitBytes && Buffer.byteLength(value.text) > limitBytes;
}

function tooLarge(what: string, limitBytes = VALUE_BYTES_MAX): [AnswerFlaw, string] {
  const limit = `${limitBytes / 1024 / 1024} MiB`;
  return [
    "value-too-large",
    `${what} is larger than ${limit}. Store it elsewhere and return a reference to it.`,
  ];
}
