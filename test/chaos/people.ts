import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "../../engine/src/store/database.ts";
import { APPS } from "./app-place.ts";
import { type Asking, askEngine } from "./ask-engine.ts";
import { ENVIRONMENT } from "./cluster.ts";

const LOOK_EVERY_MS = 200;

/** Those who answer what the runs ask: two at once, through different engines, and whoever gets no answer asks again. */
export class People {
  readonly #options: Asking;
  /** By input, who was told that theirs is the answer. */
  readonly #told = new Map<string, string>();
  readonly #busy = new Set<string>();
  readonly #closing = new AbortController();
  #loop: Promise<void> | null = null;

  constructor(options: Asking) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** Whoever was told that theirs is the answer stands in the journal; the rest was told otherwise, or nothing. */
  async check(sql: Sql): Promise<void> {
    const { findings } = this.#options;
    const rows = await sql<{ id: string; status: string; answered_by: string | null }[]>`
      select id, status, answered_by from durable.inputs`;
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const [id, by] of this.#told) {
      const row = byId.get(id);
      if (row?.answered_by !== by || row.status !== "answered")
        findings.add(
          `${by} was told that they answered ${id}, which is ${row?.status} by ${row?.answered_by}`,
        );
    }
    if (!rows.some(({ status }) => status === "answered")) findings.add("nobody ever answered anything");
  }

  async #run(): Promise<void> {
    const { random } = this.#options;
    const answering: Promise<void>[] = [];
    while (!this.#closing.signal.aborted) {
      await sleep(LOOK_EVERY_MS);
      const path = `/v1/apps/${random.pick(APPS)}/${ENVIRONMENT}/inputs`;
      const { body } = await askEngine(this.#options, "GET", `${path}?limit=20`);
      for (const { id, kind } of (body["inputs"] ?? []) as { id: string; kind: string }[]) {
        if (this.#busy.has(id) || random.chance(0.3)) continue;
        this.#busy.add(id);
        const answer = kind === "approval" ? { approved: random.chance(0.5) } : { value: random.int(1, 9) };
        for (const by of ["ann", "bob"]) answering.push(this.#answer(`${path}/${id}/answer`, id, by, answer));
      }
    }
    await Promise.all(answering);
  }

  async #answer(path: string, id: string, by: string, answer: object): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const { status } = await askEngine(this.#options, "POST", path, { ...answer, by, id: by });
      if (status === 200) {
        const other = this.#told.get(id);
        if (other !== undefined) this.#options.findings.add(`${other} and ${by} both answered ${id}`);
        this.#told.set(id, by);
      }
      if (status === 200 || status === 409) return;
      await sleep(this.#options.random.int(20, 300));
    }
  }
}
