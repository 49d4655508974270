import { HungUpError } from "../../errors.ts";

type Tell = (reason: Error) => void;

/** Tells bodies that the engine no longer waits for them. */
export class HangUp {
  readonly #signalOf: (() => AbortSignal) | undefined;
  readonly #tell = new Set<Tell>();
  #signal: AbortSignal | undefined;

  /** @param signalOf Aborted when the engine has hung up; missing where the server cannot tell. */
  constructor(signalOf: (() => AbortSignal) | undefined) {
    this.#signalOf = signalOf;
  }

  /** Calls back when it happens, at once if it has. The server is asked only now: most bodies never want to know. */
  listen(tell: Tell): void {
    this.#tell.add(tell);
    if (this.#signal === undefined && this.#signalOf !== undefined) {
      this.#signal = this.#signalOf();
      this.#signal.addEventListener("abort", () => this.tellAll(), { once: true });
    }
    if (this.#signal?.aborted) tell(new HungUpError());
  }

  tellAll(): void {
    const reason = new HungUpError();
    for (const tell of this.#tell) tell(reason);
  }
}
