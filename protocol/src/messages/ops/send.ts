import type { ClientEvent } from "../event.ts";
import type { OpIdentity } from "./identity.ts";

/** Its value is the list of the events' ids. */
export interface SendOp extends OpIdentity {
  op: "send";
  events: ClientEvent[];
}
