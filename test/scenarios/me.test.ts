// Who asks, told to whoever asks: a page or a script knows what it may do before it tries.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN, asAdmin, startEngine } from "./api-engine.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const me = async (headers: Record<string, string> = {}) => engine.call("GET", "/v1/me", undefined, headers);
const keyOf = async (scope: string, app = "shop", env = "dev") => {
  const made = (await engine.call("POST", `/v1/apps/${app}/${env}/keys`, { scope })).json;
  return { id: made.id, key: made.key, headers: { authorization: `Bearer ${made.key}` } };
};

const OPERATOR = { scope: "admin", workspace: null, is_asked_twice: true, mode: "dev" };

test("whoever holds the engine reaches all of it", async () => {
  expect((await me()).json).toEqual({ kind: "dev", name: "dev", version: "0.1.0", ...OPERATOR });
  expect((await me(asAdmin)).json).toEqual({ kind: "admin", name: "admin", version: "0.1.0", ...OPERATOR });
});

test("a key is told its scope and its workspace, and not itself", async () => {
  for (const scope of ["read", "write", "admin"]) {
    const { id, key, headers } = await keyOf(scope);
    const { json, text } = await me(headers);
    expect(json).toEqual({
      kind: "api-key",
      name: `api-key ${id}`,
      scope,
      workspace: { app: "shop", environment: "dev", production: false },
      is_asked_twice: true,
      mode: "dev",
      version: "0.1.0",
    });
    expect(text).not.toContain(key);
    expect(text).not.toContain(ADMIN_TOKEN);
  }
  const sender = await keyOf("send");
  expect((await me(sender.headers)).json).toMatchObject({
    kind: "event-key",
    scope: "send",
    is_asked_twice: false,
  });
});

test("that its workspace is marked production is told", async () => {
  const { headers } = await keyOf("read", "till");
  expect((await me(headers)).json.workspace.production).toBe(false);
  await engine.call("POST", "/v1/apps/till/dev/mark", { production: true });
  expect((await me(headers)).json.workspace).toEqual({ app: "till", environment: "dev", production: true });
});

test("who is nobody is told so", async () => {
  const refused = await me({ authorization: "Bearer dk_nonsense" });
  expect([refused.status, refused.json.code]).toEqual([401, "unauthenticated"]);
});
