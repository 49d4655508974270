import { z } from "@hono/zod-openapi";
import { expositionType } from "../../observability/exposition.ts";
import { NOTHING, row } from "./row.ts";

export const scrapeMetrics = row({
  method: "get",
  path: "/metrics",
  group: "metrics",
  summary: "Figures for Prometheus: of all workspaces, or of the key's own",
  description:
    "The text format of Prometheus, or OpenMetrics where that is accepted. docs/guides/observability.md lists the figures and how labels are bounded.",
  action: "metrics.scrape",
  params: NOTHING,
  query: NOTHING,
  body: null,
  answer: z.string(),
  text: expositionType,
  status: 200,
  problems: [],
});
