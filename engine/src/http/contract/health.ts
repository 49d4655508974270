import { z } from "@hono/zod-openapi";
import { NOTHING, row } from "./row.ts";

const open = { method: "get", params: NOTHING, query: z.object({}), body: null, status: 200 } as const;

export const health = row({
  ...open,
  path: "/healthz",
  group: "health",
  summary: "Whether the process is up",
  action: "health.read",
  answer: z.object({ status: z.literal("up") }).openapi("Health"),
  problems: [],
});

export const ready = row({
  ...open,
  path: "/readyz",
  group: "health",
  summary: "Whether it can take work: database reachable, migrations current, engine live",
  action: "health.read",
  answer: z.object({ status: z.literal("ready") }).openapi("Readiness"),
  problems: ["unavailable"],
});

export const openApi = row({
  ...open,
  path: "/v1/openapi.json",
  group: "health",
  summary: "This document",
  action: "api.read",
  answer: z.looseObject({ openapi: z.string() }).openapi("OpenApiDocument"),
  problems: [],
});
