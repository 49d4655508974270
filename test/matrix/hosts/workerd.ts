import { join } from "node:path";
import type { Host, HostPlace } from "../host.ts";

const CPU = process.arch === "arm64" ? "arm64" : "64";
const PACKAGE = `@cloudflare/workerd-${process.platform}-${CPU}`;

/** As `wrangler dev` starts it. The way to this machine is not open unless one says so. */
const configFor = ({ port, env }: HostPlace, flags: readonly string[]) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "app", worker = .app),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "app")],
);
const app :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-06-01",
  compatibilityFlags = ${JSON.stringify(flags)},
  bindings = [
${Object.entries(env)
  .map(([name, value]) => `    (name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)}),`)
  .join("\n")}
  ],
);
`;

function workerd(name: string, title: string, flags: readonly string[]): Host {
  return {
    name,
    title,
    project: "workerd",
    packages: { [PACKAGE]: "1.20261117.1" },
    snippet: { page: "docs/guides/hosts.md", framework: "cloudflare" },
    files: (place) => ({ "config.capnp": configFor(place, flags) }),
    bundle: {
      entry: "worker.ts",
      out: "worker.js",
      withPackages: true,
      conditions: ["workerd", "worker", "browser"],
    },
    start: ({ folder }) => [join(folder, "node_modules", PACKAGE, "bin/workerd"), "serve", "config.capnp"],
  };
}

export const hosts: readonly Host[] = [
  workerd("workerd", "Cloudflare Workers (workerd)", []),
  workerd("workerd-node", "Cloudflare Workers with nodejs_compat", ["nodejs_compat"]),
];
