// The catalogue of problems, its pages and the code that throws them say the same.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { PROBLEMS, Problem, type ProblemCode, problemBody } from "../../engine/src/domain/problems.ts";

const pages = fileURLToPath(new URL("../../docs/errors/", import.meta.url));
const sources = fileURLToPath(new URL("../../engine/src/", import.meta.url));
const codes = Object.keys(PROBLEMS) as ProblemCode[];

test("every code has a page, every page a code", () => {
  const named = readdirSync(pages)
    .filter((name) => name !== "README.md")
    .sort();
  expect(named).toEqual(codes.map((code) => `${code}.md`).sort());
});

test.each(codes)("the page of %s has its title, its status and what to do", (code) => {
  const page = readFileSync(`${pages}${code}.md`, "utf8");
  expect(page.startsWith(`# ${PROBLEMS[code].title}\n\n\`${code}\`, HTTP ${PROBLEMS[code].status}\n`)).toBe(
    true,
  );
  for (const part of ["What happened", "Why", "What to do"]) expect(page).toContain(`\n## ${part}\n\n`);
  expect(page.split("## What to do\n\n")[1]).toMatch(/^\* \S/);
});

test("the list of pages is complete and in order", () => {
  const rows = codes.map(
    (code) => `| ${PROBLEMS[code].status} | [${code}](${code}.md) | ${PROBLEMS[code].title} |`,
  );
  expect(readFileSync(`${pages}README.md`, "utf8")).toContain(rows.join("\n"));
});

test("every code is thrown somewhere, or comes from the strict reader of JSON", () => {
  const text = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter(
      (name) => name.endsWith(".ts") && !name.includes("domain/problems") && !name.includes("http/contract"),
    )
    .map((name) => readFileSync(sources + name, "utf8"))
    .join("\n");
  const reader = readFileSync(
    fileURLToPath(new URL("../../protocol/src/json-problem.ts", import.meta.url)),
    "utf8",
  );
  for (const code of codes) {
    const isUsed = text.includes(`"${code}"`) || reader.includes(`"${code}"`) || code === "not-found";
    expect(isUsed, `${code} is in the catalogue and nobody uses it`).toBe(true);
  }
});

test("every code of the strict reader is in the catalogue", () => {
  const reader = readFileSync(
    fileURLToPath(new URL("../../protocol/src/json-problem.ts", import.meta.url)),
    "utf8",
  );
  const union = reader.slice(
    reader.indexOf("JsonProblemCode ="),
    reader.indexOf(";", reader.indexOf("JsonProblemCode =")),
  );
  const named = [...union.matchAll(/"([a-z-]+)"/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(3);
  for (const code of named) expect(codes).toContain(code);
});

test("a fix is a sentence", () => {
  for (const code of codes) expect(PROBLEMS[code].fix, code).toMatch(/^[A-Z].+\.$/);
});

test("a title is a sentence without a full stop, a code is kebab-case", () => {
  for (const code of codes) {
    expect(PROBLEMS[code].title).toMatch(/^[A-Z][^.]+$/);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  }
});

test("the body is RFC 9457", () => {
  expect(problemBody(new Problem("not-found", "Nothing."), "1")).toEqual({
    type: "urn:durable:problem:not-found",
    title: "There is no such thing here",
    status: 404,
    detail: "Nothing.",
    code: "not-found",
    fix: "Check the app, the environment and the id.",
    requestId: "1",
    docs: "docs/errors/not-found.md",
  });
});
