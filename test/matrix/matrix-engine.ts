import { APP } from "./app/app-name.ts";

/** What is asked of an engine here. */
export interface MatrixEngine {
  readonly url: string;
  call(
    method: string,
    path: string,
    body?: unknown,
    // biome-ignore lint/suspicious/noExplicitAny: whoever asks says what it expects
  ): Promise<{ readonly status: number; readonly text: string; readonly json: any }>;
}

/** What is read of a run. */
export interface ShownRun {
  readonly status: string;
  readonly why: string;
  readonly output: unknown;
  readonly state?: unknown;
  readonly failure?: { readonly name: string; readonly message: string } | null;
  readonly steps: readonly {
    readonly name: string;
    readonly op: string;
    readonly status: string;
    readonly deployment?: string | null;
  }[];
}

const PATH = `/v1/apps/${APP}/dev`;

/** From now on the engine calls the app there. */
export async function sync(engine: MatrixEngine, url: string): Promise<void> {
  const { status, text } = await engine.call("POST", `${PATH}/sync`, { url });
  if (status !== 200) throw new Error(`The sync was answered ${status}: ${text}`);
}

/** @returns the id of the run that the event starts. */
export async function send(engine: MatrixEngine, name: string, data: unknown): Promise<string> {
  const { status, text, json } = await engine.call("POST", `/v1/events?app=${APP}`, { name, data });
  const run: unknown = json?.runs?.[0]?.run;
  if (typeof run !== "string")
    throw new Error(`The event was answered ${status} and started no run: ${text}`);
  return run;
}

export async function show(engine: MatrixEngine, run: string, waitS = 0): Promise<ShownRun> {
  return (await engine.call("GET", `${PATH}/runs/${run}?wait=${waitS}`)).json;
}
