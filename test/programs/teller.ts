import { setTimeout as sleep } from "node:timers/promises";
import { DurableRequestError } from "../../sdk-ts/src/index.ts";
import type { EngineApi } from "../../sdk-ts/src/testing/engine-api.ts";
import type { Random } from "../chaos/random.ts";
import { PERSON, WAITED_EVENT } from "./program.ts";
import type { Told } from "./reference.ts";

export interface TellerParts {
  readonly app: string;
  readonly api: EngineApi;
  readonly random: Random;
  /** Tells what is told again from the same arriving twice. */
  readonly round?: string;
}

const LATE_MS_MAX = 150;
const LOOK_EVERY_MS = 50;

type Person = Extract<Told, { by: "person" }>;

/** The world outside of the runs: sends what they wait for, completes their tokens, answers what they ask. */
export class Teller {
  readonly #parts: TellerParts;
  readonly #urls = new Map<string, string>();

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  tokenMade(key: string, url: string): void {
    this.#urls.set(key, url);
  }

  /** @returns what was wrong with how it was taken, in sentences; of a run that is cancelled meanwhile they say nothing. */
  async tell(run: string, told: Told, isOver: () => boolean): Promise<string[]> {
    if (told.by === "person") return this.#answer(run, told, isOver);
    const { app, api, random, round = "" } = this.#parts;
    const { by, key, say, isLate } = told;
    if (isLate) await sleep(random.int(1, LATE_MS_MAX));
    if (by === "token") return this.#complete(key, say, isOver);
    if (by === "signal")
      await api.post(`/signals/${encodeURIComponent(key)}`, {
        id: `signal ${key}${round}`,
        payload: { say },
      });
    else
      await api.post(`/v1/events?app=${app}&env=dev`, {
        name: WAITED_EVENT,
        id: key + round,
        data: { key, say },
      });
    return [];
  }

  async #complete(key: string, say: string, isOver: () => boolean): Promise<string[]> {
    const url = await this.#until(async () => this.#urls.get(key), isOver);
    this.#urls.delete(key);
    if (url === undefined) return [];
    const path = url.slice(url.indexOf("/v1/tokens/"));
    for (;;) {
      const status = await this.#post(path, { say });
      // Whoever completes too many at once is asked for patience.
      if (status !== 429) return status === 200 ? [] : [`a token was answered with ${status}`];
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #answer(run: string, { key, say, answer }: Person, isOver: () => boolean): Promise<string[]> {
    const { api } = this.#parts;
    const id = await this.#until(async () => {
      const { inputs } = await api.get<{ inputs: { id: string }[] }>(
        `/inputs?run=${run}&assignee=${encodeURIComponent(key)}&status=all`,
      );
      return inputs[0]?.id;
    }, isOver);
    if (id === undefined) return [];
    const path = `/inputs/${id}/answer`;
    const found: string[] = [];
    const expect = async (what: string, body: object, status: number) => {
      const is = await this.#post(path, { by: PERSON, id: `${key} ${what}`, ...body });
      if (is !== status && !isOver())
        found.push(`${what} to "${key}" was answered with ${is} and not ${status}`);
    };
    if (answer === "corrected") await expect("what does not fit", { value: { say: 7 } }, 422);
    if (answer === "given" || answer === "corrected") await expect("the answer", { value: { say } }, 200);
    else await expect("the decision", { approved: answer === "approved" }, 200);
    if (answer === "corrected") await expect("a second answer", { value: { say: "no" }, by: "bob" }, 409);
    return found;
  }

  /** The status of the answer. */
  async #post(path: string, body: object): Promise<number> {
    try {
      await this.#parts.api.post(path, body);
      return 200;
    } catch (error) {
      if (error instanceof DurableRequestError && error.status !== undefined) return error.status;
      throw error;
    }
  }

  async #until<Value>(
    look: () => Promise<Value | undefined>,
    isOver: () => boolean,
  ): Promise<Value | undefined> {
    for (;;) {
      const found = await look();
      if (found !== undefined || isOver()) return found;
      await sleep(LOOK_EVERY_MS);
    }
  }
}
