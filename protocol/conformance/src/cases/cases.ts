// Every case, in the order in which they are played.

import type { Case } from "../case.ts";
import { deferred } from "./level-0/deferred.ts";
import { errors } from "./level-0/errors.ts";
import { inspect } from "./level-0/inspect.ts";
import { leaks } from "./level-0/leaks.ts";
import { request } from "./level-0/request.ts";
import { signature } from "./level-0/signature.ts";
import { steps } from "./level-0/steps.ts";
import { values } from "./level-0/values.ts";
import { branches } from "./level-1/branches.ts";
import { counted } from "./level-1/counted.ts";
import { elsewhereCases } from "./level-1/elsewhere.ts";
import { tasks } from "./level-1/tasks.ts";
import { checkpoints } from "./level-2/checkpoints.ts";
import { linear } from "./level-2/linear.ts";
import { offers } from "./level-2/offers.ts";
import { streams } from "./level-2/streams.ts";

const all: readonly Case[] = [
  ...signature,
  ...request,
  ...inspect,
  ...steps,
  ...values,
  ...errors,
  ...deferred,
  ...leaks,
  ...tasks,
  ...branches,
  ...elsewhereCases,
  ...counted,
  ...checkpoints,
  ...offers,
  ...streams,
  ...linear,
];

export const cases: readonly Case[] = [
  ...all.filter(({ isLast }) => !isLast),
  ...all.filter(({ isLast }) => isLast),
];
