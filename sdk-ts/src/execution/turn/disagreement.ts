import type { MemoEntry, RecordedOp } from "@durable/protocol/wire";
import { isDevMode } from "../../dev-mode.ts";
import { codeFrame } from "../code-frame.ts";
import type { StepCall } from "./step-call.ts";
import type { TurnEnd } from "./turn-end.ts";

interface Asked {
  readonly op: RecordedOp;
  readonly name: string;
  readonly n: number;
  readonly fits?: StepCall["fits"];
}

/** How a turn ends whose code asks for something else than what is recorded in that place. Null when they agree. */
export function disagreement({ op, name, n, fits }: Asked, entry: MemoEntry): TurnEnd | null {
  const isSameOp = entry.op === op;
  // Of a value that is elsewhere this is asked when it is here.
  if (isSameOp && (fits === undefined || entry.st !== "ok" || entry.ref !== undefined || fits(entry.v)))
    return null;
  // User code called us: the innermost place of its own on the stack is where it asked.
  const frame = codeFrame(new Error().stack, { isDev: isDevMode() });
  const where = frame === null ? "" : `, at ${frame.split("\n", 1)[0]}`;
  const message = isSameOp
    ? `Step "${name}" (${n}) is recorded as another kind of "${op}" than the code now asks for under that name${where}.`
    : `Step "${name}" (${n}) is recorded as "${entry.op}", and the code now asks for "${op}" under that name${where}.`;
  return { kind: "nondeterministic", message, frame };
}
