// A page that is linked is there, and so is the heading that a link names.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((page) => page !== "" && existsSync(join(root, page)));

const textOf = (page: string) => readFileSync(join(root, page), "utf8").replaceAll(/^```.*?^```/gms, "");

/** As GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function linksOf(page: string): string[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function isThere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith(".md") || anchorsOf(target).has(anchor);
}

test("every link of every page leads somewhere", () => {
  const dead = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })));
  expect(dead.length).toBeGreaterThan(100);
  expect(dead.filter(({ page, link }) => !isThere(page, link))).toEqual([]);
});

test.each(["docs/decisions", "docs/errors", "docs/guides"])(
  "every page of %s is linked from another",
  (folder) => {
    const linked = new Set(
      pages.flatMap((page) =>
        linksOf(page).map((link) => normalize(join(dirname(page), link.split("#")[0] ?? ""))),
      ),
    );
    const lonely = pages.filter(
      (page) => page.startsWith(folder) && !page.endsWith("README.md") && !linked.has(page),
    );
    expect(lonely).toEqual([]);
  },
);
