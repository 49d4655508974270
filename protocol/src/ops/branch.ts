import * as z from "zod";
import { BRANCH_CASE_CHARACTERS_MAX, BRANCH_CASES_MAX } from "../limits.ts";
import { stepIdentity } from "./identity.ts";

const caseSchema = z.string().min(1).max(BRANCH_CASE_CHARACTERS_MAX);

export const branchOpSchema = z.object({
  op: z.literal("branch"),
  ...stepIdentity,
  taken: caseSchema.nullable(),
  cases: z.array(caseSchema).min(1).max(BRANCH_CASES_MAX),
});
