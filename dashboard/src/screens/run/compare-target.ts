import { linkOptions } from "@tanstack/react-router";
import type { Run } from "../../live/patches.ts";

/** Two runs side by side. */
export function compareTarget(
  { app, environment: env }: Pick<Run, "app" | "environment">,
  a: string,
  b: string,
) {
  return linkOptions({ to: "/$app/$env/compare", params: { app, env }, search: { a, b } });
}
