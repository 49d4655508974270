import { createHash, timingSafeEqual } from "node:crypto";

/** Compares hashes, so that neither the time taken nor the length tells anything about the token. */
export class AdminToken {
  readonly #sha256: Buffer | null;

  /** Null: nobody is admin. */
  constructor(token: string | null) {
    this.#sha256 = token === null || token === "" ? null : sha256(token);
  }

  get isSet(): boolean {
    return this.#sha256 !== null;
  }

  /** Another one for another token. Not for people: it is stamped, never shown. */
  get fingerprint(): string {
    return this.#sha256?.toString("hex") ?? "";
  }

  matches(candidate: string): boolean {
    return this.#sha256 !== null && timingSafeEqual(this.#sha256, sha256(candidate));
  }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
