import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../http/client.ts";
import { askApp } from "./ask-app.ts";
import { type Declared, functionDiff } from "./function-diff.ts";
import { holdLine } from "./hold-line.ts";
import { PATH } from "./places.ts";
import { watchRunsInFlight } from "./runs-in-flight.ts";

const LOOK_EVERY_MS = 2_000;
/** While a program that we know starts again, for so long at most: who waits for it has just saved a file. */
const LOOK_CLOSELY_EVERY_MS = 20;
const LOOK_CLOSELY_MS = 5_000;
/** A program that is no app is asked again only now and then: each question is a line in its log. */
const ASK_OTHERS_AGAIN_MS = 30_000;

export interface AppNews {
  readonly app: string;
  readonly url: string;
  readonly change: "found" | "changed" | "back" | "gone" | "refused" | "departed";
  readonly functions: readonly string[];
  readonly text: string;
  /** A sentence each: what is not as it was, and what that means for runs under way. */
  readonly details: readonly string[];
}

export interface AppWatcherParts {
  readonly api: Pick<ApiClient, "syncApp" | "listFunctions" | "listRuns" | "getRun" | "stream">;
  readonly env: string;
  /** Said on the command line: asked for as long as we run, and not only on loopback. */
  readonly urls: readonly string[];
  readonly ports: readonly number[];
  readonly tell: (news: AppNews) => void;
}

interface Place {
  readonly url: string;
  readonly isNamed: boolean;
  app: string | null;
  digest: string | null;
  isUp: boolean;
  /** What it declared at its last sync; null before the first of ours. */
  declared: Declared | null;
  askAgainAtMs: number;
  refusal: string | null;
  /** Its program has just ended, and may be starting again. */
  isRestarting: boolean;
  /** Lets go of the line that tells of its end. */
  letGo: (() => void) | null;
  /** Ends the watch over the runs that were under way when it was synced last. */
  watch: AbortController | null;
}

/** Finds the apps of this machine, and syncs them whenever what they say of themselves is different from last time. */
export class AppWatcher {
  readonly #parts: AppWatcherParts;
  readonly #places: readonly Place[];
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: AppWatcherParts) {
    this.#parts = parts;
    const place = (url: string, isNamed: boolean): Place => ({
      url,
      isNamed,
      app: null,
      digest: null,
      isUp: false,
      declared: null,
      askAgainAtMs: 0,
      refusal: null,
      isRestarting: false,
      letGo: null,
      watch: null,
    });
    const named = parts.urls.map((url) => place(url, true));
    const probed = parts.ports.map((port) => place(`http://localhost:${port}${PATH}`, false));
    const isNamed = new Set(parts.urls);
    this.#places = [...named, ...probed.filter(({ url }) => !isNamed.has(url))];
  }

  async start(): Promise<void> {
    await this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const place of this.#places) {
      place.letGo?.();
      place.watch?.abort();
    }
  }

  async #look(): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#lookAt(place)));
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  async #lookAt(place: Place): Promise<void> {
    if (place.isRestarting || performance.now() < place.askAgainAtMs) return;
    const asked = await askApp(place.url);
    if (this.#isStopped) return;
    if (asked.is === "silent") return this.#isGone(place);
    if (asked.is === "other") {
      if (!place.isNamed) place.askAgainAtMs = performance.now() + ASK_OTHERS_AGAIN_MS;
      else this.#isRefused(place, asked.detail ?? `what answers at ${place.url} does not speak the protocol`);
      return;
    }
    const isNews = !place.isUp || asked.digest !== place.digest || asked.app !== place.app;
    if (isNews) await this.#sync(place, asked);
    if (place.isUp) this.#hold(place);
  }

  /** Every two seconds would be too late for who has just saved a file: the end of its line says it at once. */
  #hold(place: Place): void {
    place.letGo ??= holdLine(place.url, () => {
      place.letGo = null;
      void this.#lookClosely(place);
    });
  }

  async #lookClosely(place: Place): Promise<void> {
    const endedAt = new Date();
    const untilMs = performance.now() + LOOK_CLOSELY_MS;
    place.isRestarting = true;
    for (let isFirst = true; !this.#isStopped && performance.now() < untilMs; isFirst = false) {
      const asked = await askApp(place.url);
      if (asked.is === "app" && !this.#isStopped) {
        // Perhaps it was there all the time, and has only ended a line on which nothing was said: that is no news.
        const isThere = isFirst && asked.digest === place.digest && asked.app === place.app;
        if (isThere) await this.#watchRuns(place, { app: asked.app, env: this.#parts.env }, endedAt);
        else await this.#sync(place, asked, endedAt);
        this.#hold(place);
        break;
      }
      await sleep(LOOK_CLOSELY_EVERY_MS);
    }
    place.isRestarting = false;
  }

  async #sync(
    place: Place,
    { app, digest }: { app: string; digest: string },
    reloadedAt = new Date(),
  ): Promise<void> {
    const { api, env, tell } = this.#parts;
    const params = { app, env };
    try {
      const isKnown = place.app === app;
      const before =
        isKnown && place.declared !== null
          ? place.declared
          : await this.#declared(params).catch(() => new Map());
      const synced = await api.syncApp({ params, body: { url: place.url } });
      const [declared, inFlight] = await Promise.all([
        this.#declared(params),
        this.#watchRuns(place, params, reloadedAt),
      ]);
      Object.assign(place, { app, digest, declared, isUp: true, refusal: null });
      const functions = [...synced.added, ...synced.changed, ...synced.unchanged].map(({ id }) => id).sort();
      const difference = differenceOf(synced);
      const change = !isKnown ? "found" : difference === "" ? "back" : "changed";
      const diff = difference === "" ? [] : functionDiff(before, declared);
      tell({
        app,
        url: place.url,
        change,
        functions,
        text: isKnown ? difference || "is back, and declares what it did" : listOf(functions),
        details: before.size === 0 ? [] : [...diff, ...(isKnown ? inFlight : [])],
      });
    } catch (error) {
      // Tried again at the next look; said once.
      this.#isRefused(place, error instanceof Error ? error.message : String(error), app);
    }
  }

  /** What the engine knows of an app that was synced. */
  async #declared(params: { app: string; env: string }): Promise<Declared> {
    const { functions } = await this.#parts.api.listFunctions({ params });
    return new Map(
      functions
        .filter(({ removed_at }) => removed_at === null)
        .map(({ id, manifest }) => [id, manifest as Record<string, unknown>]),
    );
  }

  /** How many runs go on with the new code; each that leaves its recorded path is told when it does. */
  async #watchRuns(place: Place, params: { app: string; env: string }, reloadedAt: Date): Promise<string[]> {
    const { api, tell } = this.#parts;
    place.watch?.abort();
    place.watch = new AbortController();
    const counts = await watchRunsInFlight(
      {
        api,
        params,
        reloadedAt,
        tell: ({ run, function: of, text }) =>
          tell({
            app: params.app,
            url: place.url,
            change: "departed",
            functions: [of],
            text: `run ${run} of ${of}: ${text}`,
            details: [],
          }),
      },
      place.watch.signal,
    );
    return [...counts].map(
      ([of, count]) =>
        `${of}: ${count === 1 ? "1 run" : `${count} runs`} under way, on this code from the next step on`,
    );
  }

  #isGone(place: Place): void {
    if (!place.isUp) return;
    place.isUp = false;
    const text = "does not answer; its runs wait, and go on when it is back";
    this.#parts.tell({ app: place.app!, url: place.url, change: "gone", functions: [], text, details: [] });
  }

  #isRefused(place: Place, text: string, app = place.app ?? "?"): void {
    if (place.refusal === text) return;
    place.refusal = text;
    this.#parts.tell({ app, url: place.url, change: "refused", functions: [], text, details: [] });
  }
}

interface Difference {
  readonly added: readonly { id: string }[];
  readonly changed: readonly { id: string }[];
  readonly removed: readonly { id: string }[];
}

/** `+1 function (refund), ~1 changed (onboarding), -1 removed (old)`, or nothing. */
function differenceOf({ added, changed, removed }: Difference): string {
  const part = (sign: string, word: string, functions: readonly { id: string }[]) =>
    functions.length === 0
      ? []
      : [`${sign}${functions.length} ${word} (${functions.map(({ id }) => id).join(", ")})`];
  return [
    ...part("+", "new", added),
    ...part("~", "changed", changed),
    ...part("-", "removed", removed),
  ].join(", ");
}

function listOf(functions: readonly string[]): string {
  const count = functions.length === 1 ? "1 function" : `${functions.length} functions`;
  return functions.length === 0 ? "no functions yet" : `${count}: ${functions.join(", ")}`;
}
