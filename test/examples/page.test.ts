// The page that shows both shops shows their files as they are. `--update` writes them into it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = join(root, "docs/guides/side-by-side.md");

test("every block of the page that names a file is that file", async () => {
  const page = readFileSync(PAGE, "utf8");
  const blocks = /^```(ts|php) from=(\S+)\n[\s\S]*?^```$/gm;
  expect([...page.matchAll(blocks)].length).toBeGreaterThan(9);
  const copied = page.replaceAll(
    blocks,
    (_, language: string, file: string) =>
      `\`\`\`${language} from=${file}\n${readFileSync(join(root, file), "utf8")}\`\`\``,
  );
  await expect(copied).toMatchFileSnapshot(PAGE);
});
