// What tests use of the kit.

export { CannotBegin } from "./begin.ts";
export { type Case, type DrivenCase, isDriven, type ScriptedCase } from "./case.ts";
export { cases } from "./cases/cases.ts";
export { ran } from "./cases/words.ts";
export { type Gaps, readGaps } from "./gaps.ts";
export { mismatches } from "./match.ts";
export type { Program, Statement } from "./program.ts";
export { countOf, levelOf, type Report, type Result, type Status } from "./result.ts";
export { type KitOptions, runKit } from "./run-kit.ts";
