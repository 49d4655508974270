import {
  type Answer,
  EVENT_BYTES_MAX,
  type Failure,
  type Op,
  RawJson,
  STATE_BYTES_MAX,
  VALUE_BYTES_MAX,
} from "@durable/protocol/wire";

const MIB = 1024 * 1024;

/**
 * The answer of an SDK that checks its values. One value is stored in one row and sent in every later request of its run; the
 * limits keep both possible. What is over them leaves the answer: a step's result is the failure of that step, anything else
 * one of the function, and all the rest counts.
 */
export function withinLimits(answer: Answer): Answer {
  const own = ownFlaw(answer);
  const ops: Op[] = [];
  let flaw = own;
  for (const op of ("ops" in answer && answer.ops) || []) {
    const large = opValueFlaw(op);
    if (large === null) ops.push(op);
    else if (op.op === "run") ops.push(failed(op, large));
    else flaw ??= large;
  }
  if (flaw === null) {
    if ("ops" in answer && answer.ops !== undefined) answer.ops = ops;
    return answer;
  }
  const { fence, app_ms, manifest, deployment, checkpoint } = answer;
  return {
    status: "error",
    fence,
    ...(app_ms !== undefined && { app_ms }),
    ...(manifest !== undefined && { manifest }),
    ...(deployment !== undefined && { deployment }),
    ...(checkpoint !== undefined && { checkpoint }),
    ops,
    error: failureOf(flaw),
  };
}

function ownFlaw(answer: Answer): string | null {
  if (answer.status === "done") return flawOf("The function's output", answer.output);
  return answer.status === "restart" ? flawOf("The new input", answer.input) : null;
}

function failed({ op, id, scope, name, n, ms, logs }: Extract<Op, { op: "run" }>, flaw: string): Op {
  return {
    op,
    id,
    ...(scope !== undefined && { scope }),
    name,
    n,
    ...(ms !== undefined && { ms }),
    ...(logs !== undefined && { logs }),
    st: "err",
    error: failureOf(flaw),
  };
}

function failureOf(message: string): Failure {
  return { name: "ValueTooLargeError", message, code: "value-too-large", retry: false };
}

/** What is too large of an op, as a sentence. */
export function opValueFlaw(op: Op): string | null {
  const value = "v" in op ? op.v : "input" in op ? op.input : undefined;
  if (op.op === "state") {
    return flawOf(
      "The state of the run",
      value,
      STATE_BYTES_MAX,
      "It is for people to look at: publish less.",
    );
  }
  const step = `step "${op.name}" (${op.n})`;
  if (op.op === "invoke") return flawOf(`What ${step} gives "${op.fn}"`, value, EVENT_BYTES_MAX);
  if (op.op !== "send") return flawOf(`The value of ${step}`, value);
  for (const [at, { data }] of op.events.entries()) {
    const flaw = flawOf(`The data of event ${at + 1} that ${step} sends`, data, EVENT_BYTES_MAX);
    if (flaw !== null) return flaw;
  }
  return null;
}

function flawOf(
  what: string,
  value: unknown,
  limitBytes = VALUE_BYTES_MAX,
  instead = "Store it elsewhere and pass a reference.",
): string | null {
  if (!(value instanceof RawJson) || !exceeds(value, limitBytes)) return null;
  const limit = limitBytes < MIB ? `${limitBytes / 1024} KiB` : `${limitBytes / MIB} MiB`;
  return `${what} is larger than ${limit} (${Buffer.byteLength(value.text)} bytes). ${instead}`;
}

export function exceeds(value: unknown, limitBytes: number): boolean {
  if (!(value instanceof RawJson)) return false;
  // No UTF-16 unit takes more than three bytes: the common, small value is never measured.
  return value.text.length * 3 > limitBytes && Buffer.byteLength(value.text) > limitBytes;
}
