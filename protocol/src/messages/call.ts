import type { EngineOffer } from "./engine-offer.ts";
import type { RunEvent } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { MemoEntry } from "./memo.ts";
import type { Instant, Payload } from "./values.ts";

/** Run the handler once, with no run and no history. Only to SDKs with `call`. */
export interface CallRequest {
  type: "call";
  app: string;
  fn: string;
  rev?: string | undefined;
  budget: { ms: number };
  call: { id: string; started_at: Instant };
  /** The data of its event. */
  input: Payload;
}

/** Answer a question about a run by replaying it; nothing new starts. Only to SDKs with `query`. */
export interface QueryRequest {
  type: "query";
  app: string;
  fn: string;
  rev?: string | undefined;
  budget: { ms: number };
  run: { id: string; started_at: Instant };
  event: RunEvent;
  /** All events of a batch. */
  events?: RunEvent[] | undefined;
  memo: MemoEntry[];
  query: { name: string; input: Payload };
  /** As the run's own dispatches have it: code that makes tokens needs to know where it is. */
  engine?: EngineOffer | undefined;
}

interface CallAnswerCommon {
  app_ms?: number | undefined;
  manifest?: string | undefined;
}

/** The answer to call and query: nothing of it is recorded. */
export type CallAnswer =
  | (CallAnswerCommon & { status: "done"; output?: Payload })
  | (CallAnswerCommon & { status: "error"; error: Failure })
  /** The run answers no query of this name. */
  | (CallAnswerCommon & { status: "unknown_query"; known: string[] });
