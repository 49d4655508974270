import type { MemoEntry } from "./memo.ts";
import type { Op } from "./ops/op.ts";
import type { Fence } from "./values.ts";

/** What happened so far, while the handler goes on. */
export interface CheckpointRequest {
  run: string;
  /** Of the dispatch. */
  fence: Fence;
  /** From 1, one after the other. The same number again, with the same body, gets the same answer. */
  seq: number;
  /** Head of the journal the app knows: what settled after it is in the answer. */
  known: number;
  /** On a stream: nothing goes on in the app until this is answered, so the engine may end the request instead. */
  rests?: boolean | undefined;
  ops?: Op[] | undefined;
}

export interface CheckpointAnswer {
  seq: number;
  /** Head of the journal after `memo`. */
  known: number;
  /** What settled since, in order. A `run` or `group` of this very checkpoint comes without its value. */
  memo: MemoEntry[];
  /** Stop starting steps and answer: the engine wants the lease back. */
  yield?: boolean | undefined;
}
