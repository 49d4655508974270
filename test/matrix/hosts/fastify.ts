import type { Host } from "../host.ts";

export const hosts: readonly Host[] = [
  {
    name: "fastify",
    title: "Fastify",
    packages: { fastify: "5.12.8" },
    snippet: { page: "README.md", framework: "fastify" },
    start: () => ["node", "server.ts"],
  },
];
