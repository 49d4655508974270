import type { AlertKind, AlertState } from "../domain/alert.ts";
import { plainArray, textArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/** False: another engine looks, or somebody has just looked. */
export async function lookForAlerts({ sql }: Database, everyMs: number): Promise<boolean> {
  const [row] = await wrapStatement(
    "look_for_alerts",
    () => sql<{ looked: boolean }[]>`select durable.look_for_alerts(${everyMs}::float8) as looked`,
  );
  return row!.looked;
}

export interface AlertStored {
  readonly id: string;
  readonly kind: AlertKind;
  readonly key: string;
  /** JSON text. */
  readonly facts: string;
  /** False: it was muted, or there were too many. */
  readonly told: boolean;
  readonly fired_at: string;
  readonly resolved_at: string | null;
}

/** An alert whose event has to be sent. */
export interface AlertNotice extends AlertStored {
  readonly workspaceId: number;
  readonly state: AlertState;
  readonly atMs: number;
}

export async function findAlertNotices({ sql }: Database, limit: number): Promise<AlertNotice[]> {
  return await sql<AlertNotice[]>`
    select n.workspace_id as "workspaceId", n.state, floor(extract(epoch from n.at) * 1000)::float8 as "atMs", a.id, a.kind, a.key, a.facts,
      a.told, durable.rfc3339(a.fired_at) as fired_at, case when n.state = 'resolved' then durable.rfc3339(a.resolved_at) end as resolved_at
    from durable.alert_notices n join durable.alerts a on a.workspace_id = n.workspace_id and a.id = n.alert_id
    order by n.at, n.workspace_id, n.alert_id, n.state limit ${limit}`;
}

/** The events of these were accepted. */
export async function clearAlertNotices({ sql }: Database, notices: readonly AlertNotice[]): Promise<void> {
  await wrapStatement(
    "clear_alert_notices",
    () => sql`
    select durable.clear_alert_notices(${plainArray(notices, ({ workspaceId }) => workspaceId)}::int[],
      ${plainArray(notices, ({ id }) => id)}::uuid[], ${textArray(notices, ({ state }) => state)}::text[])`,
  );
}

/** The newest first. */
export async function listAlerts(
  { sql }: Database,
  workspaceId: number,
  { state, limit }: { readonly state: "open" | "resolved" | "all"; readonly limit: number },
): Promise<AlertStored[]> {
  const isMeant =
    state === "all"
      ? sql``
      : state === "open"
        ? sql`and a.resolved_at is null`
        : sql`and a.resolved_at is not null`;
  return sql<AlertStored[]>`
    select a.id, a.kind, a.key, a.facts, a.told, durable.rfc3339(a.fired_at) as fired_at, durable.rfc3339(a.resolved_at) as resolved_at
    from durable.alerts a where a.workspace_id = ${workspaceId} ${isMeant} order by a.id desc limit ${limit}`;
}

export interface AlertRule {
  readonly kind: AlertKind;
  readonly enabled: boolean;
  /** Numbers by name, those that nobody has set as they are by default; JSON text. */
  readonly options: string;
  readonly muted_until: string | null;
}

/** Of all kinds. */
export async function listAlertRules({ sql }: Database, workspaceId: number): Promise<AlertRule[]> {
  return await sql<AlertRule[]>`
    select k.kind, coalesce(r.enabled, true) as enabled, (durable.alert_defaults(k.kind) || coalesce(r.options::jsonb, '{}'))::text as options,
      case when r.muted_until > durable.durable_now() then durable.rfc3339(r.muted_until) end as muted_until
    from unnest(durable.alert_kinds()) with ordinality as k(kind, no)
    left join durable.alert_rules r on r.workspace_id = ${workspaceId} and r.kind = k.kind order by k.no`;
}

/** What is null stays as it is. */
export interface AlertRuleChange {
  readonly enabled: boolean | null;
  /** From now on; 0 ends a mute. */
  readonly muteS: number | null;
  /** JSON of numbers; null goes back to the default. */
  readonly options: string | null;
  readonly actor: string;
  readonly reason: string | null;
}

export async function setAlertRule(
  { sql }: Database,
  workspaceId: number,
  kind: AlertKind,
  { enabled, muteS, options, actor, reason }: AlertRuleChange,
): Promise<void> {
  await sql`select durable.set_alert_rule(${workspaceId}::int, ${kind}::text, ${enabled}::boolean, ${muteS}::float8, ${options}::text::jsonb,
    ${actor}::text, ${reason}::text)`;
}
