/** As many bytes of values as a process keeps: the last ones that it was asked for. */
const CACHE_BYTES_MAX = 64 * 1024 * 1024;

/** Values by their SHA-256, as the bytes of their JSON: each turn makes objects of its own of them, and may change these. */
export class ValueCache {
  readonly #bytesMax: number;
  /** The one that was asked for last comes last. */
  readonly #values = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(bytesMax = CACHE_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  get(sha256: string): Uint8Array | undefined {
    const value = this.#values.get(sha256);
    if (value !== undefined) {
      this.#values.delete(sha256);
      this.#values.set(sha256, value);
    }
    return value;
  }

  add(sha256: string, value: Uint8Array): void {
    if (this.#values.has(sha256) || value.length > this.#bytesMax) return;
    this.#values.set(sha256, value);
    this.#bytes += value.length;
    for (const [oldest, { length }] of this.#values) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#values.delete(oldest);
      this.#bytes -= length;
    }
  }
}
