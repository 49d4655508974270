import type { Case } from "../../case.ts";
import { failed, goesOn, idOf, ok, pending, ran, settled } from "../words.ts";

const needs = ["parallel"] as const;
const two = [
  { do: "run", name: "a", returns: 1 },
  { do: "run", name: "b", returns: 2 },
  { do: "return", value: "$results" },
] as const;

export const tasks: readonly Case[] = [
  {
    id: "L1-task",
    level: 1,
    needs,
    says: "A task of one step runs that body and no other, and is answered with exactly its op.",
    program: two,
    exchanges: [
      { task: { kind: "step", step: idOf("a") }, answers: goesOn(ran("a", 1)), ran: { a: 1 } },
      {
        task: { kind: "step", step: idOf("b") },
        memo: [ok("a", 1)],
        answers: goesOn(ran("b", 2)),
        ran: { a: 1, b: 1 },
      },
    ],
  },
  {
    id: "L1-task-pending-sibling",
    level: 1,
    needs,
    says: "What is pending beside it is not run: its own task does that.",
    program: [
      { do: "run", name: "a", returns: 1, swallow: true },
      { do: "run", name: "b", returns: 2 },
    ],
    exchanges: [
      {
        task: { kind: "step", step: idOf("b") },
        memo: [pending("run", "a")],
        answers: { status: "step_not_found" },
        ran: {},
      },
    ],
  },
  {
    id: "L1-task-error",
    level: 1,
    needs,
    says: "A task fails like a step: its op says `err`, and its attempts are its own.",
    program: [
      {
        do: "run",
        name: "a",
        throws: { name: "CardError", message: "declined" },
        fails: 4,
        returns: "$attempt",
      },
    ],
    exchanges: [
      {
        task: { kind: "step", step: idOf("a") },
        answers: goesOn(failed("a", { name: "CardError", message: "declined" })),
      },
      { task: { kind: "step", step: idOf("a") }, attempts: { [idOf("a")]: 5 }, answers: goesOn(ran("a", 5)) },
    ],
  },
  {
    id: "L1-task-not-found",
    level: 1,
    needs,
    says: "A step that the code does not reach is `step_not_found`, and nothing runs.",
    program: two,
    exchanges: [
      {
        task: { kind: "step", step: idOf("nowhere") },
        memo: [ok("a", 1), ok("b", 2)],
        answers: { status: "step_not_found" },
        ran: {},
      },
    ],
  },
  {
    id: "L1-task-behind-pending",
    level: 1,
    needs,
    says: "Nor is a step that stands behind something pending.",
    program: [
      { do: "sleep", name: "nap", ms: 60_000 },
      { do: "run", name: "a", returns: 1 },
    ],
    exchanges: [
      {
        task: { kind: "step", step: idOf("a") },
        memo: [pending("sleep", "nap")],
        answers: { status: "step_not_found" },
        ran: {},
      },
      {
        task: { kind: "step", step: idOf("a") },
        memo: [settled("sleep", "nap")],
        answers: goesOn(ran("a", 1)),
        ran: { a: 1 },
      },
    ],
  },
  {
    id: "L1-task-new-before",
    level: 1,
    needs,
    says: "Nor is what is new and not its business: that is for the next `advance`.",
    program: [
      { do: "run", name: "new", returns: 1, swallow: true },
      { do: "run", name: "b", returns: 2 },
    ],
    exchanges: [{ task: { kind: "step", step: idOf("b") }, answers: { status: "step_not_found" }, ran: {} }],
  },
  {
    id: "L1-task-swallowed",
    level: 1,
    needs,
    says: "A catch that hides everything makes a task run nothing else.",
    program: [
      { do: "run", name: "a", returns: 1, swallow: true },
      { do: "run", name: "b", returns: 2, swallow: true },
    ],
    exchanges: [{ task: { kind: "step", step: idOf("a") }, answers: goesOn(ran("a", 1)), ran: { a: 1 } }],
  },
];
