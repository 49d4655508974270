import {
  type CheckpointAnswer,
  type InvokeRequest,
  type MemoEntry,
  type Op,
  writeJson,
} from "@durable/protocol/wire";
import type { DispatchConnection } from "../http/dispatch-connection.ts";
import { readJson } from "../http/read-json.ts";

export type CheckpointEnd =
  | {
      readonly kind: "taken";
      /** What settled since the last one, in order. */
      readonly memo: readonly MemoEntry[];
      /** The engine wants the lease back. */
      readonly yield: boolean;
    }
  /** The engine works with another dispatch, or the run has ended: nothing more of this one counts. */
  | { readonly kind: "stopped" }
  /** It was not taken, or nobody knows. The answer to the dispatch says the same. */
  | { readonly kind: "closed" };

const CLOSED: CheckpointEnd = { kind: "closed" };

/**
 * Where a checkpoint costs less than sending the memo once more: it is a request, a read and a commit of its own, about
 * 0.45 ms of CPU in all processes more than a dispatch, and an entry of a memo is about 3 us there and back.
 */
export const CHECKPOINT_ENTRIES_MIN = 100;
const CHECKPOINT_REQUEST_BYTES_MIN = 16 * 1024;

/** When checkpoints begin. */
export interface CheckpointStart {
  /** With so many entries in the memo; never, when infinite. */
  readonly checkpointsFrom?: number;
  /** How large the request was that the memo came with. */
  readonly requestBytes?: number;
}

/** The checkpoints of one dispatch, one after the other. */
export class CheckpointLine {
  readonly #connection: DispatchConnection;
  readonly #request: InvokeRequest;
  readonly #entriesMin: number;
  #seq = 0;
  #known: number;
  #isOpen = true;

  constructor(
    connection: DispatchConnection,
    request: InvokeRequest,
    { checkpointsFrom = CHECKPOINT_ENTRIES_MIN, requestBytes = 0 }: CheckpointStart = {},
  ) {
    this.#connection = connection;
    this.#request = request;
    const isLarge = request.memo_next !== null || requestBytes >= CHECKPOINT_REQUEST_BYTES_MIN;
    this.#entriesMin = isLarge ? 0 : checkpointsFrom;
    this.#known = request.known ?? 0;
  }

  /** Null when the engine does not offer checkpoints, or cannot be reached from here. */
  static of(
    connection: DispatchConnection | null,
    request: InvokeRequest,
    start: CheckpointStart = {},
  ): CheckpointLine | null {
    const isOffered = request.engine?.capabilities.includes("checkpoint") && request.known !== undefined;
    // Who runs or undoes one step reports that and nothing else.
    const isOne = request.task.kind !== "advance";
    if (connection === null || connection.isLeftAlone || !isOffered || isOne) return null;
    if (start.checkpointsFrom === Number.POSITIVE_INFINITY) return null;
    return new CheckpointLine(connection, request, start);
  }

  /** Whether another checkpoint may be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether sending a memo of so many entries once more costs more than a checkpoint. */
  saves(entries: number): boolean {
    return entries >= this.#entriesMin;
  }

  /** For the answer: how far it got. Undefined when none was sent. */
  get told(): { seq: number; known: number } | undefined {
    return this.#seq === 0 ? undefined : { seq: this.#seq, known: this.#known };
  }

  /** Never two at once. */
  async send(ops: readonly Op[]): Promise<CheckpointEnd> {
    const { run, task } = this.#request;
    this.#seq += 1;
    const body = writeJson({ run: run.id, fence: task.fence, seq: this.#seq, known: this.#known, ops });
    const path = `/runs/${run.id}/checkpoint`;
    const connection = this.#connection;
    // The engine answers the very same body as it did before.
    const reply = await (this.#seq === 1 ? connection.post(path, body) : connection.insist(path, body));
    if (reply.kind === "problem" && (reply.code === "stale-fence" || reply.code === "run-ended")) {
      this.#isOpen = false;
      return { kind: "stopped" };
    }
    const answer = reply.kind === "answer" ? readAnswer(reply.body) : null;
    if (answer === null) {
      this.#isOpen = false;
      if (this.#seq === 1) this.#connection.giveUp();
      return CLOSED;
    }
    this.#known = answer.known;
    return { kind: "taken", memo: answer.memo, yield: answer.yield === true };
  }
}

function readAnswer(body: Uint8Array): CheckpointAnswer | null {
  try {
    const answer = readJson(body) as CheckpointAnswer;
    return Array.isArray(answer?.memo) && typeof answer.known === "number" ? answer : null;
  } catch {
    return null;
  }
}
