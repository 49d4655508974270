import { fileURLToPath } from "node:url";
import { freePortFrom } from "./children/free-port.ts";
import { Part, type PartOptions } from "./children/part.ts";
import type { Options } from "./options.ts";

// The two processes of the demo: the engine, and the app that it calls.

type Hearing = Pick<PartOptions, "onErrorLine" | "onChange"> & { readonly onNews: (line: string) => void };

export interface AppPlace {
  readonly port: number;
  readonly url: string;
}

/** Beside the engine's port, so that both are easy to remember. */
export async function findAppPlace({ port }: Options): Promise<AppPlace> {
  const found = await freePortFrom((port === 0 ? 4400 : port) + 10);
  return { port: found, url: `http://localhost:${found}/api/durable` };
}

export function engineRunner(
  options: Options,
  app: AppPlace,
  { onNews, ...hearing }: Hearing,
  ready: (url: string) => void,
): Part {
  return new Part({
    ...hearing,
    name: "engine",
    file: fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url)),
    args: ["dev", "--json", "--app", app.url],
    environment: { ...process.env, DURABLE_ENV: "dev", DURABLE_DATA_DIR: options.dataDir },
    healthUrl: `http://127.0.0.1:${options.port}/healthz`,
    isReady(line) {
      const said = JSON.parse(line) as { at?: string; url?: string };
      if (said.at !== "ready") return false;
      ready(said.url!);
      return true;
    },
    onLine(line) {
      const news = JSON.parse(line) as { app: string; url: string; change: string; text: string };
      // The app's own comings and goings are told by its process; here only what others bring.
      if (news.change === "changed" || news.url !== app.url)
        onNews(`app ${news.app} at ${news.url}: ${news.text}`);
    },
  });
}

export function appRunner(options: Options, app: AppPlace, { onNews, ...hearing }: Hearing): Part {
  const { DURABLE_SECRET: _ours, ...environment } = process.env;
  return new Part({
    ...hearing,
    name: "app",
    file: fileURLToPath(new URL("app/main.ts", import.meta.url)),
    // Said outright: a shell with NODE_ENV=production would otherwise turn the development secret off.
    environment: {
      ...environment,
      DURABLE_DEV: "1",
      PORT: String(app.port),
      DEMO_LEDGER: options.ledgerFile,
    },
    healthUrl: `http://127.0.0.1:${app.port}/`,
    isReady: (line) => line.startsWith("The demo app (process"),
    onLine: onNews,
  });
}
