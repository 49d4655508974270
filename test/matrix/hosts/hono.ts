import type { Host } from "../host.ts";

export const hosts: readonly Host[] = [
  {
    name: "hono",
    title: "Hono",
    packages: { hono: "4.13.19", "@hono/node-server": "2.1.9" },
    snippet: { page: "README.md", framework: "hono" },
    start: () => ["node", "server.ts"],
  },
];
