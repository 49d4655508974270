import { hashEventKey } from "../../auth/event-key.ts";
import type { Clock } from "../../runtime/ports.ts";
import type { Database } from "../../store/database.ts";
import { type EventKeyFound, findEventKey } from "../../store/keys.ts";

/** How long a key is believed without asking again: the price of a revoked one noticed late. */
const FRESH_MS = 1_000;
const REMEMBERED_MAX = 1_000;

/** Event keys by their hash. A busy sender would otherwise cost one more statement per send. */
export class EventKeys {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly key: EventKeyFound; readonly readAtMs: number }>();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async find(text: string): Promise<EventKeyFound | null> {
    const sha256 = hashEventKey(text);
    const name = sha256.toString("base64");
    const known = this.#known.get(name);
    const readAtMs = this.#clock.monotonicMs();
    if (known !== undefined && readAtMs - known.readAtMs < FRESH_MS) return known.key;
    const key = await findEventKey(this.#database, sha256);
    if (key === null) {
      this.#known.delete(name);
      return null;
    }
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(name, { key, readAtMs });
    return key;
  }

  /** After a revocation by this process: at once, not after a second. */
  forgetAll(): void {
    this.#known.clear();
  }
}
