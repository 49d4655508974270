import type { Dispatcher } from "undici";
import { request } from "undici";
import type { SystemName } from "./works.ts";

/** What the load generator must know about a running system; crosses a process boundary, so plain data. */
export interface Target {
  readonly system: SystemName;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a client of this system starts a run and learns, durably, that it ended. */
export interface Driver {
  run(steps: number): Promise<void>;
  /** Sends one event per key and resolves when all of them are acknowledged. */
  send?(keys: readonly number[]): Promise<void>;
}

/** One request that is answered when the run has ended: an RPC door. */
function callAndWait(path: string): (target: Target, dispatcher: Dispatcher) => Driver {
  return ({ url, headers }, dispatcher) => ({
    run: async (steps) => {
      const answer = await post(`${url}${path}`, { steps }, headers, dispatcher);
      if (answer !== steps)
        throw new Error(`The run answered ${JSON.stringify(answer)} instead of ${steps}.`);
    },
  });
}

/** Longer than any run here takes. */
const WAIT_S = 60;

/** An event starts the run, and the same request waits for its end. */
function sendAndWait({ url, headers }: Target, dispatcher: Dispatcher): Driver {
  const events = `${url}/v1/events?app=bench&env=dev`;
  return {
    run: async (steps) => {
      const event = { name: "bench.count", data: { steps } };
      const answer = await post(`${events}&wait=${WAIT_S}`, event, headers, dispatcher);
      const [run] = (answer as { runs: { run: string; status: string; output: unknown }[] }).runs;
      if (run?.output !== steps) throw new Error(`The run ended so: ${JSON.stringify(run)}`);
    },
    send: async (keys) => {
      const batch = keys.map((key) => ({ name: "bench.event", data: { key } }));
      const accepted = (await post(events, batch, headers, dispatcher)) as { runs: unknown[] };
      if (accepted.runs.length !== keys.length) {
        throw new Error(`${keys.length} events started ${accepted.runs.length} runs.`);
      }
    },
  };
}

export const DRIVERS: Readonly<Record<SystemName, (target: Target, dispatcher: Dispatcher) => Driver>> = {
  durable: sendAndWait,
  restate: callAndWait("/bench/count"),
  dbos: callAndWait("/count"),
  bare: callAndWait("/count"),
};

function post(
  url: string,
  body: unknown,
  headers: Target["headers"],
  dispatcher: Dispatcher,
): Promise<unknown> {
  const all = { "content-type": "application/json", ...headers };
  return read(request(url, { method: "POST", headers: all, body: JSON.stringify(body), dispatcher }));
}

async function read(answer: Promise<Dispatcher.ResponseData>): Promise<unknown> {
  const { statusCode, body } = await answer;
  const text = await body.text();
  if (statusCode < 200 || statusCode > 299) throw new Error(`${statusCode}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
