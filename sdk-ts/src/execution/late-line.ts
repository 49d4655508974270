import { type Failure, type InvokeRequest, type Op, type RawJson, writeJson } from "@durable/protocol/wire";
import type { DispatchConnection } from "../http/dispatch-connection.ts";

export interface LateResult {
  /** Of the step. */
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly end:
    | { readonly st: "ok"; readonly v?: RawJson | undefined }
    | { readonly st: "err"; readonly error: Failure };
}

/**
 * On which a dispatch tells what came of an attempt that was over by then. It is kept for people to see. One that does not
 * arrive is nobody's failure.
 */
export class LateLine {
  readonly #connection: Pick<DispatchConnection, "isLeftAlone" | "post">;
  readonly #request: Pick<InvokeRequest, "run" | "task">;

  constructor(
    connection: Pick<DispatchConnection, "isLeftAlone" | "post">,
    request: Pick<InvokeRequest, "run" | "task">,
  ) {
    this.#connection = connection;
    this.#request = request;
  }

  /** Null when the engine does not take them, or cannot be reached from here. */
  static of(connection: DispatchConnection | null, request: InvokeRequest): LateLine | null {
    const isOffered = request.engine?.capabilities.includes("late");
    return connection !== null && isOffered ? new LateLine(connection, request) : null;
  }

  /** What a body left that ended after its dispatch. */
  tellOp(op: Op, attempt: number): void {
    if (op.op !== "run") return;
    const { id, name } = op;
    const end =
      op.st === "ok" ? { st: op.st, v: op.v as RawJson | undefined } : { st: op.st, error: op.error };
    this.tell({ id, name, attempt, end });
  }

  tell({ id, name, attempt, end }: LateResult): void {
    const { run, task } = this.#request;
    if (this.#connection.isLeftAlone) return;
    const body = writeJson({ run: run.id, fence: task.fence, id, name, attempt, ...end });
    void this.#connection.post(`/runs/${run.id}/late`, body);
  }
}
