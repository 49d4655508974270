// The adapters that only hand a request on, with what their frameworks hand them.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { createFunction } from "../function.ts";
import { invoke, isSignedAnswer, SECRET, signed } from "../http/signed-sample.ts";
import { servePages } from "./next.ts";
import { serve as serveSvelteKit } from "./sveltekit.ts";

const echo = createFunction({ id: "echo", handler: ({ event }) => event.data });
const options = { app: "shop", functions: [echo], secret: SECRET };

let server: Server | undefined;
afterAll(() => new Promise((resolve) => server?.close(resolve)));

test("SvelteKit's event is its request", async () => {
  const body = invoke("echo", "世界");
  const request = new Request("http://localhost/api/durable", {
    method: "POST",
    headers: signed(body),
    body,
  });
  const response = await serveSvelteKit(options)({ request });
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ status: "done", output: "世界" });
  expect(isSignedAnswer((name) => response.headers.get(name), text)).toBe(true);
});

test("Next's pages router: the raw body, or what to do when Next has parsed it", async () => {
  const handler = servePages(options);
  server = createServer((request, response) => {
    const parsed = request.headers["x-parsed"];
    void handler(parsed === undefined ? request : Object.assign(request, { body: { parsed } }), response);
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`;
  const body = invoke("echo", "世界");
  const raw = await fetch(url, { method: "POST", headers: signed(body), body });
  expect(await raw.json()).toMatchObject({ status: "done", output: "世界" });
  const lost = await fetch(url, { method: "POST", headers: { ...signed(body), "x-parsed": "1" }, body });
  expect(await lost.json()).toMatchObject({
    code: "raw-body-lost",
    detail: expect.stringContaining("export const config = { api: { bodyParser: false } }"),
  });
});
