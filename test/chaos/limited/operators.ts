import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { AckLine } from "../../invariants/ack-log.ts";
import { APPS } from "../app-place.ts";
import { type Answered, type Asking, askEngine } from "../ask-engine.ts";
import { ENVIRONMENT } from "../cluster.ts";
import { REGIONS, TENANTS } from "./functions.ts";

type PauseLine = Extract<AckLine, { kind: "pause" }>;
type Target = PauseLine["target"];

interface LimitListed {
  readonly id: string;
  readonly function: string | null;
  readonly declared: number;
}

/** Functions whose limits are set to other numbers. */
const CHANGED = ["fair", "paced"];
const BY_HAND = "by-hand";
const TRY_AGAIN_MS = 200;
/** What an engine that stood still was told before is done when it goes on: afterwards nothing may be left of it. */
const QUIET_ROUNDS = 2;

/** Those who pause and resume, set limits, run what was skipped, and keep a schedule of their own, all the time. */
export class Operators {
  readonly #asking: Asking;
  readonly #closing = new AbortController();
  readonly #paused = new Set<string>();
  readonly #busy = new Set<Promise<void>>();
  #loop: Promise<void> | null = null;
  #isDead = false;
  #hasRunAnyway = false;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Nothing new. The last thing they do is to let nobody in: who waits then has nobody before him who could let him in. */
  async finish(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
    await Promise.all(this.#busy);
    for (const app of APPS) {
      for (const { id } of await this.#limits(app)) await this.#setTo(app, id, 0);
    }
  }

  /** What is paused is resumed, and every limit is as declared. */
  async restore(): Promise<void> {
    for (const app of APPS) {
      for (let quiet = 0; quiet < QUIET_ROUNDS && !this.#isDead; ) {
        const isQuiet = await this.#restore(app);
        quiet = isQuiet ? quiet + 1 : 0;
      }
    }
  }

  /** The clock starts nothing more. */
  async stopClock(): Promise<void> {
    for (const app of APPS) {
      const listed = await this.#until(200, "GET", `${this.#at(app)}/schedules`);
      for (const { id } of (listed?.body["schedules"] ?? []) as { id: string }[])
        await this.#until(404, "POST", `${this.#at(app)}/schedules/${id}/pause`, {});
    }
  }

  /** What is under way is forgotten. */
  async close(): Promise<void> {
    this.#isDead = true;
    this.#closing.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { random } = this.#asking;
    const pause = (app: string) => this.#pause(app);
    const setLimit = (app: string) => this.#setLimit(app);
    const runAnyway = () => this.#runAnyway();
    const schedule = (app: string) => this.#schedule(app);
    const deeds = [pause, setLimit, pause, schedule, pause, runAnyway, setLimit, pause, schedule, pause];
    // The shortest run has each of them.
    for (let no = 0; !this.#isOver; no += 1) {
      await sleep(random.int(150, 900), undefined, { signal: this.#closing.signal }).catch(() => {});
      if (this.#isOver) return;
      const deed = no < deeds.length ? deeds[no]! : random.pick(deeds);
      this.#keep(deed(random.pick(APPS)));
    }
  }

  get #isOver(): boolean {
    return this.#closing.signal.aborted;
  }

  #keep(task: Promise<void>): void {
    this.#busy.add(task);
    task
      .catch((error) => this.#asking.findings.add(`the operators broke: ${error}`))
      .finally(() => this.#busy.delete(task));
  }

  /** Holds something for a moment. When it was held, and what, is written down for who looks at the leases. */
  async #pause(app: string): Promise<void> {
    const { random, cluster } = this.#asking;
    const target = await this.#target(app);
    const name = `${app} ${JSON.stringify(target)}`;
    if (target === null || this.#paused.has(name)) return;
    this.#paused.add(name);
    try {
      const { region: key, ...rest } = target;
      const body = key === undefined ? rest : { ...rest, key };
      const made = await this.#until(200, "POST", `${this.#at(app)}/pauses`, body);
      if (made === null) return;
      const from = Date.now();
      await sleep(random.int(100, 1_500));
      const { body: listed } = await askEngine(this.#asking, "GET", `${this.#at(app)}/pauses`);
      const all = (listed["pauses"] ?? []) as { id: string; held: number }[];
      const held = all.find(({ id }) => id === made.body["id"])?.held ?? 0;
      const to = Date.now();
      // 404: it was heard the first time, and the answer was lost.
      await this.#until(404, "POST", `${this.#at(app)}/pauses/${made.body["id"]}/resume`);
      const line: PauseLine = { kind: "pause", t: Date.now(), app, env: ENVIRONMENT, from, to, held, target };
      appendFileSync(cluster.ackLog, `${JSON.stringify(line)}\n`);
    } finally {
      this.#paused.delete(name);
    }
  }

  async #target(app: string): Promise<Target | null> {
    const { random } = this.#asking;
    const dice = random.float();
    if (dice < 0.15) return {};
    if (dice < 0.35) return { function: "fair", tenant: random.pick(TENANTS) };
    if (dice < 0.55) {
      const limit = (await this.#limits(app)).find((each) => each.function === "fair");
      return limit === undefined ? null : { limit: limit.id, region: random.pick(REGIONS) };
    }
    return { function: random.pick(["fair", "paced", "bundle", "settled", "worker", "solo-queue"]) };
  }

  async #setLimit(app: string): Promise<void> {
    const { random } = this.#asking;
    const limits = await this.#limits(app);
    if (limits.length === 0) return;
    const { id, declared } = random.pick(limits);
    const count = random.chance(0.25) ? null : random.chance(0.1) ? 0 : random.int(1, declared * 2);
    await this.#setTo(app, id, count);
  }

  async #setTo(app: string, id: string, count: number | null): Promise<void> {
    await this.#until(200, "POST", `${this.#at(app)}/limits/${id}`, { count });
  }

  async #limits(app: string): Promise<LimitListed[]> {
    const { body } = await askEngine(this.#asking, "GET", `${this.#at(app)}/limits`);
    return ((body["limits"] ?? []) as LimitListed[]).filter(({ function: fn }) => CHANGED.includes(fn ?? ""));
  }

  /** Only what may have a second run: one by hand. The shortest run has one: the first is tried until it is there. */
  async #runAnyway(): Promise<void> {
    const { random } = this.#asking;
    while (!this.#isDead && !(this.#isOver && this.#hasRunAnyway)) {
      const app = random.pick(APPS);
      const { body } = await askEngine(
        this.#asking,
        "GET",
        `${this.#at(app)}/skips?reason=rate-limited&limit=20`,
      );
      const skips = (body["skips"] ?? []) as { id: string }[];
      const asked = skips.length === 0 ? null : `${this.#at(app)}/skips/${random.pick(skips).id}/run`;
      if (asked !== null && (await askEngine(this.#asking, "POST", asked)).status === 200) {
        this.#hasRunAnyway = true;
        return;
      }
      await sleep(TRY_AGAIN_MS);
    }
  }

  async #schedule(app: string): Promise<void> {
    const { random } = this.#asking;
    const at = `${this.#at(app)}/schedules`;
    const fn = app === "alpha" ? "tick-allow" : "tick-queue";
    const second = Math.floor(Date.now() / 1_000) * 1_000;
    const iso = (agoMs: number) => new Date(second - agoMs).toISOString();
    const catch_up = random.pick(["none", "last", "all"]);
    const overlap = random.pick(["allow", "skip", "queue", "cancel"]);
    const deeds: readonly (() => Promise<Answered>)[] = [
      () =>
        askEngine(this.#asking, "POST", at, {
          id: BY_HAND,
          function: fn,
          cron: "*/2 * * * * *",
          catch_up,
          overlap,
        }),
      () => askEngine(this.#asking, "POST", `${at}/${BY_HAND}`, { catch_up, overlap }),
      () => askEngine(this.#asking, "POST", `${at}/${BY_HAND}/pause`, {}),
      () => askEngine(this.#asking, "POST", `${at}/${BY_HAND}/resume`, {}),
      () => askEngine(this.#asking, "POST", `${at}/${BY_HAND}/run`, {}),
      () =>
        askEngine(this.#asking, "POST", `${at}/${BY_HAND}/backfill`, { from: iso(8_000), to: iso(2_000) }),
      () => askEngine(this.#asking, "DELETE", `${at}/${BY_HAND}`),
    ];
    await random.pick(deeds)();
  }

  /** Whether there was nothing left to restore. */
  async #restore(app: string): Promise<boolean> {
    let isQuiet = true;
    const paused = await this.#until(200, "GET", `${this.#at(app)}/pauses`);
    for (const { id } of (paused?.body["pauses"] ?? []) as { id: string }[]) {
      isQuiet = false;
      await this.#until(404, "POST", `${this.#at(app)}/pauses/${id}/resume`);
    }
    const limits = await this.#until(200, "GET", `${this.#at(app)}/limits`);
    for (const { id, set_to } of (limits?.body["limits"] ?? []) as { id: string; set_to: number | null }[]) {
      if (set_to === null) continue;
      isQuiet = false;
      await this.#setTo(app, id, null);
    }
    return isQuiet;
  }

  #at(app: string): string {
    return `/v1/apps/${app}/${ENVIRONMENT}`;
  }

  /** Until it is answered with 200, or with what else is as good; null when nobody waits any more. */
  async #until(asGood: number, method: string, path: string, body?: object): Promise<Answered | null> {
    while (!this.#isDead) {
      const answer = await askEngine(this.#asking, method, path, body);
      if (answer.status === 200 || answer.status === asGood) return answer;
      await sleep(TRY_AGAIN_MS);
    }
    return null;
  }
}
