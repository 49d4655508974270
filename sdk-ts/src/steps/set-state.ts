import { STATE_BYTES_MAX } from "@durable/protocol/wire";
import type { Turn } from "../execution/turn.ts";
import { toJson } from "../execution/value.ts";

/**
 * `step.setState(value)`: publishes where the run is, for people and programs that look at it while it goes on
 * (`GET runs/{id}`, `durable runs show`). The latest counts; up to 64 KiB of JSON. It costs no round trip: the value
 * travels with whatever the run reports next. Call it between steps, not in one.
 */
export type SetState = (value: unknown) => void;

export function makeSetState(turn: Turn): SetState {
  return (value) => turn.publish(toJson("step.setState was given", value, STATE_BYTES_MAX));
}
