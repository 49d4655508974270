import { asOne, type Stage } from "./stage.ts";

// Each counts as one test.

export const biome: Stage = {
  name: "biome (format and lint)",
  run: () => asOne(["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]),
};

export const types: Stage = {
  name: "tsc (types)",
  run: () => asOne(["node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]),
};

/** By itself, because a page has other globals than a server. */
export const dashboardTypes: Stage = {
  name: "tsc (types of the dashboard)",
  run: () => asOne(["node_modules/typescript/bin/tsc", "--noEmit", "-p", "dashboard/tsconfig.json"]),
};
