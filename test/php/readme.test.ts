// The PHP of the SDK's README and of the guide, from the pages themselves.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { PhpServer, phpVersion } from "./php.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The blocks of a page that are marked with a file, as files of a project that Composer has installed. */
function projectOf(page: string): string {
  const folder = tempFolder("php-page");
  const files = new Map<string, string>();
  const blocks = readFileSync(join(ROOT, page), "utf8").matchAll(/^```php file=(\S+)\n([\s\S]*?)^```$/gm);
  for (const [, file, block] of blocks)
    files.set(file!, [files.get(file!), block].filter(Boolean).join("\n"));
  files.set("vendor/autoload.php", `<?php require ${JSON.stringify(join(ROOT, "sdk-php/autoload.php"))};\n`);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

async function serve(kit: TestKit, app: string, script: string): Promise<PhpServer> {
  const php = await PhpServer.serving(script, { DURABLE_URL: kit.url });
  const synced = await fetch(`${kit.url}/v1/apps/${app}/dev/sync`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url: php.url }),
  });
  expect(synced.status, await synced.text()).toBe(200);
  return php;
}

describe.skipIf(phpVersion === null)("the README", () => {
  let kit: TestKit;
  let php: PhpServer;
  const folder = phpVersion === null ? "" : projectOf("sdk-php/README.md");
  beforeAll(async () => {
    kit = await openKit({ app: "shop", functions: [] });
    php = await serve(kit, "shop", join(folder, "index.php"));
  });
  afterAll(async () => php?.stop());

  test("its five minutes come to an end", async () => {
    const { runs } = await kit.send({ name: "user.created", data: { id: 1 } });
    await kit.advance("2d");
    await kit.send({ name: "approval.received", data: { userId: 1 } });
    expect(await runs[0]!.ended()).toMatchObject({ status: "completed", output: { approved: true } });
  });

  test("its tester, handler and client do what they say", () => {
    const [index, handler, client, tester] = ["index", "framework", "client", "test"].map((file) =>
      readFileSync(join(folder, `${file}.php`), "utf8").replace("<?php", ""),
    );
    const functions = index!.replace(/Durable::serve[\s\S]*/, "");
    const script = `<?php ini_set('zend.assertions', '1');${functions}
      ${tester}
      ${handler}
      assert($response->status === 401);
      ${client!.replace("new Client(app: 'shop')", "new Client(app: 'shop', transport: $engine = new \\Durable\\Testing\\FakeTransport())")}
      assert(count($engine->requests) === 2);
      echo 'good';`;
    writeFileSync(join(folder, "all.php"), script.replace("declare(strict_types=1);", ""));
    const { stdout, stderr } = spawnSync("php", ["-d", "zend.assertions=1", join(folder, "all.php")], {
      encoding: "utf8",
    });
    expect(stdout + stderr).toMatch(/good$/);
  });
});

describe.skipIf(phpVersion === null)("the guide", () => {
  let kit: TestKit;
  let php: PhpServer;
  beforeAll(async () => {
    kit = await openKit({ app: "guide", functions: [] });
    php = await serve(kit, "guide", join(projectOf("docs/guides/php.md"), "guide.php"));
  });
  afterAll(async () => php?.stop());

  test("a function", async () => {
    const { runs } = await kit.send({ name: "report.requested", data: { by: "ann" } });
    const { output } = await runs[0]!.ended();
    expect(output).toMatchObject({ by: "ann", run: runs[0]!.id });
  });

  test("typed data", async () => {
    const { runs } = await kit.send({ name: "order.placed", data: { id: 7, to: "Bern" } });
    expect(await runs[0]!.ended()).toMatchObject({ output: "7 to Bern" });
    expect((await kit.send({ name: "order.placed", data: { id: "x" } })).runs).toEqual([]);
  });

  test("steps, retries and undoing", async () => {
    const good = await kit.start("booking", { broke: false });
    expect(await good.ended()).toMatchObject({ status: "completed", output: "paid" });
    const bad = await kit.start("booking", { broke: true });
    expect(await bad.ended()).toMatchObject({ status: "failed", failure: { message: "no money" } });
    expect((await bad.steps()).map(({ op, name }) => `${op} ${name}`)).toContain("compensate hotel");
  });

  test("branches and loops", async () => {
    const run = await kit.start("both");
    expect((await run.ended()).output).toEqual({ all: { a: 1, b: 2 }, first: "fast", squares: [1, 4, 9] });
  });

  test("waiting for the world", async () => {
    const run = await kit.start("approval", { id: 7 });
    await kit.settled();
    await kit.send({ name: "order.paid", data: { id: 7 } });
    await kit.advance("1h");
    await run.approve("sign");
    expect((await run.ended()).output).toEqual({ which: "paid", signed: true });
  });
});
