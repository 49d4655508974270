import { z } from "@hono/zod-openapi";
import { ALERT_KINDS } from "../../domain/alert.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AsReceived, Instant, Reason, WorkspacePath } from "./shapes.ts";

const ALERTS_PER_PAGE_MAX = 200;
const YEAR_S = 366 * 86_400;

const AlertKind = z.enum(ALERT_KINDS).openapi("AlertKind");

export const listAlerts = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/alerts",
  group: "metrics",
  summary: "List alerts, newest first: what is wrong now, and what was",
  description: "Each is told once, as the event `durable.alert.<kind>`, and once more when it is over.",
  action: "alerts.read",
  params: WorkspacePath,
  query: z.strictObject({
    state: z.enum(["open", "resolved", "all"]).default("open"),
    limit: z.coerce.number<number | string>().int().min(1).max(ALERTS_PER_PAGE_MAX).default(50),
  }),
  body: null,
  answer: z
    .object({
      alerts: z.array(
        z
          .object({
            id: z.string(),
            kind: AlertKind,
            key: z.string().openapi({
              description: "A function, a schedule or a group of errors; empty for the workspace.",
            }),
            message: z.string(),
            facts: AsReceived,
            told: z.boolean().openapi({
              description:
                "False: it was muted, or a hundred were told in that hour; those are summed up in one of the kind `more`.",
            }),
            fired_at: Instant,
            resolved_at: Instant.nullable(),
          })
          .openapi("Alert"),
      ),
    })
    .openapi("Alerts"),
  status: 200,
  problems: ["not-found"],
});

const AlertRule = z
  .object({
    kind: AlertKind,
    enabled: z.boolean(),
    options: z.record(z.string(), z.number()).openapi({ description: "Seconds where they end in `_s`." }),
    muted_until: Instant.nullable(),
  })
  .openapi("AlertRule");

export const listAlertRules = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/alert-rules",
  group: "metrics",
  summary: "List the rules of alerts, one of each kind",
  action: "alerts.read",
  params: WorkspacePath,
  query: NOTHING,
  body: null,
  answer: z.object({ rules: z.array(AlertRule) }).openapi("AlertRules"),
  status: 200,
  problems: ["not-found"],
});

export const setAlertRule = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/alert-rules/{kind}",
  group: "metrics",
  summary: "Change the rule of a kind of alerts, or mute it",
  description: "What is left out stays as it is.",
  action: "alerts.set",
  params: WorkspacePath.extend({ kind: z.string() }),
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({
        enabled: z.boolean().optional(),
        mute_s: z.number().min(0).max(YEAR_S).optional().openapi({
          description: "Seconds for which nobody is told, from now on; 0 ends a mute.",
        }),
        options: z
          .record(z.string(), z.number().min(0).max(YEAR_S).nullable())
          .optional()
          .openapi({ description: "Numbers of this kind's rule; null goes back to the default." }),
        reason: Reason,
      })
      .openapi("AlertRuleChange"),
  ),
  answer: AlertRule,
  status: 200,
  problems: ["not-found"],
});
