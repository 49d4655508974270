// The page of every sentence that a run can say, and the source that says them.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "../../engine/src/cli/check/parse.ts";
import { walk } from "../../sdk-ts/src/eslint/syntax.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/guides/errors.md`, "utf8");
const files = ["engine/src/", "engine/migrations/", "sdk-ts/src/", "sdk-php/src/"].flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|sql|php)$/.test(name) && !name.includes(".test."))
    .map((name) => ({ name: folder + name, text: readFileSync(root + folder + name, "utf8") })),
);
/** Texts that are written in pieces are one again. */
const source = files
  .map(({ text }) => text.replace(/["'`]\s*\+\s*["'`]/g, "").replaceAll("''", "'"))
  .join("\n");

const sections = new Set(
  [...page.matchAll(/^## ([A-Z]\w+(?:, \w+)*)$/gm)].flatMap((match) => match[1]!.split(", ")),
);
const sentences = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);

test.each(sentences)("%s", (sentence) => {
  for (const piece of sentence.split("…")) {
    if (piece.trim().length > 3) expect(source, "no source says this").toContain(piece.trim());
  }
});

/** What the SDK says when a step cannot do what the code asks: users meet each of these as the error of a run. */
test("every sentence of a NonRetriableError is on the page", () => {
  const said = files.flatMap(({ name, text }) =>
    name.startsWith("sdk-ts") && text.includes("new NonRetriableError(") ? thrownSentences(text) : [],
  );
  const missing = said.filter(
    (sentence) => !sentences.some((shown) => piecesOf(sentence).every((piece) => shown.includes(piece))),
  );
  expect(missing).toEqual([]);
  expect(said.length).toBeGreaterThan(40);
});

/** Whatever differs is `…`; what says nothing of its own is left out. */
function thrownSentences(text: string): string[] {
  const found: string[] = [];
  walk(parse("source.ts", text) as never, (node) => {
    if (node.type !== "NewExpression" || node["callee"].name !== "NonRetriableError") return;
    const [first] = node["arguments"];
    const sentence =
      first?.type === "TemplateLiteral"
        ? first.quasis.map(({ value }: { value: { cooked: string } }) => value.cooked).join("…")
        : first?.value;
    if (typeof sentence === "string" && piecesOf(sentence).length > 0) found.push(sentence);
  });
  return found;
}

function piecesOf(sentence: string): string[] {
  return sentence
    .split(/[…`]/)
    .map((piece) => piece.replace(/^[:"\s]+/, "").trim())
    .filter((piece) => piece.length > 8);
}

/** Names of failures that the engine makes, and of errors that the SDK throws into user code. */
test("every failure has a section", () => {
  const made = files.flatMap(({ name, text }) => [
    ...(/execution|runs\/|migrations/.test(name) && name.startsWith("engine")
      ? [
          ...text.matchAll(/pause\(\s*"(\w+)"/g),
          ...text.matchAll(/\bname: "([A-Z]\w+)"/g),
          ...text.matchAll(/"name":"([A-Z]\w+)"/g),
          ...text.matchAll(/child_failure\('(\w+)'/g),
        ]
      : []),
  ]);
  const names = new Set(made.map((match) => match[1]!));
  names.delete("Error"); // the app did not say which
  expect([...names].filter((name) => !sections.has(name))).toEqual([]);
  expect(names.size).toBeGreaterThan(8);
});

test("every section names something that is made", () => {
  for (const name of sections) expect(source).toMatch(new RegExp(`["']${name}["']`));
});
