import { z } from "@hono/zod-openapi";
import { FUNCTION_VERSIONS_MAX } from "../../registry/manifest-store.ts";
import { FunctionPath } from "./functions.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AppName, AsReceived, Circuit, EnvironmentName, Instant, Reason, WorkspacePath } from "./shapes.ts";

const SyncedFunction = z.object({
  id: z.string(),
  version: z.number().int(),
});

export const syncApp = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/sync",
  group: "apps",
  summary: "Learn an app's functions by asking its endpoint",
  description:
    "The engine calls the URL with a signed inspect request and believes only the signed answer. An app may ask for " +
    "it itself, signed, for the origin that an operator synced before.",
  action: "apps.sync",
  params: WorkspacePath,
  query: NOTHING,
  body: jsonBody(
    z
      .object({
        url: z.string().max(2_000).optional().openapi({
          description: "Where the app answers; the stored URL when it is missing.",
          example: "https://shop.example.com/api/durable",
        }),
        deployment: z.string().max(200).optional(),
      })
      .openapi("SyncRequest"),
  ),
  answer: z
    .object({
      app: AppName,
      environment: EnvironmentName,
      url: z.string(),
      sdk: z.string(),
      added: z.array(SyncedFunction),
      changed: z.array(SyncedFunction),
      removed: z.array(SyncedFunction),
      unchanged: z.array(SyncedFunction),
    })
    .openapi("SyncResult"),
  status: 200,
  problems: ["unsafe-url", "inspect-failed", "no-signing-secret"],
});

export const listApps = row({
  method: "get",
  path: "/v1/apps",
  group: "apps",
  summary: "List workspaces with their endpoints",
  description: "A key sees its own.",
  action: "apps.list",
  params: NOTHING,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      apps: z.array(
        z
          .object({
            app: AppName,
            environment: EnvironmentName,
            created_at: Instant,
            production: z
              .boolean()
              .openapi({ description: "People are asked twice before they change something." }),
            endpoint: z
              .object({
                url: z.string(),
                sdk: z.string(),
                capabilities: z.array(z.string()),
                max_duration_ms: z.number().int().nullable(),
                deployment: z.string().nullable(),
                synced_at: Instant,
                circuit: Circuit,
              })
              .nullable(),
          })
          .openapi("Workspace"),
      ),
    })
    .openapi("Workspaces"),
  status: 200,
  problems: [],
});

export const markWorkspace = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/mark",
  group: "apps",
  summary: "Mark a workspace production, or not",
  description:
    "In production each change by a person or an API key is answered with 428 and a token, and done when the same " +
    "request comes again with it. Environments called `prod` are marked when they are made.",
  action: "workspaces.mark",
  params: WorkspacePath,
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({
        production: z.boolean(),
        reason: Reason,
      })
      .openapi("WorkspaceMark"),
  ),
  answer: z
    .object({ app: AppName, environment: EnvironmentName, production: z.boolean() })
    .openapi("WorkspaceMarked"),
  status: 200,
  problems: ["not-found"],
});

const FUNCTION = {
  id: z.string(),
  version: z.number().int(),
  manifest: AsReceived.openapi({ description: "What the app declared: triggers, limits, retry policy." }),
  synced_at: Instant,
  removed_at: Instant.nullable().openapi({
    description: "The last sync no longer named it: its runs go on, no new ones start.",
  }),
};

export const listFunctions = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/functions",
  group: "apps",
  summary: "List a workspace's functions",
  action: "functions.read",
  params: WorkspacePath,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      functions: z.array(z.object(FUNCTION).openapi("Function")),
    })
    .openapi("Functions"),
  status: 200,
  problems: ["not-found"],
});

export const getFunction = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/functions/{fn}",
  group: "apps",
  summary: "One function, with its versions",
  description:
    "A version is made when a sync finds that what the app declares of it has changed. A run keeps the version it began with.",
  action: "functions.read",
  params: FunctionPath,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      ...FUNCTION,
      versions: z
        .array(
          z
            .object({
              version: z.number().int(),
              manifest: AsReceived,
              since: Instant.openapi({
                description: "When it was synced first; the one before it was current until then.",
              }),
            })
            .openapi("FunctionVersion"),
        )
        .openapi({ description: `The newest first; at most ${FUNCTION_VERSIONS_MAX}.` }),
    })
    .openapi("FunctionShown"),
  status: 200,
  problems: ["not-found"],
});
