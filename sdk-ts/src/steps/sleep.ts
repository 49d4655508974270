import { formatInstant } from "@durable/protocol/wire";
import { type Duration, durationMs } from "../duration.ts";
import type { Turn } from "../execution/turn.ts";
import { refuseNesting } from "./step.ts";

/** `step.sleep(name, duration)`: goes on after it. Nothing is held meanwhile; the app may be stopped. Up to 366 days. */
export type Sleep = (name: string, duration: Duration) => Promise<void>;
/** `step.sleepUntil(name, instant)`: the same until a Date or an RFC 3339 instant; at once if it is past. */
export type SleepUntil = (name: string, until: Date | string) => Promise<void>;

export function makeSleep(turn: Turn): Sleep {
  return (name, duration) => {
    refuseNesting(name);
    return turn.ask({ op: "sleep", name }, (id, n) =>
      turn.report({ op: "sleep", id, name, n, ms: durationMs(duration) }),
    );
  };
}

export function makeSleepUntil(turn: Turn): SleepUntil {
  return (name, until) => {
    refuseNesting(name);
    return turn.ask({ op: "sleep", name }, (id, n) =>
      turn.report({ op: "sleep", id, name, n, until: formatInstant(new Date(until).getTime()) }),
    );
  };
}
