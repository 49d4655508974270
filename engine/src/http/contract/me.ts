import { z } from "@hono/zod-openapi";
import { KEY_SCOPES } from "../../auth/bearer-key.ts";
import { NOTHING, row } from "./row.ts";
import { AppName, EnvironmentName, orNull } from "./shapes.ts";

export const getMe = row({
  method: "get",
  path: "/v1/me",
  group: "keys",
  summary: "Who asks, as the engine sees it, and what it may do",
  action: "me.read",
  params: NOTHING,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      kind: z.enum(["admin", "dev", "api-key", "event-key"]).openapi({
        description:
          "`admin`: the admin token, or a browser that logged in with it. `dev`: whoever sits at the engine's own machine, in dev mode.",
      }),
      name: z.string().openapi({ description: "As the audit log writes it.", example: "api-key 7" }),
      scope: z.enum(KEY_SCOPES).openapi({
        description:
          "`read` changes nothing; `write` also works with runs; `admin` does all; `send` sends events.",
      }),
      workspace: orNull(
        z
          .object({ app: AppName, environment: EnvironmentName, production: z.boolean() })
          .openapi("MyWorkspace"),
        "The only one that a key reaches; null: all of them.",
      ),
      is_asked_twice: z.boolean().openapi({
        description: "A change in a workspace that is marked production is answered with 428 first.",
      }),
      mode: z.enum(["dev", "production"]).openapi({ description: "Of the engine." }),
      version: z.string().openapi({ description: "Of the engine." }),
    })
    .openapi("Me"),
  status: 200,
  problems: [],
});
