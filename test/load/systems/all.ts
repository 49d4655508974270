import type { SystemName } from "../works.ts";
import { bare } from "./bare.ts";
import { dbos } from "./dbos.ts";
import { durable } from "./durable.ts";
import { restate } from "./restate.ts";
import type { System } from "./system.ts";

export const SYSTEMS: Readonly<Record<SystemName, System>> = { durable, restate, dbos, bare };
