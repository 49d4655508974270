import { JSON_DEPTH_MAX, type Op, writeJson } from "@durable/protocol/wire";
import { checkJson } from "../value.ts";

/** What one op may take, so that an answer with it alone is none too large. */
const OP_BYTES_MAX = 5 * 1024 * 1024;
/** An answer wraps its ops in an object and a list. */
const OP_DEPTH_MAX = JSON_DEPTH_MAX - 2;
const INSTEAD = "Make several steps of it, or store it elsewhere and pass a reference.";

/**
 * The engine refuses an answer whole. Then the results of the steps beside this one are lost, and their bodies run again
 * at every attempt: so it is refused here, where the step stands.
 * @throws NonRetriableError with what no engine would take.
 */
export function checkOp(op: Op): void {
  checkJson(`Step "${op.name}" asks for`, writeJson(op), OP_BYTES_MAX, OP_DEPTH_MAX, INSTEAD);
}
