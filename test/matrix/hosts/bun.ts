import { join } from "node:path";
import type { Host } from "../host.ts";

const CPU = process.arch === "arm64" ? "aarch64" : "x64";
const PACKAGE = `@oven/bun-${process.platform}-${CPU}`;

export const hosts: readonly Host[] = [
  {
    name: "bun",
    title: "Bun",
    packages: { [PACKAGE]: "1.4.5" },
    snippet: { page: "docs/guides/hosts.md", framework: "fetch" },
    start: ({ folder }) => [join(folder, "node_modules", PACKAGE, "bin/bun"), "server.ts"],
  },
];
