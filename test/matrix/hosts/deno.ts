import { join } from "node:path";
import type { Host } from "../host.ts";

const SYSTEM =
  process.platform === "linux" ? `linux-${process.arch}-glibc` : `${process.platform}-${process.arch}`;
const PACKAGE = `@deno/${SYSTEM}`;

export const hosts: readonly Host[] = [
  {
    name: "deno",
    title: "Deno",
    packages: { [PACKAGE]: "2.9.6" },
    snippet: { page: "docs/guides/hosts.md", framework: "fetch" },
    start: ({ folder, port }) => [
      join(folder, "node_modules", PACKAGE, "deno"),
      ..."serve --allow-net --allow-env --no-lock --host 127.0.0.1 --port".split(" "),
      String(port),
      "server.ts",
    ],
  },
];
