// What the SDK exports says what it is: what goes in and out, in which unit, and what is thrown.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../../sdk-ts/src", import.meta.url));

test.each(["index.ts", "testing/index.ts"])("everything that %s exports has a docstring", (index) => {
  const lists = readFileSync(join(source, index), "utf8").matchAll(
    /^export (?:type )?\{([^}]*)\} from "([^"]+)";/gm,
  );
  const bare = [...lists].flatMap(([, names, file]) => {
    const text = readFileSync(join(source, dirname(index), file!), "utf8");
    return names!
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .filter((name) => !new RegExp(`\\*/\\n(?:// biome-ignore .*\\n)?export [a-z ]+ ${name}\\b`).test(text))
      .map((name) => `${file}: ${name}`);
  });
  expect(bare).toEqual([]);
});
