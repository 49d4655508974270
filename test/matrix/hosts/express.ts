import type { Host } from "../host.ts";

export const hosts: readonly Host[] = [
  {
    name: "express",
    title: "Express",
    packages: { express: "5.3.0" },
    snippet: { page: "README.md", framework: "express" },
    start: () => ["node", "server.ts"],
  },
];
