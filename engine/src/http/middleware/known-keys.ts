import type { Logger } from "pino";
import { hashKey } from "../../auth/bearer-key.ts";
import type { Clock } from "../../runtime/ports.ts";
import type { Database } from "../../store/database.ts";
import { findKey, type KeyFound, noteKeyUsed, USED_MS } from "../../store/keys.ts";

/** How long a key is believed without asking again: the price of a revoked one noticed late. */
const FRESH_MS = 1_000;
const REMEMBERED_MAX = 1_000;

/** Keys by their hash. A busy sender would otherwise cost one more statement per send. */
export class KnownKeys {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #known = new Map<string, { readonly key: KeyFound; readonly readAtMs: number }>();

  constructor(database: Database, clock: Clock, log: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  async find(text: string): Promise<KeyFound | null> {
    const sha256 = hashKey(text);
    const name = sha256.toString("base64");
    const known = this.#known.get(name);
    const readAtMs = this.#clock.monotonicMs();
    if (known !== undefined && readAtMs - known.readAtMs < FRESH_MS) return known.key;
    const key = await findKey(this.#database, sha256);
    if (key === null) {
      this.#known.delete(name);
      return null;
    }
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(name, { key, readAtMs });
    if (key.usedMsAgo === null || key.usedMsAgo > USED_MS) this.#noteUsed(key);
    return key;
  }

  /** After a revocation by this process: at once, not after a second. */
  forgetAll(): void {
    this.#known.clear();
  }

  /** Once a minute at most, and nobody waits for it. */
  #noteUsed(key: KeyFound): void {
    noteKeyUsed(this.#database, key).catch((error: unknown) =>
      this.#log.warn({ err: error, keyId: key.id }, "that a key is used could not be noted"),
    );
  }
}
