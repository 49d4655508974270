import { join } from "node:path";
import type { Host } from "../host.ts";

const PACKAGE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

function node(major: number, version: string): Host {
  const isTooOldForTypes = major < 22;
  return {
    name: `node-${major}`,
    title: `Node ${major}`,
    packages: { [PACKAGE]: version },
    snippet: { page: "README.md", framework: "node" },
    ...(isTooOldForTypes && { bundle: { entry: "server.ts", out: "server.js", withPackages: false } }),
    start: ({ folder }) => [
      join(folder, "node_modules", PACKAGE, "bin/node"),
      isTooOldForTypes ? "server.js" : "server.ts",
    ],
  };
}

export const hosts: readonly Host[] = [
  node(20, "20.20.2"),
  node(22, "22.23.5"),
  node(24, "24.22.3"),
  node(26, "26.12.1"),
  {
    name: "node-here",
    title: "Node, the one that runs this",
    packages: {},
    snippet: { page: "README.md", framework: "node" },
    start: () => ["node", "server.ts"],
    isQuick: true,
    version: () => process.versions.node,
  },
];
