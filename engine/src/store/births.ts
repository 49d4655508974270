import { priorityOf, type RunRow, runGatesOf, stepGatesOf } from "./event-rows.ts";

/** What is known of a run that a person asks for before it is there. */
export type Birth = Pick<RunRow, "functionVersion" | "gates" | "order" | "timeouts" | "terms">;

/** As `durable.bear_run` reads it. */
export function birthJson(birth: Birth): string {
  const { functionVersion, gates, order, timeouts, terms } = birth;
  const tenant = order?.tenant ?? null;
  return JSON.stringify({
    version: functionVersion,
    run_gates: runGatesOf(birth),
    step_gates: stepGatesOf(birth),
    units: gates?.units ?? 1,
    priority: priorityOf(birth),
    tenant: tenant?.id ?? null,
    timeouts,
    terms,
    gates: [...(gates?.run ?? []), ...(gates?.step ?? [])].map(({ id, limitId, unit, key }) => ({
      id,
      limit: limitId,
      unit,
      key,
    })),
    tenants:
      tenant === null
        ? []
        : [
            {
              id: tenant.id,
              queue: tenant.queueId,
              function: tenant.functionId,
              key: tenant.key,
              weight: tenant.weight,
            },
          ],
  });
}
