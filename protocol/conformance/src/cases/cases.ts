// Every case, in the order in which they are played.

import type { Case } from "../case.ts";
import { signature } from "./level-0/signature.ts";
import { steps } from "./level-0/steps.ts";

const all: readonly Case[] = [...signature, ...steps];

export const cases: readonly Case[] = [
  ...all.filter(({ isLast }) => !isLast),
  ...all.filter(({ isLast }) => isLast),
];
