import { RawJson } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { ALERT_KINDS, ALERT_OPTIONS, type AlertKind, alertSentence } from "../../domain/alert.ts";
import { notFound } from "../../domain/problems.ts";
import { type AlertRule, listAlertRules, listAlerts, setAlertRule } from "../../store/alerts.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";

export function alertRoutes({
  database,
  workspaceIds,
}: RouteParts): Handlers<"listAlerts" | "listAlertRules" | "setAlertRule"> {
  return {
    async listAlerts({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const alerts = await listAlerts(database, workspaceId, query);
      return {
        alerts: alerts.map((alert) => ({
          ...alert,
          message: alertSentence(alert.kind, JSON.parse(alert.facts)),
          facts: new RawJson(alert.facts),
        })),
      };
    },

    async listAlertRules({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return { rules: (await listAlertRules(database, workspaceId)).map(shown) };
    },

    async setAlertRule({ params, body, actor }) {
      const kind = ALERT_KINDS.find((one) => one === params.kind);
      if (kind === undefined) throw notFound();
      requireOptions(kind, body.options ?? {});
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { enabled = null, mute_s: muteS = null, options, reason = null } = body;
      await setAlertRule(database, workspaceId, kind, {
        ...{ enabled, muteS, reason },
        options: options === undefined ? null : JSON.stringify(options),
        actor: actorName(actor!),
      });
      return shown((await listAlertRules(database, workspaceId)).find((rule) => rule.kind === kind)!);
    },
  };
}

function requireOptions(kind: AlertKind, options: object): void {
  const known = ALERT_OPTIONS[kind];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const allowed = known.length === 0 ? "none is" : `${known.join(", ")} are`;
  throw invalid([
    { pointer: `/options/${unknown}`, detail: `is no option of "${kind}"; ${allowed} allowed` },
  ]);
}

function shown({ options, ...rule }: AlertRule) {
  return { ...rule, options: JSON.parse(options) as Record<string, number> };
}
