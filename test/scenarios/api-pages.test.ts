// Pages: who is let in, what they may do in a browser, and what is served beside the API.
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../engine/src/http/contract/row.ts";
import { TABLE } from "../../engine/src/http/contract/table.ts";
import { ADMIN_TOKEN, startEngine } from "./api-engine.ts";

type Engine = Awaited<ReturnType<typeof startEngine>>;

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** As a browser goes to an address. */
async function browse(path: string, headers: Record<string, string> = {}) {
  const answer = await request(engine.url + path, { headers: { accept: "text/html,*/*;q=0.8", ...headers } });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    bytes: Buffer.from(await answer.body.bytes()),
  };
}

describe("the dashboard", () => {
  test("is one page for every address that a browser goes to and that is no route", async () => {
    for (const path of ["/", "/shop/dev/runs?q=status:failed", "/r/01a2", "/v1/dev"]) {
      const { status, headers, bytes } = await browse(path);
      expect([status, headers["content-type"], headers["cache-control"]]).toEqual([
        200,
        "text/html; charset=utf-8",
        "no-store",
      ]);
      expect(bytes.toString()).toContain('<div id="root">');
    }
  });

  test("lets nothing in that is not its own: a nonce of this answer alone, no inline script, no frame", async () => {
    const [one, other] = [await browse("/"), await browse("/")];
    const nonceOf = ({ headers }: typeof one) =>
      /style-src 'self' 'nonce-([^']{24})'/.exec(String(headers["content-security-policy"]))![1]!;
    expect(one.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'self'; style-src/,
    );
    expect(one.headers["content-security-policy"]).toContain("connect-src 'self'");
    expect(one.headers["x-frame-options"]).toBe("DENY");
    expect(nonceOf(one)).not.toBe(nonceOf(other));
    expect(one.bytes.toString()).toContain(`content="${nonceOf(one)}"`);
    expect(one.bytes.toString()).not.toMatch(/<script(?![^>]* src="\/assets\/)|https?:|<style| on\w+=/);
  });

  test("has files that are kept for ever, as small as the browser can read them", async () => {
    const script = /src="(\/assets\/[^"]+\.js)"/.exec((await browse("/")).bytes.toString())![1]!;
    const sizes: number[] = [];
    for (const accepted of ["gzip, br", "gzip", "identity"]) {
      const { status, headers, bytes } = await browse(script, { "accept-encoding": accepted });
      expect([status, headers["content-type"]]).toEqual([200, "text/javascript; charset=utf-8"]);
      expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      sizes.push(bytes.length);
    }
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBe(3);
  });

  test("is not given to programs that ask for what is not there, and no path reaches the disk", async () => {
    const asked = await engine.call("GET", "/shop/dev/runs");
    expect([asked.status, asked.json.code]).toEqual([404, "not-found"]);
    for (const path of [
      "/assets/none.js",
      "/assets/..%2fpackage.json",
      "/assets/..%2f..%2fpackage.json",
      "/assets/%2e%2e%2fmanifest.json",
      "/assets/built-from",
    ]) {
      const { status, json } = await engine.call("GET", path);
      expect([path, status, json?.code]).toEqual([path, 404, "not-found"]);
    }
  });
});

test("the API is described on a page of its own, whole, with nothing from elsewhere", async () => {
  const page = await engine.call("GET", "/api/docs");
  expect(page.status).toBe(200);
  for (const [name, { path }] of Object.entries<Row>(TABLE)) {
    expect(page.text).toContain(`id="${name}"`);
    expect(page.text).toContain(`<code>${path}</code>`);
  }
  expect(page.text).not.toMatch(/<script|https?:/);
});

test("pages without a script take no style and no frame in", async () => {
  for (const path of ["/api/docs", "/login"]) {
    const { headers, text } = await engine.call("GET", path);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'self'; /);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(text).not.toMatch(/ style=| on\w+=/);
  }
  expect((await engine.call("GET", "/page.css")).headers.get("content-type")).toBe("text/css; charset=utf-8");
  expect((await engine.call("GET", "/icon.svg")).status).toBe(200);
});

describe("in production", () => {
  let production: Engine;
  beforeAll(async () => {
    production = await startEngine({ mode: "production" });
  });
  afterAll(() => production.stop());

  async function visit(path: string, headers: Record<string, string> = {}, body?: string) {
    const answer = await request(production.url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        accept: "text/html",
        ...(body === undefined ? {} : { origin: production.url }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }
  const form = (members: Record<string, string>) => new URLSearchParams(members).toString();

  async function login(headers: Record<string, string> = {}): Promise<string> {
    const answer = await visit("/login", headers, form({ token: ADMIN_TOKEN, next: "/runs" }));
    expect([answer.status, answer.headers["location"]]).toEqual([303, "/runs"]);
    return String(answer.headers["set-cookie"]);
  }

  test("pages lead to the login, and show themselves to who has logged in, until they log out", async () => {
    const without = await visit("/");
    expect([without.status, without.headers["location"]]).toEqual([303, "/login?next=%2F"]);
    const wrong = await visit("/login", {}, form({ token: "wrong" }));
    expect([wrong.status, wrong.headers["set-cookie"]]).toEqual([401, undefined]);
    expect(wrong.text).toContain("not the admin token");
    const cookie = await login();
    expect(cookie).toMatch(/^durable-loopback=.*; HttpOnly; SameSite=Strict$/);
    const held = cookie.split(";")[0]!;
    expect((await visit("/", { cookie: held })).status).toBe(200);
    expect((await visit("/", { cookie: `${held}x` })).status).toBe(303);
    expect((await visit("/", { cookie: `durable-loopback=9999999999.${"A".repeat(43)}` })).status).toBe(303);
    const out = await visit("/logout", { cookie: held }, "");
    expect(out.headers["set-cookie"]).toMatch(/^durable-loopback=; .*Max-Age=0/);
  });

  test("elsewhere the cookie is one that browsers keep over https alone, and a plain one is not taken", async () => {
    const cookie = await login({ host: "durable.example.com", origin: "https://durable.example.com" });
    expect(cookie).toMatch(/^__Host-durable=.*; Path=\/; .*HttpOnly; SameSite=Strict; Secure$/);
    expect(cookie).not.toContain("Domain");
    const value = cookie.split(";")[0]!.split("=")[1];
    const host = "durable.example.com";
    expect((await visit("/", { host, cookie: `__Host-durable=${value}` })).status).toBe(200);
    expect((await visit("/", { host, cookie: `durable-loopback=${value}` })).status).toBe(303);
  });

  test("a form of another page logs nobody in, and leads nobody away", async () => {
    const body = form({ token: ADMIN_TOKEN });
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "same-site" },
    ])
      expect((await visit("/login", headers, body)).status).toBe(403);
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "x"])
      expect((await visit("/login", {}, form({ token: ADMIN_TOKEN, next }))).headers["location"]).toBe("/");
  });

  test("the cookie reads the API, and changes it from a page of this engine alone", async () => {
    const cookie = (await login()).split(";")[0]!;
    expect((await visit("/v1/apps", { cookie })).status).toBe(200);
    const change = (headers: Record<string, string>) =>
      visit(
        "/v1/apps/shop/live/keys",
        { cookie, "content-type": "application/json", ...headers },
        '{"scope":"send"}',
      );
    const page = { "durable-page": "1" };
    expect((await change({})).status).toBe(403);
    expect((await change({ ...page, origin: "http://localhost:3000" })).status).toBe(403);
    expect((await change({ ...page, "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await change({ ...page, "sec-fetch-site": "same-origin" })).status).toBe(201);
  });

  test("who guesses is slowed down", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 30; n++)
      statuses.push((await visit("/login", {}, form({ token: `guess ${n}` }))).status);
    expect(statuses.at(-1)).toBe(429);
    expect(production.logged.join("")).toContain("a login was refused");
    expect(production.logged.join("")).not.toContain("guess");
  });
});
