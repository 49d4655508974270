import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { DEV_SECRET, parseSecret, replyKeyOf, sign } from "@durable/protocol/wire";

export interface AppFunction {
  readonly id: string;
  readonly triggers: readonly { readonly event: string }[];
  readonly rev?: string;
  readonly input?: unknown;
}

/** What the app says to an invoke: the members of a signed answer beside the fence. */
export type Answers = (invoke: Invoke) => object | Promise<object>;

export interface Invoke {
  readonly fn: string;
  readonly run: { readonly id: string };
  readonly task: { readonly fence: string };
  readonly input: { readonly event: { readonly id: string; readonly name: string; readonly data: unknown } };
  readonly memo: readonly { readonly id: string; readonly st: string; readonly v?: unknown }[];
}

/** A Durable app of twenty lines, so that these tests hang on no SDK. */
export async function startApp(options: {
  app: string;
  functions: AppFunction[];
  answer?: Answers;
  secret?: string;
}) {
  const app = { ...options, calls: [] as Invoke[] };
  const server = createServer(async (request, response) => {
    const message = JSON.parse(await textOf(request)) as { type: string } & Invoke;
    let answer: object;
    if (message.type === "inspect") {
      answer = {
        protocol: { min: 1, max: 1 },
        app: app.app,
        sdk: "test/1",
        capabilities: [],
        max_duration_ms: 30_000,
        manifest: `sha256:${"0".repeat(64)}`,
        functions: app.functions,
      };
    } else {
      app.calls.push(message);
      answer = {
        fence: message.task.fence,
        ...((await app.answer?.(message)) ?? { status: "done", output: message.input.event.data }),
      };
    }
    const body = JSON.stringify(answer);
    const id = String(request.headers["webhook-id"]);
    const timestamp = String(request.headers["webhook-timestamp"]);
    const key = replyKeyOf(parseSecret(app.secret ?? DEV_SECRET));
    response.writeHead(200, {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": sign(key, id, Number(timestamp), body),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(app, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text;
}
