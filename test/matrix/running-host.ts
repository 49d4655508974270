import { DEV_SECRET } from "@durable/protocol/wire";
import { freePort } from "../chaos/free-port.ts";
import { type Running, start } from "../frameworks/programs.ts";
import { waitFor } from "../support/wait.ts";
import type { Host } from "./host.ts";
import { writeHostFiles } from "./project.ts";

export interface RunningHost extends Running {
  /** Of the route. */
  readonly url: string;
}

/** Starts it and waits until its route answers; `engineUrl` is what it is told of the engine. */
export async function startHost(
  host: Host,
  folder: string,
  engineUrl: string,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningHost> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    // Of SvelteKit's server.
    HOST: "127.0.0.1",
    DURABLE_URL: engineUrl,
    // As in production, where being on the same machine is no reason to believe anybody.
    DURABLE_SECRET: DEV_SECRET,
    DURABLE_DEPLOYMENT: host.name,
    ...more,
  };
  const place = { folder, port, env };
  writeHostFiles(host, place);
  const running = start({ folder, env }, ...host.start(place));
  const url = `http://127.0.0.1:${port}/api/durable`;
  try {
    await Promise.race([
      waitFor(`an answer of ${host.title}`, () => serves(url), { everyMs: 20 }),
      running.alive,
    ]);
  } catch (error) {
    await running.stop();
    throw new Error(`${(error as Error).message}\nIt said:\n${running.said()}`, { cause: error });
  }
  return { ...running, url };
}

/** Acts while it runs, and stops it. What goes wrong is told together with what the app said. */
export async function whileHostRuns<Result>(
  host: Host,
  folder: string,
  engineUrl: string,
  act: (url: string) => Promise<Result>,
): Promise<Result> {
  const app = await startHost(host, folder, engineUrl);
  try {
    return await Promise.race([act(app.url), app.alive]);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe app said:\n${app.said()}`, { cause: error });
  } finally {
    await app.stop();
  }
}

/** Every adapter answers so to what is no POST. */
async function serves(url: string): Promise<boolean> {
  try {
    const { status, headers } = await fetch(url);
    return status === 405 && headers.get("allow") === "POST";
  } catch {
    return false;
  }
}
