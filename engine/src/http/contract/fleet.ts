import { z } from "@hono/zod-openapi";
import { ENGINE_STATES, FLEET_MAX } from "../../store/fleet.ts";
import { NOTHING, row } from "./row.ts";
import { Instant } from "./shapes.ts";

const Count = z.number().int();

export const getFleet = row({
  method: "get",
  path: "/v1/fleet",
  group: "metrics",
  summary: "The engine processes that live, and those that left or died within the hour",
  description:
    "As the database knows them, whichever process is asked. It names machines, so it is for the operator, and for no key.",
  action: "fleet.read",
  params: NOTHING,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      engines: z
        .array(
          z
            .object({
              id: Count,
              state: z.enum(ENGINE_STATES).openapi({
                description:
                  "`draining`: it stops, and takes nothing new. `stopped`: it has left, and holds nothing. `dead`: its heartbeat stopped, " +
                  "and others took over what it held.",
              }),
              host: z.string(),
              pid: Count,
              version: z.string(),
              started_at: Instant,
              seen_at: Instant.openapi({ description: "Its last heartbeat." }),
              seen_ms_ago: z.number().openapi({
                description: "By the database's clock. Above `lease_ms` it is dead, or soon declared so.",
              }),
              lease_ms: Count.openapi({ description: "For so long it may be silent." }),
              slots: Count.openapi({
                description: "Dispatches of runs and tasks that it may have under way at once.",
              }),
              slots_used: Count.nullable().openapi({
                description: "At its last heartbeat. Null: it has not said, or has left.",
              }),
              leases: Count.nullable().openapi({
                description: "That it held then, of runs and tasks. Null as above.",
              }),
            })
            .openapi("EngineShown"),
        )
        .openapi({ description: `Those that live first, then the newest; at most ${FLEET_MAX}.` }),
    })
    .openapi("Fleet"),
  status: 200,
  problems: [],
});
