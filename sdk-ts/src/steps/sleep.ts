import type { Duration } from "../duration.ts";
import type { Turn } from "../execution/turn.ts";
import { boundedMs } from "./bounded-duration.ts";

/**
 * `step.sleep(name, duration)`: goes on after it, never earlier. Nothing is held meanwhile; the app may be stopped.
 * Up to 366 days.
 */
export type Sleep = (name: string, duration: Duration) => Promise<void>;

export function makeSleep(turn: Turn): Sleep {
  return (name, duration) =>
    turn.ask({ op: "sleep", name }, (id, n) =>
      turn.report({ op: "sleep", id, name, n, ms: boundedMs(`Step "${name}"`, duration) }),
    );
}
