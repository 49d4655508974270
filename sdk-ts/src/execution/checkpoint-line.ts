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

/** The checkpoints of one dispatch, one after the other. */
export class CheckpointLine {
  readonly #connection: DispatchConnection;
  readonly #request: InvokeRequest;
  #seq = 0;
  #known: number;
  #isOpen = true;

  constructor(connection: DispatchConnection, request: InvokeRequest) {
    this.#connection = connection;
    this.#request = request;
    this.#known = request.known ?? 0;
  }

  /** Null when the engine does not offer checkpoints, or cannot be reached from here. */
  static of(connection: DispatchConnection | null, request: InvokeRequest): CheckpointLine | null {
    const isOffered = request.engine?.capabilities.includes("checkpoint") && request.known !== undefined;
    // Who runs or undoes one step reports that and nothing else.
    const isOne = request.task.kind !== "advance";
    if (connection === null || connection.isLeftAlone || !isOffered || isOne) return null;
    return new CheckpointLine(connection, request);
  }

  /** Whether another checkpoint may be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The memo came in pages: to send it again costs more than any checkpoint. */
  get isMemoLong(): boolean {
    return this.#request.memo_next !== null;
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
