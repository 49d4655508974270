// Profiles of the command line, on a real file and against two real engines.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text as allOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { writeProfiles } from "../../engine/src/cli/profiles/profile-file.ts";
import { runCommand, saidBy } from "../support/command-line.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { ADMIN_TOKEN, startEngine } from "./api-engine.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));

let near: Awaited<ReturnType<typeof startEngine>>;
let far: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  [near, far] = await Promise.all([
    startEngine(),
    startEngine({ mode: "production", encryptionKeys: [Buffer.alloc(32, "f")] }),
  ]);
  for (const [engine, env] of [
    [near, "dev"],
    [far, "prod"],
  ] as const) {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const path = `/v1/apps/shop/${env}/signing-secrets`;
    const { confirm } = (await engine.call("POST", path, {}, headers)).json;
    if (confirm !== undefined)
      await engine.call("POST", path, {}, { ...headers, "durable-confirm": confirm });
  }
});
afterAll(async () => {
  await near.stop();
  await far.stop();
});

let home: string;
let file: string;
beforeEach(() => {
  home = tempFolder("profiles");
  file = join(home, "durable", "profiles.json");
});

const at = (more: Record<string, string> = {}) => ({ XDG_CONFIG_HOME: home, ...more });

/** As `profiles add` keeps it. */
function keepFar(): void {
  const profile = { url: far.url, app: "shop", env: "prod", token: ADMIN_TOKEN, production: true };
  writeProfiles(at(), { used: null, profiles: { far: profile } });
}

/** With a token on stdin, as a person would. */
async function addFar() {
  const args = ["profiles", "add", "far", "--url", far.url, "--app", "shop", "--env", "prod", "--with-token"];
  const child = spawn(process.execPath, [DURABLE, ...args], {
    env: { PATH: process.env["PATH"], ...at() },
  });
  child.stdin.end(`${ADMIN_TOKEN}\n`);
  const [out, err, [code]] = await Promise.all([
    allOf(child.stdout),
    allOf(child.stderr),
    once(child, "close"),
  ]);
  return { code, out, err };
}

test("a profile is kept for its owner alone, and its token printed nowhere", async () => {
  const added = await addFar();
  expect(added).toMatchObject({ code: 0, err: "", out: expect.stringContaining("as production") });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, "durable")).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(file, "utf8")).profiles.far.token).toBe(ADMIN_TOKEN);
  const listed = await saidBy(["profiles", "ls"], at());
  const asJson = await saidBy(["profiles", "ls", "--json"], at());
  expect(JSON.parse(asJson).profiles).toEqual([
    { name: "far", used: false, url: far.url, app: "shop", env: "prod", production: true, has_token: true },
  ]);
  expect(added.out + listed + asJson).not.toContain(ADMIN_TOKEN);
});

test("--profile leads to its engine with its key, and production is said in red on stderr", async () => {
  keepFar();
  // What the environment says is of another engine.
  const environment = at({
    DURABLE_URL: near.url,
    DURABLE_ADMIN_TOKEN: "of another engine",
    FORCE_COLOR: "1",
  });
  const shown = await runCommand(["runs", "ls", "--json", "--profile", "far"], environment);
  expect(shown).toMatchObject({ code: 0, out: '{"runs":[],"next":null}\n' });
  expect(shown.err).toBe(
    `\u001b[31m\u001b[1mPRODUCTION\u001b[22m  profile far: shop/prod at ${far.url}\u001b[39m\n`,
  );
  const without = await runCommand(["runs", "ls", "--profile", "far"], at());
  expect(without.err).toMatch(/^PRODUCTION {2}profile far/);
});

test("DURABLE_PROFILE goes before the one in use, and one variable before both", async () => {
  keepFar();
  await saidBy(["profiles", "add", "near", "--url", near.url, "--app", "shop"], at());
  await saidBy(["profiles", "use", "near"], at());
  const workspaces = async (environment: Record<string, string>, ...flags: string[]) =>
    JSON.parse(await saidBy(["workspaces", "ls", "--json", ...flags], at(environment))).apps.map(
      (one: { environment: string }) => one.environment,
    );
  expect(await workspaces({})).toEqual(["dev"]);
  expect(await workspaces({ DURABLE_PROFILE: "far" })).toEqual(["prod"]);
  expect(await workspaces({ DURABLE_PROFILE: "far", DURABLE_URL: near.url })).toEqual(["dev"]);
  expect(await workspaces({ DURABLE_PROFILE: "far" }, "--url", near.url)).toEqual(["dev"]);
  expect(await workspaces({ DURABLE_PROFILE: "near" }, "--profile", "far")).toEqual(["prod"]);
  await saidBy(["profiles", "use", "--none"], at());
  const nowhere = await runCommand(["workspaces", "ls"], at({ DURABLE_PORT: "1" }));
  expect(nowhere).toMatchObject({ code: 3, err: expect.stringContaining("localhost:1") });
});

test("what is wrong is told in a sentence, without what stands in the file", async () => {
  keepFar();
  const unknown = await runCommand(["runs", "ls", "--profile", "fer"], at());
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('"fer"; there are far') });
  chmodSync(file, 0o644);
  expect(await runCommand(["runs", "ls"], at())).toMatchObject({
    code: 2,
    err: expect.stringContaining(`chmod 600 ${file}`),
  });
  chmodSync(file, 0o600);
  writeFileSync(file, `{"profiles": ["${ADMIN_TOKEN}"`);
  const broken = await runCommand(["profiles"], at());
  expect(broken).toMatchObject({ code: 2, err: expect.stringContaining("mend it, or delete it") });
  expect(broken.err).not.toContain(ADMIN_TOKEN);
});

test("a forgotten profile is gone, also where it was in use", async () => {
  keepFar();
  await saidBy(["profiles", "use", "far"], at());
  await saidBy(["profiles", "rm", "far"], at());
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ used: null, profiles: {} });
  expect((await runCommand(["profiles", "rm", "far"], at())).err).toContain("there is none yet");
});
