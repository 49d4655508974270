/** Of the app that every host serves. The conformance kit asks for it by this name. */
const APP = "conformance";
const PATH = `/v1/apps/${APP}/dev`;

/** What is asked of an engine here. */
export interface AskedEngine {
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
  readonly steps: readonly { readonly name: string; readonly op: string; readonly status: string }[];
}

/** From now on the engine calls the app there. */
export async function sync(engine: AskedEngine, url: string): Promise<void> {
  const { status, text } = await engine.call("POST", `${PATH}/sync`, { url });
  if (status !== 200) throw new Error(`The sync was answered ${status}: ${text}`);
}

/** @returns the id of the run that the event starts. */
export async function send(engine: AskedEngine, name: string, data: unknown): Promise<string> {
  const { status, text, json } = await engine.call("POST", `/v1/events?app=${APP}`, { name, data });
  const run: unknown = json?.runs?.[0]?.run;
  if (typeof run !== "string")
    throw new Error(`The event was answered ${status} and started no run: ${text}`);
  return run;
}

export async function show(engine: AskedEngine, run: string, waitS = 0): Promise<ShownRun> {
  return (await engine.call("GET", `${PATH}/runs/${run}?wait=${waitS}`)).json;
}

export async function query(engine: AskedEngine, run: string, name: string): Promise<unknown> {
  const { status, text, json } = await engine.call("POST", `${PATH}/runs/${run}/query/${name}`, {
    path: `${PATH}/runs/${run}/query/${name}`,
  });
  if (status !== 200) throw new Error(`The query was answered ${status}: ${text}`);
  return json.output;
}
