import type { RetryPolicy } from "@durable/protocol/wire";
import type { FunctionEntry } from "../registry/function-entry.ts";
import type { OpenApp } from "../registry/open-app.ts";
import type { Memo } from "./memo.ts";

/** All that a decision looks at beside the answer. */
export interface Situation {
  readonly memo: Memo;
  /** The function's policy; a step may bring its own. */
  readonly retry: RetryPolicy;
  /** What the run last said of itself; JSON text. */
  readonly state: string | null;
  readonly runAttempt: number;
  readonly transportAttempt: number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newEventId: () => string;
  /** The journal has grown during the dispatch, by its checkpoints or beside it; missing means no. */
  readonly hasProgressed?: boolean;
  /** The journal holds results that the app has not seen yet; missing means no. */
  readonly hasUnseen?: boolean;
  /** What it may invoke: the functions of its own app, by id. */
  readonly app: string;
  readonly environment: string;
  readonly functions: ReadonlyMap<string, FunctionEntry>;
  /** And those of other apps that the ops name, as far as they allow it; missing means none. */
  readonly others?: ReadonlyMap<string, OpenApp>;
  /** How many parents the run has above it. */
  readonly depth: number;
}
