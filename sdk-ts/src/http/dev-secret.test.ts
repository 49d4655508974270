// Who is answered by an app that has no secret of its own: the engine on this machine, and nobody else.
import { DEV_SECRET } from "@durable/protocol/wire";
import { afterEach, expect, test, vi } from "vitest";
import { createRoute } from "./route.ts";
import { signed } from "./signed-sample.ts";

afterEach(() => vi.unstubAllEnvs());

async function asked(head: Readonly<Record<string, string>>, remoteAddress?: string): Promise<number> {
  vi.stubEnv("DURABLE_SECRET", undefined);
  vi.stubEnv("DURABLE_URL", undefined);
  vi.stubEnv("NODE_ENV", "development");
  const body = JSON.stringify({ type: "inspect", app: "shop" });
  const headers: Readonly<Record<string, string>> = {
    host: "localhost:3000",
    ...signed(body, { secret: DEV_SECRET }),
    ...head,
  };
  const route = createRoute({ app: "shop", functions: [] });
  const answer = await route({ method: "POST", header: (name) => headers[name], body, remoteAddress });
  return answer.status;
}

test.each([
  ["the engine beside it", {}, "127.0.0.1"],
  ["where nobody says who is connected", {}, undefined],
  [
    "through a development server, which says that it came from here",
    { "x-forwarded-for": "::1, ::ffff:127.0.0.1" },
    "::1",
  ],
])("%s is answered", async (_, head, address) => {
  expect(await asked(head, address)).toBe(200);
});

test.each([
  ["of another machine", {}, "10.0.0.7"],
  ["to another name", { host: "app.example.com" }, "127.0.0.1"],
  ["that a proxy on this machine passes on", { "x-forwarded-for": "127.0.0.1, 203.0.113.9" }, "127.0.0.1"],
  ["that a proxy passes on by another header", { forwarded: "for=203.0.113.9" }, "127.0.0.1"],
  ["that a gateway passes on", { via: "1.1 gateway" }, "127.0.0.1"],
])("a request %s is not", async (_, head, address) => {
  expect(await asked(head, address)).toBe(401);
});
