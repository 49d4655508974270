import type { MemoEntry, OpName } from "@durable/protocol/wire";
import { isDevMode } from "../../dev-mode.ts";
import { codeFrame } from "../code-frame.ts";
import type { TurnEnd } from "./turn-end.ts";

interface Asked {
  readonly op: OpName;
  readonly name: string;
  readonly n: number;
}

/** How a turn ends whose code asks for something else than what is recorded in that place. Null when they agree. */
export function disagreement({ op, name, n }: Asked, entry: MemoEntry): TurnEnd | null {
  if (entry.op === op) return null;
  // User code called us: the innermost place of its own on the stack is where it asked.
  const frame = codeFrame(new Error().stack, { isDev: isDevMode() });
  const where = frame === null ? "" : `, at ${frame.split("\n", 1)[0]}`;
  const message = `Step "${name}" (${n}) is recorded as "${entry.op}", and the code now asks for "${op}" under that name${where}.`;
  return { kind: "nondeterministic", message, frame };
}
