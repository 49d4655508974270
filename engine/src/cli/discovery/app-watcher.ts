import type { ApiClient } from "../../http/client.ts";
import { askApp } from "./ask-app.ts";
import { PATH } from "./places.ts";

const LOOK_EVERY_MS = 2_000;
/** A program that is no app is asked again only now and then: each question is a line in its log. */
const ASK_OTHERS_AGAIN_MS = 30_000;

export interface AppNews {
  readonly app: string;
  readonly url: string;
  readonly change: "found" | "changed" | "back" | "gone" | "refused";
  readonly functions: readonly string[];
  readonly text: string;
}

export interface AppWatcherParts {
  readonly api: Pick<ApiClient, "syncApp">;
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
  askAgainAtMs: number;
  refusal: string | null;
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
      askAgainAtMs: 0,
      refusal: null,
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
  }

  async #look(): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#lookAt(place)));
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  async #lookAt(place: Place): Promise<void> {
    if (performance.now() < place.askAgainAtMs) return;
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
  }

  async #sync(place: Place, { app, digest }: { app: string; digest: string }): Promise<void> {
    const { api, env, tell } = this.#parts;
    try {
      const synced = await api.syncApp({ params: { app, env }, body: { url: place.url } });
      const isKnown = place.app === app;
      Object.assign(place, { app, digest, isUp: true, refusal: null });
      const functions = [...synced.added, ...synced.changed, ...synced.unchanged].map(({ id }) => id).sort();
      const difference = differenceOf(synced);
      const change = !isKnown ? "found" : difference === "" ? "back" : "changed";
      tell({
        app,
        url: place.url,
        change,
        functions,
        text: isKnown ? difference || "is back" : listOf(functions),
      });
    } catch (error) {
      // Tried again at the next look; said once.
      this.#isRefused(place, error instanceof Error ? error.message : String(error), app);
    }
  }

  #isGone(place: Place): void {
    if (!place.isUp) return;
    place.isUp = false;
    const text = "does not answer; its runs wait, and go on when it is back";
    this.#parts.tell({ app: place.app!, url: place.url, change: "gone", functions: [], text });
  }

  #isRefused(place: Place, text: string, app = place.app ?? "?"): void {
    if (place.refusal === text) return;
    place.refusal = text;
    this.#parts.tell({ app, url: place.url, change: "refused", functions: [], text });
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
