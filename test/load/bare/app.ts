// The app of the bare hot path: replays the handler over the memo and answers with the first step that is not in it.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, bodyOf, type Dispatch, reply, sign } from "./wire.ts";

type Step = (name: string, body: () => Promise<unknown>) => Promise<unknown>;

async function count(steps: number, step: Step): Promise<number> {
  for (let i = 0; i < steps; i += 1) await step(`s${i}`, async () => ({ i }));
  return steps;
}

function turn({ steps, memo }: Dispatch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const step: Step = async (name, body) => {
      if (name in memo) return memo[name];
      resolve({ kind: "step", step: name, value: await body() });
      return await new Promise(() => {});
    };
    count(steps, step).then((value) => resolve({ kind: "end", value }), reject);
  });
}

const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  if (request.headers["signature"] !== sign(body)) return void response.writeHead(401).end();
  const answer = JSON.stringify(await turn(JSON.parse(body) as Dispatch));
  reply(response, answer, sign(answer));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
