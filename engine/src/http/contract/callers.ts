import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AppName, Instant, Reason, WorkspacePath } from "./shapes.ts";

/** Of one workspace: every engine that works for it keeps them. */
export const CALLERS_MAX = 200;
const PATTERNS_MAX = 50;
const PATTERN = /^[A-Za-z0-9_.*-]{1,100}$/;

const Functions = z
  .array(
    z
      .string()
      .regex(
        PATTERN,
        "must be a function's id of 1 to 100 of A-Z a-z 0-9 _ . -, in which * stands for anything",
      ),
  )
  .min(1)
  .max(PATTERNS_MAX)
  .openapi({
    description: "Ids of functions of this app; `*` stands for any characters. Without it: all.",
    example: ["charge", "refund.*"],
  });

const Caller = z
  .object({
    app: z.string().openapi({ example: "shop" }),
    functions: Functions,
    created_at: Instant,
    created_by: z.string().openapi({ example: "api-key 7" }),
  })
  .openapi("Caller", {
    description: "An app whose functions may invoke functions of this one, in the same environment.",
  });

const path = "/v1/apps/{app}/{env}/callers";
const CallerPath = WorkspacePath.extend({ caller: AppName });
const of = { group: "apps", query: NOTHING, status: 200, problems: ["not-found"] } as const;

export const listCallers = row({
  ...of,
  method: "get",
  path,
  summary: "List the apps that may invoke functions of this one",
  action: "callers.read",
  params: WorkspacePath,
  body: null,
  answer: z.object({ callers: z.array(Caller) }).openapi("Callers"),
});

export const allowCaller = row({
  ...of,
  method: "put",
  path: `${path}/{caller}`,
  summary: "Allow another app of the same environment to invoke functions of this one",
  description: "It takes the place of what that app was allowed before. The app need not be there yet.",
  action: "callers.manage",
  params: CallerPath,
  body: jsonBody(
    z.strictObject({ functions: Functions.default(["*"]), reason: Reason }).openapi("CallerToAllow"),
    { required: false },
  ),
  answer: Caller,
});

export const removeCaller = row({
  ...of,
  method: "delete",
  path: `${path}/{caller}`,
  summary: "Let an app invoke no function of this one any more",
  description: "From the answer on it starts none. What it has started goes on, and tells it how it ended.",
  action: "callers.manage",
  params: CallerPath,
  body: null,
  answer: z.object({ app: z.string(), state: z.literal("removed") }).openapi("CallerRemoved"),
});
