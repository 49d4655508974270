import * as z from "zod";
import { branchOpSchema } from "./branch.ts";
import { compensateOpSchema } from "./compensate.ts";
import { fetchOpSchema } from "./fetch.ts";
import { groupOpSchema } from "./group.ts";
import { inputOpSchema } from "./input.ts";
import { invokeOpSchema } from "./invoke.ts";
import { joinOpSchema } from "./join.ts";
import { planOpSchema } from "./plan.ts";
import { runOpSchema } from "./run.ts";
import { sendOpSchema } from "./send.ts";
import { signalOpSchema } from "./signal.ts";
import { sleepOpSchema } from "./sleep.ts";
import { startOpSchema } from "./start.ts";
import { stateOpSchema } from "./state.ts";
import { waitOpSchema } from "./wait.ts";

/** The closed list: an op that is not in it is refused, with the whole answer. */
export const opSchema = z
  .discriminatedUnion("op", [
    runOpSchema,
    compensateOpSchema,
    planOpSchema,
    joinOpSchema,
    fetchOpSchema,
    sleepOpSchema,
    waitOpSchema,
    signalOpSchema,
    inputOpSchema,
    invokeOpSchema,
    sendOpSchema,
    startOpSchema,
    groupOpSchema,
    branchOpSchema,
    stateOpSchema,
  ])
  .meta({ id: "Op" });
