import type { Instant, Payload, Ref } from "./values.ts";

/** When runs begin that are not to begin at once: one of the two. */
export interface Start {
  /** After the event was accepted. */
  delay_ms?: number | undefined;
  /** At once when it is over. */
  at?: Instant | undefined;
}

/** What a client may send. */
export interface ClientEvent extends Start {
  name: string;
  data?: Payload;
  /** Unique in the workspace: a second event with this id is not accepted again. */
  id?: string | undefined;
  time?: Instant | undefined;
  /** The runs it starts are found by these. */
  tags?: string[] | undefined;
}

/** CloudEvents 1.0, structured JSON form: `type` is the event's name. */
export interface CloudEvent {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  /** RFC 3339 with any offset, as CloudEvents has it. */
  time?: string | undefined;
  subject?: string | undefined;
  datacontenttype?: string | undefined;
  /** W3C Trace Context, of the Distributed Tracing extension. */
  traceparent?: string | undefined;
  data?: Payload;
}

/** An event as a run receives it. */
export interface RunEvent {
  id: string;
  name: string;
  /** Missing where it is large and is fetched by `ref`, with `refs`. */
  data?: Payload;
  ref?: Ref | undefined;
  time: Instant;
}
