// Cases are data that nobody runs through a compiler's eyes: what holds for all of them.
import { readFileSync } from "node:fs";
import { answerSchema, invokeRequestSchema } from "@durable/protocol";
import { expect, test } from "vitest";
import { type Case, isDriven, type ScriptedCase } from "../case.ts";
import { invokeMessage } from "../engine/invoke-message.ts";
import type { Program } from "../program.ts";
import { cases } from "./cases.ts";

const scripted = cases.filter((each): each is ScriptedCase => !isDriven(each));

test("ids are unique, and begin with their level", () => {
  const ids = cases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(cases.filter(({ id, level }) => !new RegExp(`^L${level}-[a-z0-9-]+$`).test(id))).toEqual([]);
});

test("each says its promise in a sentence", () => {
  expect(cases.filter(({ says }) => !/^[A-Z`{"0-9].*\.$/s.test(says)).map(({ id }) => id)).toEqual([]);
});

test("there are as many of each level as make one", () => {
  const count = (level: number) => cases.filter((each) => each.level === level).length;
  expect([count(0) >= 35, count(1) >= 20, count(2) >= 25]).toEqual([true, true, true]);
});

test("every request expects something", () => {
  const idle = scripted.filter(({ exchanges }) =>
    exchanges.some(({ answers, refused }) => (answers === undefined) === (refused === undefined)),
  );
  expect(idle.map(({ id }) => id)).toEqual([]);
});

test("memos and attempts that are sent fit the schema of an invoke", () => {
  for (const { id, exchanges } of scripted) {
    for (const { memo = [], attempts = {}, memo_next = null } of exchanges) {
      if (JSON.stringify(memo).includes('"$bound"')) continue;
      const event = { id: "e", name: "e", data: null, time: "2026-10-21T09:00:00.000Z" };
      const message = { ...invokeMessage("run", event), memo, attempts, memo_next };
      expect(invokeRequestSchema.safeParse(message).error, id).toBeUndefined();
    }
  }
});

test("what a transcript answers is an answer", () => {
  const transcripts = scripted.filter(({ isTranscript }) => isTranscript);
  expect(transcripts.length).toBeGreaterThan(10);
  for (const { id, exchanges } of transcripts) {
    for (const { answers } of exchanges) {
      expect(answerSchema.safeParse({ fence: "f", ...(answers as object) }).error, id).toBeUndefined();
    }
  }
});

test("PROGRAM.md tells of every statement that a case uses", () => {
  const page = readFileSync(new URL("../../PROGRAM.md", import.meta.url), "utf8");
  const used = new Set(cases.flatMap((each: Case) => statementsOf(each.program ?? [])));
  used.delete("no such statement");
  expect([...used].filter((name) => !page.includes(`{"do":"${name}"`))).toEqual([]);
  expect(used.size).toBeGreaterThan(12);
});

function statementsOf(program: Program): string[] {
  return program.flatMap((statement) => [
    statement.do,
    ...("body" in statement ? statementsOf(statement.body) : []),
    ...("branches" in statement ? statement.branches.flatMap(statementsOf) : []),
  ]);
}
