import type { Payload } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

/** Ask a person. Its value is `{value, by, at}`, or null after the timeout. */
export interface InputOp extends OpIdentity {
  op: "input";
  /** `approval`: the value is `{approved, comment?}`. `input`: it fits `schema`. */
  kind: "approval" | "input";
  title?: string | undefined;
  prompt?: string | undefined;
  /** Who shall answer; the engine shows it and sends nothing. */
  assignee?: string | undefined;
  /** JSON Schema of the answer; anything unless told. */
  schema?: Payload;
  /** When the event `durable.input.reminder` is sent. */
  remind_after_ms?: number | undefined;
  /** When the event `durable.input.escalated` is sent, and `escalate_to` becomes the assignee. */
  escalate_after_ms?: number | undefined;
  escalate_to?: string | undefined;
  timeout_ms?: number | undefined;
}
