import type { RawJson, StateOp } from "@durable/protocol/wire";
import { idOf } from "../step-ids.ts";

export const STATE_NAME = "setState";
// Apart from all steps, whatever they are called.
const STATE_SCOPE = idOf("", "durable:state", 0);
const STATE_ID = idOf(STATE_SCOPE, STATE_NAME, 0);

/** What a run publishes of itself needs no acknowledgement: it rides with the answer, whatever that is. */
export function stateOp(v: RawJson | undefined): StateOp {
  return { op: "state", id: STATE_ID, scope: STATE_SCOPE, name: STATE_NAME, n: 0, v };
}
