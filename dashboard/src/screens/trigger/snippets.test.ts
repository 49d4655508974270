import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { LANGUAGE, type Start } from "./snippets.ts";

const START: Start = {
  origin: "http://localhost:4400",
  app: "shop",
  env: "dev",
  fn: "send mail",
  json: `{\n  "text": "it's $HOME \`x\` \\\\"\n}`,
};

test("what a shell makes of the curl is the data as it was", () => {
  const script = LANGUAGE.curl.of(START).replace(/^curl/, "printf '%s\\n'");
  const lines = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
  expect(lines).toContain(`{"data":${START.json}}`);
  expect(lines).toContain("http://localhost:4400/v1/apps/shop/dev/functions/send%20mail/trigger");
});

test("the data stands in TypeScript and PHP as JSON", () => {
  expect(LANGUAGE.typescript.of(START)).toContain(`durable.start("send mail", ${START.json})`);
  expect(LANGUAGE.php.of(START)).toContain(`<<<'JSON'\n${START.json}\nJSON;`);
});
