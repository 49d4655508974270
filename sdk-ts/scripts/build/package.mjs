import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** `{ name: "express", source: "./src/adapters/express.ts" }`, one for every path users may import. */
export const entries = Object.entries(manifest.exports).map(([path, source]) => ({
  name: path === "." ? "index" : path.slice(2),
  source,
}));

/** package.json as users get it: exports point at dist, and what only this repository needs is left out. */
export function publishedManifest() {
  const { scripts, devDependencies, publishConfig, ...kept } = manifest;
  return { ...kept, exports: publishConfig.exports };
}
