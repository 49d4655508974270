import { type Detour as DetourOnWire, FAILURE_MESSAGE_BYTES_MAX } from "@durable/protocol/wire";
import { codeFrame } from "./code-frame.ts";
import { cut } from "./cut.ts";
import type { Trail } from "./trails.ts";
import type { Detour } from "./turn/path-watch.ts";

/**
 * What the engine is told of a replay that left the recorded path. Whoever writes the code is told on the console, of each
 * recorded step once.
 */
export function tellDetour(run: string, detour: Detour, trail: Trail): DetourOnWire {
  const { left, began, stack, isCertain } = detour;
  const frame = codeFrame(stack, { isDev: true });
  if (trail.isNews(left.id)) console.warn(sentence(run, detour, frame));
  trail.told(left.id);
  return {
    left: left.id,
    began: began.id,
    ...(frame !== null && { frame: cut(frame, FAILURE_MESSAGE_BYTES_MAX) }),
    certain: isCertain,
  };
}

function sentence(run: string, { left, began, isCertain }: Detour, frame: string | null): string {
  const [place, ...lines] = frame?.split("\n") ?? [];
  const { id, op, known } = left;
  const step =
    known === undefined ? `a step of kind "${op}" (id ${id})` : `step "${known.name}" (${known.n})`;
  const at = place === undefined ? "" : ` at ${place}`;
  return [
    `durable: run ${run} ${isCertain ? "takes" : "may be taking"} another way than the recorded one: ${step} is recorded and was not asked for, while step "${began.name}" (${began.n}) was begun${at}. ${isCertain ? CERTAIN : UNSURE} ${REPAIR}`,
    ...lines,
  ].join("\n");
}

const CERTAIN =
  "The code was changed, or what it does between steps depends on something that changes: a clock, chance, what it reads there.";
const UNSURE = `${CERTAIN} Only if it awaits something of its own beside its steps, it may still come to that step.`;
const REPAIR =
  "Decide such things in a step (step.run, step.branch); after a change, keep the names of what is recorded, or start a new run.";
