import { expect } from "vitest";
import { APP_KEY, signedHeaders } from "../support/signed-headers.ts";
import { type Invoke, startApp } from "./api-app.ts";
import { type ApiAnswer, startEngine } from "./api-engine.ts";

type Work = (invoke: Invoke) => object | Promise<object>;

/** An engine, an app of one function that begins with `begin`, and the doors that the app finds while it works. */
export async function openDoors(options: Parameters<typeof startEngine>[0] = {}) {
  const engine = await startEngine(options);
  let work: Work;
  const app = await startApp({
    app: "shop",
    functions: [{ id: "long", triggers: [{ event: "begin" }] }],
    answer: (invoke) => work(invoke),
  });
  const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  expect(synced.status, synced.text).toBe(200);
  return {
    engine,
    /** What the app does from now on. */
    does(what: Work): void {
      work = what;
    },
    /** Sends what begins a run, and answers once it has ended, or at once. */
    begin: ({ isWaitedFor }: { readonly isWaitedFor: boolean }) =>
      engine.call("POST", `/v1/events?app=shop${isWaitedFor ? "&wait=20" : ""}`, { name: "begin" }),
    path: (run: string) => `/v1/apps/shop/dev/runs/${run}`,
    /** Knocks as the app does, signed. */
    knock(
      door: "checkpoint" | "memo" | "blob",
      message: object,
      run: string,
      key = APP_KEY,
    ): Promise<ApiAnswer> {
      const body = JSON.stringify(message);
      return engine.call("POST", `/v1/apps/shop/dev/runs/${run}/${door}`, body, signedHeaders(body, { key }));
    },
    async stop(): Promise<void> {
      await engine.stop();
      await app.stop();
    },
  };
}

export const codes = (answers: readonly ApiAnswer[]) =>
  answers.map(({ status, json }) => [status, json.code]);
