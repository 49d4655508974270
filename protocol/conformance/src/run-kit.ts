import { parseSecretList } from "@durable/protocol/wire";
import { AppLine } from "./app/app-line.ts";
import { OTHER_SECRET } from "./app/sign-request.ts";
import { type StartedApp, startApp } from "./app/start-app.ts";
import { askManifest } from "./begin.ts";
import type { Case, Level } from "./case.ts";
import { cases } from "./cases/cases.ts";
import { CallbackServer } from "./engine/callback-server.ts";
import { declared, type Gaps, strangers } from "./gaps.ts";
import { play, resultIds } from "./play.ts";
import type { Report, Result } from "./result.ts";
import { forbidden } from "./tape.ts";

export interface KitOptions {
  readonly url: string;
  /** Several are separated by white space; the first signs. */
  readonly secret: string;
  /** Where the kit listens for the app's callbacks. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** A command that starts the app. */
  readonly start?: string;
  readonly canary?: string;
  readonly level?: Level;
  /** Ids, or their beginnings with a `*` at the end. All, when there is none. */
  readonly only?: readonly string[];
  readonly mutations?: boolean;
  readonly gaps?: Gaps;
  /** How long nothing may be heard of the app while it has a request. */
  readonly patienceMs?: number;
  readonly onBegin?: (found: Pick<Report, "sdk" | "capabilities">, count: number) => void;
  readonly onResult?: (result: Result) => void;
}

export const LISTEN_DEFAULT = { host: "127.0.0.1", port: 4499 } as const;

/** @throws Error with a sentence when nothing could be played. */
export async function runKit(options: KitOptions): Promise<Report> {
  const { secret, canary, gaps = {}, listen = LISTEN_DEFAULT, onResult } = options;
  const url = new URL(options.url);
  const secrets = [...secret.trim().split(/\s+/), OTHER_SECRET];
  const [key] = parseSecretList(secret);
  const startedAtMs = performance.now();
  const callbacks = new CallbackServer(key!);
  await callbacks.listen(listen.host, listen.port);
  let child: StartedApp | null = null;
  const start = (secrets: string) =>
    startApp(options.start!, url, { secret: secrets, engineUrl: callbacks.url, canary });
  try {
    if (options.start !== undefined) child = await start(secret);
    const app = new AppLine(url, key!, options.patienceMs);
    const manifest = await askManifest(app, url);
    const stage = {
      app,
      callbacks,
      manifest,
      isStarted: child !== null,
      forbidden: forbidden(canary, secrets),
    };
    const chosen = cases.filter((each) => isChosen(each, options));
    const found = { sdk: manifest.sdk, capabilities: manifest.capabilities };
    options.onBegin?.(found, chosen.length);
    const results: Result[] = [];
    const tell = (result: Result) => {
      onResult?.(result);
      results.push(result);
    };
    for (const each of chosen) {
      if (each.isLast && child !== null) {
        await child.stop();
        child = await start(each.isRotated ? `${OTHER_SECRET}\n ${secret}` : secret);
      }
      await play(each, stage, options, (result) => tell(declared(result, gaps)));
    }
    for (const result of strangers(gaps, new Set(resultIds(cases)))) tell(result);
    return {
      isPart: (options.only ?? []).length > 0,
      url: url.href,
      ...found,
      results,
      ms: Math.round(performance.now() - startedAtMs),
    };
  } finally {
    await child?.stop();
    await callbacks.close();
  }
}

function isChosen({ id, level }: Case, { level: highest = 2, only = [] }: KitOptions): boolean {
  if (level > highest) return false;
  if (only.length === 0) return true;
  return only.some((wanted) => (wanted.endsWith("*") ? id.startsWith(wanted.slice(0, -1)) : id === wanted));
}
