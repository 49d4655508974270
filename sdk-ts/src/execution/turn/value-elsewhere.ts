import type { Ref } from "@durable/protocol/wire";
import type { ValueLine } from "../value-line.ts";

const utf8 = new TextDecoder();

/** A recorded value that is on its way. */
export class ValueElsewhere {
  #state: "coming" | "here" | "missing" | "stopped" = "coming";
  #bytes: Uint8Array | undefined;
  /** When it is known whether it comes. */
  readonly settled: Promise<void>;

  constructor(line: ValueLine, ref: Ref) {
    this.settled = line.fetch(ref).then((end) => {
      if (end.kind === "value") this.#bytes = end.bytes;
      this.#state = end.kind === "value" ? "here" : end.kind === "failed" ? "missing" : "stopped";
    });
  }

  /** `stopped`: the engine works with another dispatch. */
  get state(): "coming" | "here" | "missing" | "stopped" {
    return this.#state;
  }

  /** The value, made anew. */
  read(): unknown {
    return JSON.parse(utf8.decode(this.#bytes));
  }
}
