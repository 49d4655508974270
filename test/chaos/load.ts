import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import type { AckLine } from "../invariants/ack-log.ts";
import { APPS } from "./app-place.ts";
import { type Cluster, ENVIRONMENT, type EnginePlace } from "./cluster.ts";
import type { Findings } from "./findings.ts";
import { HOT_KEY } from "./hot-and-cold.ts";
import { makeLimitedStory } from "./limited/stories.ts";
import { type Answer, makeEndlessProgram, makeProgram, SIGNAL } from "./programs.ts";
import type { Random } from "./random.ts";

/** An event as it goes over the wire, the same bytes at every try. */
interface Sent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

export interface LoadOptions {
  readonly cluster: Cluster;
  readonly random: Random;
  readonly findings: Findings;
  readonly requestsPerSecond: number;
  /** Stories of functions with limits. */
  readonly limitedPerSecond: number;
  /** Events for the function whose limit has a hot key; none when it is missing. */
  readonly gatedPerSecond?: number;
  /** No more are sent while so many runs are alive. */
  readonly liveMax: number;
}

const UNANSWERED_MAX = 60;
const CALM_LIVE_MAX = 80;
const GATED_AT_ONCE = 20;
const COLD_KEYS = 10_000;
const PATIENCE_MS = 3_000;

/** The client: starts runs, answers their waits, cancels some, and writes down every word it was told. */
export class Load {
  /** As last seen in the database. */
  live = 0;
  accepted = 0;
  readonly #options: LoadOptions;
  readonly #log: number;
  readonly #agent = new Agent({ connections: 64, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
  readonly #tasks = new Set<Promise<void>>();
  #count = 0;
  #sending = true;
  #isClosed = false;
  #loop: Promise<unknown> | null = null;
  #cold = 0;
  #limitedStories = 0;
  #liveMax: number;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#liveMax = options.liveMax;
    this.#log = openSync(options.cluster.ackLog, "a");
  }

  start(): void {
    const { gatedPerSecond } = this.#options;
    this.#loop = Promise.all([
      ...[this.#run(), this.#runLimited()],
      gatedPerSecond && this.#runGated(gatedPerSecond),
    ]);
  }

  get hasRoom(): boolean {
    return this.#sending && this.#tasks.size < UNANSWERED_MAX && this.live < this.#liveMax;
  }

  /** An event of somebody else's story, until it is acknowledged; the runs that it started then. */
  async send(app: string, name: string, data: object, random: Random): Promise<string[]> {
    return (await this.#deliver(app, [this.#event(name, data)], random, false))!;
  }

  /** So much that engines are busy, and no more: what is under way must end soon. */
  calmDown(): void {
    this.#liveMax = Math.min(this.#liveMax, CALM_LIVE_MAX);
  }

  /** Sends nothing more; resolves when everything begun was answered, waits included. */
  async finish(): Promise<void> {
    this.#sending = false;
    await this.#loop;
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  /** Once the faults are over every engine must take the next events at the first try. */
  async expectHealthy(): Promise<void> {
    const { cluster, findings } = this.#options;
    for (const engine of cluster.engines) {
      for (let no = 1; no <= 5; no += 1) {
        const status = await this.#try(APPS[no % 2]!, [this.#event("chaos.work", { program: [] })], engine);
        if (status !== 200) findings.add(`${engine.slot.name} answered ${status} after the faults were over`);
      }
    }
  }

  /** What is under way is forgotten. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sending = false;
    await this.#agent.destroy();
    closeSync(this.#log);
  }

  async #run(): Promise<void> {
    const { random, requestsPerSecond } = this.#options;
    while (this.#sending) {
      await sleep((random.float() * 2_000) / requestsPerSecond);
      if (this.hasRoom) this.#keep(this.#story(this.#count++));
    }
  }

  async #runLimited(): Promise<void> {
    const { random, limitedPerSecond } = this.#options;
    const own = random.fork("limited");
    while (this.#sending) {
      await sleep((own.float() * 2_000) / limitedPerSecond);
      if (this.hasRoom) this.#keep(this.#limited(this.#limitedStories++));
    }
  }

  /** All of it is acknowledged, and then written down. */
  async #limited(no: number): Promise<void> {
    const random = this.#options.random.fork(`limited ${no}`);
    const app = random.pick(APPS);
    const { fn, bursts } = makeLimitedStory(random, no);
    const ids: string[] = [];
    for (const { events, pauseMs } of bursts) {
      const sent = events.map((data) => this.#event(`limited.${fn}`, data));
      await Promise.all(sent.map((event) => this.#deliver(app, [event], random.fork(event.id), false)));
      ids.push(...sent.map(({ id }) => id));
      await sleep(pauseMs);
    }
    this.#write({ kind: "story", t: Date.now(), app, fn, ids });
  }

  async #runGated(perSecond: number): Promise<void> {
    const { random } = this.#options;
    while (this.#sending) {
      await sleep((random.float() * 2_000 * GATED_AT_ONCE) / perSecond);
      if (this.hasRoom) this.#keep(this.#gated(random.fork(`gated ${this.#count++}`)));
    }
  }

  /** Every fifth is for the hot key, the others each for the next of the cold ones. */
  async #gated(random: Random): Promise<void> {
    const app = random.pick(APPS);
    const events = Array.from({ length: GATED_AT_ONCE }, (_, no) => {
      const key = no % 5 === 0 ? HOT_KEY : `cold ${this.#cold++ % COLD_KEYS}`;
      const ms = random.int(0, 60);
      return this.#event("chaos.gated", {
        key,
        program: [{ do: "run", name: "work", ms, failures: 0, fatal: false }],
      });
    });
    const runs = await this.#deliver(app, events, random, false);
    await Promise.all(runs!.filter(() => random.chance(0.03)).map((run) => this.cancel(app, run, random)));
  }

  #keep(task: Promise<void>): void {
    this.#tasks.add(task);
    task
      .catch((error) => this.#options.findings.add(`the load broke: ${error}`))
      .finally(() => this.#tasks.delete(task));
  }

  /** One request with what follows from it. */
  async #story(no: number): Promise<void> {
    const random = this.#options.random.fork(no);
    const app = random.pick(APPS);
    if (random.chance(0.06)) return this.#endless(app, `${no}`, random);
    const programs = Array.from({ length: random.chance(0.15) ? random.int(2, 4) : 1 }, (_, at) =>
      makeProgram(random, `${no}.${at}`),
    );
    const events = programs.map(({ instructions }) => this.#event("chaos.work", { program: instructions }));
    // Who gets no answer may give up: then the event is there or it is not, but wholly.
    const runs = await this.#deliver(app, events, random, random.chance(0.3));
    if (runs === null) return;
    const answers = programs.flatMap((program) => program.answers);
    await Promise.all([
      ...answers.map((answer) => this.#answer(app, answer, random)),
      ...runs.filter(() => random.chance(0.06)).map((run) => this.cancel(app, run, random)),
    ]);
  }

  /** A run that nothing ends but the event that stops it. */
  async #endless(app: string, key: string, random: Random): Promise<void> {
    const program = makeEndlessProgram(random);
    await this.#deliver(app, [this.#event("chaos.stoppable", { key, program })], random, false);
    await sleep(random.int(0, 2_500));
    await this.#deliver(app, [this.#event("chaos.stop", { key })], random, false);
  }

  async #answer(app: string, { event, key, afterMs }: Answer, random: Random): Promise<void> {
    await sleep(afterMs);
    if (event === SIGNAL) await this.#signal(app, key, random);
    else await this.#deliver(app, [this.#event(event, { key })], random, false);
  }

  /** Until it is acknowledged, under one id. */
  async #signal(app: string, key: string, random: Random): Promise<void> {
    const path = `/v1/apps/${app}/${ENVIRONMENT}/signals/${encodeURIComponent(key)}`;
    const body = JSON.stringify({ payload: { key }, id: `signal-${key}` });
    for (;;) {
      const { status } = await this.#post(random.pick(this.#options.cluster.engines), path, body);
      if (status === 200) return;
      await sleep(random.int(20, 300));
    }
  }

  #event(name: string, data: object): Sent {
    return { id: `event-${this.#count++}`, name, data: JSON.stringify(data) };
  }

  /** Until it is acknowledged; the runs it started, or null when it was given up. */
  async #deliver(
    app: string,
    events: readonly Sent[],
    random: Random,
    mayGiveUp: boolean,
  ): Promise<string[] | null> {
    for (;;) {
      const answer = { runs: [] as string[] };
      const status = await this.#try(app, events, random.pick(this.#options.cluster.engines), answer);
      if (status === 200) {
        this.accepted += events.length;
        // A client that lost its memory sends again what was acknowledged.
        if (random.chance(0.1)) await this.#try(app, events, random.pick(this.#options.cluster.engines));
        return answer.runs;
      }
      if (mayGiveUp) return null;
      await sleep(random.int(20, 300));
    }
  }

  async #try(
    app: string,
    events: readonly Sent[],
    engine: EnginePlace,
    answer: { runs: string[] } = { runs: [] },
  ): Promise<number> {
    const items = events.map(
      ({ id, name, data }) => `{"id":${JSON.stringify(id)},"name":${JSON.stringify(name)},"data":${data}}`,
    );
    const { status, body } = await this.#post(
      engine,
      `/v1/events?app=${app}&env=${ENVIRONMENT}`,
      items.length === 1 ? items[0]! : `[${items.join(",")}]`,
    );
    if (status === 200) answer.runs = (body["runs"] as { run: string }[]).map(({ run }) => run);
    this.#write({
      kind: "send",
      t: Date.now(),
      app,
      env: ENVIRONMENT,
      request: events[0]!.id,
      status,
      events: events.map(({ id, name, data }) => ({
        id,
        name,
        sha256: createHash("sha256").update(data).digest("hex"),
      })),
    });
    return status;
  }

  /** Within a moment or two, until that is answered. */
  async cancel(app: string, run: string, random: Random): Promise<void> {
    await sleep(random.int(0, 1_500));
    for (;;) {
      const engine = random.pick(this.#options.cluster.engines);
      const { status, body } = await this.#post(
        engine,
        `/v1/apps/${app}/${ENVIRONMENT}/runs/${run}/cancel`,
        "{}",
      );
      const answer = status === 200 ? (body["status"] as string) : null;
      this.#write({ kind: "cancel", t: Date.now(), run, status, answer });
      // 409: it had ended before.
      if (status === 200 || status === 409) return;
      await sleep(random.int(20, 300));
    }
  }

  /** Status 0: no answer, or none in time. */
  async #post(
    { slot, door }: EnginePlace,
    path: string,
    text: string,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    try {
      const { statusCode, body } = await request(`http://127.0.0.1:${door.port}${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${this.#options.cluster.token}`,
        },
        body: text,
        dispatcher: this.#agent,
      });
      const said = await body.text();
      const isAllowed = statusCode === 200 || statusCode === 409 || statusCode === 503;
      const at = path.replace(/runs\/[^/]+/, "runs/{id}");
      if (!isAllowed)
        this.#options.findings.add(
          `${slot.name} answered ${statusCode} to POST ${at}: ${said.slice(0, 300)}`,
        );
      return { status: statusCode, body: JSON.parse(said) as Record<string, unknown> };
    } catch {
      return { status: 0, body: {} };
    }
  }

  #write(line: AckLine): void {
    if (this.#isClosed) return;
    writeSync(this.#log, `${JSON.stringify(line)}\n`);
  }
}
