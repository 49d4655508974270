import { setTimeout as sleep } from "node:timers/promises";
import type { Findings } from "../findings.ts";
import type { Load } from "../load.ts";
import type { Random } from "../random.ts";
import { SHOPS } from "./shop-place.ts";

/** What becomes of an order that nobody cancels. */
export type OrderKind = "shipped" | "busy" | "no carrier" | "no address" | "stolen" | "forgotten";

export interface Placed {
  readonly order: string;
  readonly app: string;
  readonly kind: OrderKind;
  readonly total: number;
}

const DATA: Record<OrderKind, object> = {
  shipped: {},
  busy: { card: "busy" },
  "no carrier": { to: "Atlantis" },
  "no address": { to: "Nowhere" },
  stolen: { card: "stolen" },
  forgotten: { patience: "700ms" },
};
const PER_SECOND = 1.2;
/** More than any approval is on its way. */
const PATIENCE = "5m";

/** Customers of both shops: they place orders, approve nearly all of them, and cancel some. */
export class Orders {
  /** Each that was accepted, by what it is called. */
  readonly placed = new Map<string, Placed>();
  readonly #load: Load;
  readonly #random: Random;
  readonly #findings: Findings;
  readonly #stories = new Set<Promise<void>>();
  #ordering = true;
  #loop: Promise<void> | null = null;

  constructor({ load, random, findings }: { load: Load; random: Random; findings: Findings }) {
    this.#load = load;
    this.#random = random;
    this.#findings = findings;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** No new ones; resolves when everything begun was answered. */
  async finish(): Promise<void> {
    this.#ordering = false;
    await this.#loop;
    await Promise.all(this.#stories);
  }

  /** What is under way is forgotten. */
  close(): void {
    this.#ordering = false;
  }

  async #run(): Promise<void> {
    for (let no = 0; this.#ordering; no += 1) {
      await sleep((this.#random.float() * 2_000) / PER_SECOND);
      if (!this.#load.hasRoom) continue;
      const story = this.#story(no)
        .catch((error) => this.#findings.add(`the customers broke: ${error}`))
        .finally(() => this.#stories.delete(story));
      this.#stories.add(story);
    }
  }

  async #story(no: number): Promise<void> {
    const random = this.#random.fork(no);
    const { name: app } = random.pick(SHOPS);
    const kind = kindOf(random.float());
    const order = `order-${no}`;
    const total = random.int(1, 1_000);
    const coolingOff = `${random.int(20, 600)}ms`;
    const data = { order, total, card: "good", to: "Bern", patience: PATIENCE, coolingOff, ...DATA[kind] };
    const runs = await this.#load.send(app, "order.placed", data, random);
    this.placed.set(order, { order, app, kind, total });
    const [cancelled] = runs.filter(() => random.chance(0.08));
    const cancelling = cancelled === undefined ? null : this.#load.cancel(app, cancelled, random);
    await sleep(random.int(0, 800));
    if (kind !== "forgotten") await this.#load.send(app, "order.approved", { order }, random);
    await cancelling;
  }
}

function kindOf(dice: number): OrderKind {
  if (dice < 0.6) return "shipped";
  if (dice < 0.7) return "busy";
  if (dice < 0.79) return "no carrier";
  if (dice < 0.88) return "no address";
  if (dice < 0.94) return "stolen";
  return "forgotten";
}
