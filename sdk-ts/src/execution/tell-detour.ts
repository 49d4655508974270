import { type Detour as DetourOnWire, FAILURE_MESSAGE_BYTES_MAX } from "@durable/protocol/wire";
import { codeFrame } from "./code-frame.ts";
import { cut } from "./cut.ts";
import type { Trail } from "./trails.ts";
import type { Detour, LeftStep } from "./turn/path-watch.ts";

/**
 * What the engine is told of a replay that left the recorded path. Whoever writes the code is told on the console, of each
 * recorded step once.
 */
export function tellDetour(run: string, detour: Detour, trail: Trail): DetourOnWire {
  const { left, began, stack, isCertain } = detour;
  const frame = codeFrame(stack, { isDev: true });
  const news = left.filter(({ id }) => trail.isNews(id));
  if (news.length > 0) console.warn(sentence(run, news, detour, frame));
  for (const { id } of news) trail.told(id);
  return {
    left: left.map(({ id }) => id),
    began: began.id,
    ...(frame !== null && { frame: cut(frame, FAILURE_MESSAGE_BYTES_MAX) }),
    certain: isCertain,
  };
}

const SHOWN_MAX = 3;

function sentence(
  run: string,
  left: readonly LeftStep[],
  { began, isCertain }: Detour,
  frame: string | null,
): string {
  const [place, ...lines] = frame?.split("\n") ?? [];
  const more = left.length > SHOWN_MAX ? ` and ${left.length - SHOWN_MAX} more` : "";
  const what = `${left.slice(0, SHOWN_MAX).map(nameOf).join(", ")}${more}`;
  const instead = `step "${began.name}" (${began.n}) was begun${place === undefined ? "" : ` at ${place}`}`;
  const cause = isCertain
    ? "Code between steps has changed, or it depends on something that changes: a clock, chance, what it reads outside of steps."
    : "That is so when code between steps has changed, or depends on something that changes: a clock, chance, what it reads outside of steps. Only if it awaits something of its own beside its steps, it may still come to them.";
  return [
    `durable: run ${run} ${isCertain ? "takes" : "may be taking"} another way than the recorded one: ${what} ${left.length === 1 ? "is" : "are"} recorded and ${left.length === 1 ? "was" : "were"} not asked for, while ${instead}. ${cause} Decide such things inside a step (step.run, step.branch); after a change, keep the names of what is recorded, or start a new run.`,
    ...lines,
  ].join("\n");
}

function nameOf({ id, op, known }: LeftStep): string {
  return known === undefined ? `a step of kind "${op}" (id ${id})` : `step "${known.name}" (${known.n})`;
}
