import { type InvokeRequest, type Ref, writeJson } from "@durable/protocol/wire";
import type { DispatchConnection } from "../http/dispatch-connection.ts";
import { ValueCache } from "./value-cache.ts";

export type ValueEnd =
  /** `bytes` is JSON. */
  | { readonly kind: "value"; readonly bytes: Uint8Array }
  /** The engine works with another dispatch, or the run has ended. */
  | { readonly kind: "stopped" }
  /** It may work the next time. */
  | { readonly kind: "failed"; readonly why: string };

/** Of one dispatch at once. */
const UNDER_WAY_MAX = 8;

const cache = new ValueCache();

/** On which one dispatch fetches large values of its memo. */
export class ValueLine {
  readonly #connection: DispatchConnection | null;
  readonly #request: InvokeRequest;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #failure = "";

  constructor(connection: DispatchConnection | null, request: InvokeRequest) {
    this.#connection = connection;
    this.#request = request;
  }

  /** Why a value did not come, the last time that one did not. */
  get failure(): string {
    return this.#failure;
  }

  /** Never rejects. */
  async fetch(ref: Ref): Promise<ValueEnd> {
    const kept = cache.get(ref.sha256);
    if (kept !== undefined) return { kind: "value", bytes: kept };
    if (this.#underWay >= UNDER_WAY_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#underWay += 1;
    const end = await this.#ask(ref);
    this.#underWay -= 1;
    this.#waiting.shift()?.();
    if (end.kind === "value") cache.add(ref.sha256, end.bytes);
    if (end.kind === "failed") this.#failure = end.why;
    return end;
  }

  async #ask({ id, sha256 }: Ref): Promise<ValueEnd> {
    const connection = this.#connection;
    if (connection === null) return failed("nobody said where the engine is");
    if (connection.isLeftAlone) return failed("the engine did not answer a moment ago");
    const { run, task } = this.#request;
    const body = writeJson({ run: run.id, fence: task.fence, ref: id });
    const reply = await connection.insist(`/runs/${run.id}/blob`, body, { isSigned: false });
    switch (reply.kind) {
      case "silence":
        connection.giveUp();
        return failed("the engine gave no answer");
      case "problem":
        if (reply.code === "stale-fence" || reply.code === "run-ended") return { kind: "stopped" };
        return failed(`the engine answered ${reply.status} ${reply.code}`);
      case "answer":
        return (await sha256Of(reply.body)) === sha256
          ? { kind: "value", bytes: reply.body }
          : failed("what the engine answered is not the value it told of");
    }
  }
}

function failed(why: string): ValueEnd {
  return { kind: "failed", why };
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(
    await globalThis.crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>),
  );
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
