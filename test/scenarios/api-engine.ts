import { Writable } from "node:stream";
import { terminalLog } from "../../engine/src/cli/log.ts";
import { createEngine, type EngineConfig } from "../../engine/src/engine.ts";
import { ENGINE_IN_PROCESS } from "../support/engine-config.ts";
import { createDatabase } from "../support/postgres.ts";

export { ENCRYPTION_KEY } from "../support/engine-config.ts";

export const ADMIN_TOKEN = "test-admin-token-of-more-than-32-characters";

export interface ApiAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  readonly json: any;
}

/** A whole engine on a database of its own, and a client that hides nothing. */
export async function startEngine(options: Partial<EngineConfig> = {}) {
  const database = await createDatabase();
  const logged: string[] = [];
  const lines = new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      logged.push(line);
      done();
    },
  });
  const engine = createEngine({
    ...ENGINE_IN_PROCESS,
    database: { options: database.address },
    adminToken: ADMIN_TOKEN,
    log: terminalLog({ DURABLE_LOG: "debug" }, lines),
    ...options,
  });
  const { port } = await engine.start();
  const url = `http://127.0.0.1:${port}`;

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined
        ? {}
        : {
            body:
              typeof body === "string" || body instanceof Uint8Array
                ? (body as string)
                : JSON.stringify(body),
          }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  }

  return {
    port,
    url,
    database,
    logged,
    call,
    stop: async () => {
      await engine.stop();
      await database.drop();
    },
  };
}

export const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` };
