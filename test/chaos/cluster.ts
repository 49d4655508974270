import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { request } from "undici";
import { type Database, openDatabase } from "../../engine/src/store/database.ts";
import { APPS, type AppPlace, type Placing, placeApp } from "./app-place.ts";
import { nodeCommand } from "./child.ts";
import { engineFaults } from "./engine-faults.ts";
import type { Findings } from "./findings.ts";
import { freePort } from "./free-port.ts";
import { HeldMessages } from "./held-messages.ts";
import { PostgresServer } from "./postgres-server.ts";
import { ProcessSlot } from "./process-slot.ts";
import type { Random } from "./random.ts";
import { placeShop, SHOPS, type ShopPlace } from "./shops/shop-place.ts";
import type { Tally } from "./tally.ts";
import { type Disturbance, Wire } from "./wire.ts";
import { within } from "./within.ts";

export const LEASE_MS = 2_000;
export const ENVIRONMENT = "chaos";
const ENGINES = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
/** Longest time a message is on its way when nobody holds it: processes share two cores. */
export const SLACK_MS = 1_500;
/** Three engines migrate, and load everything for the first time. */
const START_MS_MAX = 90_000;
/** A process is ready within a second or two when nothing is wrong, and it starts again when it could not. */
const READY_MS_MAX = 30_000;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface ClusterOptions {
  readonly folder: string;
  /** Where the engine's code is: this repository, or a copy with a bug. */
  readonly engineRoot?: string;
  readonly engines: number;
  /** Of each engine; as many as by default when it is missing. */
  readonly slots?: number;
  /** The shops of examples/ as well, which needs a PHP. */
  readonly shops: boolean;
  readonly random: Random;
  readonly tally: Tally;
  readonly findings: Findings;
}

export interface EnginePlace {
  readonly slot: ProcessSlot;
  /** The wire to its door, and the one from it to Postgres. */
  readonly door: Wire;
  readonly database: Wire;
}

/**
 * Everything under test, as processes:
 *
 *     load --wire--> engines   --wire--> 2 apps, and 2 shops
 *                       |
 *                      wire --> Postgres <-- checker
 */
export class Cluster {
  readonly token = randomBytes(32).toString("base64url");
  readonly held = new HeldMessages(SLACK_MS);
  readonly engines: EnginePlace[] = [];
  readonly apps: AppPlace[] = [];
  readonly shops: ShopPlace[] = [];
  readonly ackLog: string;
  readonly appLog: string;
  /** What the shops were asked; their ledgers lie beside it. */
  readonly shopLog: string;
  /** While Postgres is away, or has just come back, an engine may fail to start. */
  postgresAwayUntilMs = 0;
  postgres!: PostgresServer;
  /** Our own way to the database, around the wires. */
  admin!: Database;
  #isCalm = false;
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.ackLog = join(options.folder, "ack.log");
    this.appLog = join(options.folder, "app.log");
    this.shopLog = join(options.folder, "shop.log");
  }

  async start(): Promise<void> {
    this.postgres = await PostgresServer.create({ folder: join(this.#options.folder, "postgres") });
    await this.postgres.start();
    this.admin = openDatabase({
      url: this.postgres.url,
      max: 2,
      applicationName: "chaos",
      connectTimeoutMs: 2_000,
    });
    for (const name of APPS) this.apps.push(await placeApp(name, this.#placing()));
    for (const name of ENGINES.slice(0, this.#options.engines))
      this.engines.push(await this.#placeEngine(name));
    if (this.#options.shops)
      for (const shop of SHOPS) this.shops.push(await placeShop(shop, this.#placing()));
    const slots = [...this.#ofApps(), ...this.engines.map(({ slot }) => slot)];
    if (!(await within(START_MS_MAX, Promise.all(slots.map((slot) => slot.start()))))) {
      const late = slots.filter(({ isUp }) => !isUp).map(({ name }) => name);
      throw new Error(`${late.join(", ")} did not start; the data folder has its log.`);
    }
  }

  /** Tells an engine of all apps, and what each may invoke of another. From here on the clock starts runs. */
  async register(): Promise<void> {
    for (const app of [...this.apps, ...this.shops]) await this.#register(app);
    for (const { name } of this.apps) await this.#allow(name, APPS);
    const shops = this.shops.map(({ name }) => name);
    for (const name of shops) await this.#allow(name, shops, ["ship", "label"]);
  }

  #ofApps(): ProcessSlot[] {
    return [...this.apps.map(({ slot }) => slot), ...this.shops.flatMap(({ slots }) => slots)];
  }

  /** From here on engines are started without faults of their own. */
  async calmDown(): Promise<void> {
    this.#isCalm = true;
    for (const { door, database } of this.engines) {
      door.heal();
      database.heal();
    }
    for (const { wire } of [...this.apps, ...this.shops]) wire.heal();
    for (const { slot } of this.engines) {
      if (slot.isStopped) slot.resume();
      // Leaves in order and comes back without faults; one that is on its way up may have to be asked twice.
      await this.#comeBack(slot);
      await slot.drain();
      await this.#comeBack(slot);
    }
    await Promise.all(this.#ofApps().map((slot) => this.#comeBack(slot)));
  }

  async #comeBack(slot: ProcessSlot): Promise<void> {
    if (!(await within(READY_MS_MAX, slot.untilReady())))
      this.#options.findings.add(`${slot.name} was not ready ${READY_MS_MAX / 1_000} s after the faults`);
  }

  async close(): Promise<void> {
    const slots = [...this.engines.map(({ slot }) => slot), ...this.#ofApps()];
    await Promise.all(slots.map((slot) => slot.close()));
    const wires = [
      ...this.engines.flatMap(({ door, database }) => [door, database]),
      ...this.apps.map(({ wire }) => wire),
    ];
    await Promise.all([...wires, ...this.shops].map((each) => each.close()));
    await this.admin?.end({ timeoutMs: 0 });
    await this.postgres?.close();
  }

  /** Down for `downMs`, then up; resolves when it accepts connections. */
  async restartPostgres(downMs: number): Promise<void> {
    this.postgresAwayUntilMs = Number.POSITIVE_INFINITY;
    await this.postgres.kill();
    await sleep(downMs);
    await this.postgres.start();
    this.postgresAwayUntilMs = performance.now() + 3_000;
  }

  async #placeEngine(name: string): Promise<EnginePlace> {
    const { folder, random, tally, findings, slots } = this.#options;
    const port = await freePort();
    const own = random.fork(`engine ${name}`);
    // One speaks in whole requests: then apps report what they did by checkpoints of their own, as they do behind a proxy.
    const opensRequests = this.engines.length > 0;
    const door = await Wire.open(port, this.#count);
    const database = await Wire.open(this.postgres.port, this.#count);
    let release = () => {};
    let starts = 0;
    const faults = () => {
      starts += 1;
      return this.#isCalm ? {} : engineFaults(own, starts === 1);
    };
    const slot: ProcessSlot = new ProcessSlot({
      name: `engine ${name}`,
      command: nodeCommand(join(this.#options.engineRoot ?? ROOT, "engine/bin/durable.js"), "start"),
      logFile: join(folder, `engine-${name}.log`),
      env: () => ({
        DURABLE_DATABASE_URL: this.postgres.url.replace(`:${this.postgres.port}/`, `:${database.port}/`),
        DURABLE_HOST: "127.0.0.1",
        DURABLE_PORT: String(port),
        DURABLE_ADMIN_TOKEN: this.token,
        DURABLE_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString("base64"),
        DURABLE_ALLOW_LOOPBACK: "1",
        DURABLE_LEASE_MS: String(LEASE_MS),
        DURABLE_POLL_MS: "200",
        DURABLE_STREAMS: String(opensRequests),
        ...(slots && { DURABLE_SLOTS: String(slots) }),
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(folder, "compile-cache"),
        ...faults(),
      }),
      isReady: (line) => line.includes('"msg":"ready"'),
      onLine: (line) => {
        const fault = /^fault (\S+) (\S+)$/.exec(line);
        if (fault === null) return;
        if (fault[1]!.startsWith("database.")) tally.add("database answer faked");
        else if (fault[2] !== "delay") tally.addPoint(fault[1]!);
        if (fault[2] === "stop") {
          slot.noteStopped();
          release = this.held.hold();
          void this.reviveZombie(slot).finally(release);
        }
      },
      onKilled: () => {
        tally.add("engine killed");
        release();
      },
      onDrained: () => tally.add("engine drained"),
      mayFailToStart: () => performance.now() < this.postgresAwayUntilMs || !this.#isCalm,
      findings,
      random: own,
    });
    return { slot, door, database };
  }

  /** Waits until the others took its leases, lets it go on, and counts it as a zombie if they did. */
  async reviveZombie(slot: ProcessSlot): Promise<void> {
    const pid = slot.pid;
    const deadline = performance.now() + LEASE_MS * 2.5;
    let isDead = false;
    while (!isDead && performance.now() < deadline && slot.pid === pid) {
      await sleep(100);
      const rows = await this.admin.sql`
        select state from durable.engines where pid = ${pid} order by id desc limit 1`.catch(() => []);
      isDead = rows[0]?.["state"] === "dead";
    }
    if (slot.pid !== pid) return;
    if (isDead) this.#options.tally.add("zombie");
    slot.resume();
  }

  #placing(): Placing {
    const { folder, random, tally, findings } = this.#options;
    return {
      ...{ folder, random, tally, findings, appLog: this.appLog, shopLog: this.shopLog },
      engineUrls: () => this.engines.map(({ door }) => `http://127.0.0.1:${door.port}`),
      isCalm: () => this.#isCalm,
      disturbed: this.#count,
    };
  }

  readonly #count = (kind: Disturbance["kind"]): void => {
    const { tally } = this.#options;
    if (kind === "cut") tally.add("connection cut");
    if (kind === "hold") tally.add("statement held");
    if (kind === "drop-answer") tally.add("answer dropped");
    if (kind === "duplicate-answer") tally.add("answer duplicated");
  };

  /** Before any fault happens; so an answer other than 2xx ends the harness. Except that points may be hit already. */
  async #register({ name, wire, secret }: AppPlace | ShopPlace): Promise<void> {
    await this.#post(`/v1/apps/${name}/${ENVIRONMENT}/signing-secrets`, { secret });
    await this.#post(`/v1/apps/${name}/${ENVIRONMENT}/sync`, {
      url: `http://127.0.0.1:${wire.port}/api/durable`,
    });
  }

  /** All the others may invoke functions of this one; which, or all. */
  async #allow(name: string, all: readonly string[], functions?: readonly string[]): Promise<void> {
    for (const caller of all.filter((app) => app !== name))
      await this.#post(`/v1/apps/${name}/${ENVIRONMENT}/callers/${caller}`, { functions }, "PUT");
  }

  async #post(path: string, body: object, method: "POST" | "PUT" = "POST"): Promise<void> {
    let said = "";
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const { door } = this.engines[attempt % this.engines.length]!;
      try {
        const answer = await request(`http://127.0.0.1:${door.port}${path}`, {
          method,
          headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
          body: JSON.stringify(body),
        });
        said = `${answer.statusCode} ${await answer.body.text()}`;
        if (answer.statusCode < 300) return;
      } catch (error) {
        said = String(error);
      }
      await sleep(100);
    }
    throw new Error(`POST ${path} was never accepted: ${said}`);
  }
}
