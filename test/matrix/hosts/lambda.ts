import { fileURLToPath } from "node:url";
import type { Host } from "../host.ts";

/** Makes events of HTTP requests, as the gateways of AWS do. */
const GATEWAY = fileURLToPath(new URL("../lambda/gateway.ts", import.meta.url));

/** An event is JSON. */
const OF_TEXT = { "L0-json-utf-8": "a body comes as text in the event, so bytes that are none never arrive" };

function lambda(name: string, title: string, sample: string): Host {
  return {
    name,
    title,
    packages: {},
    snippet: { page: "docs/guides/hosts.md", framework: "lambda" },
    bundle: { entry: "handler.ts", out: "handler.mjs", withPackages: true },
    start: () => ["node", GATEWAY, sample, "handler.mjs"],
    isQuick: true,
    ...(!sample.endsWith("in base64") && { gaps: OF_TEXT }),
    version: () => `events, Node ${process.versions.node}`,
  };
}

export const hosts: readonly Host[] = [
  lambda("lambda-url", "Lambda, function URL", "a function URL"),
  lambda("lambda-base64", "Lambda, HTTP API in base64", "a function URL, in base64"),
  lambda("lambda-rest", "Lambda, REST API", "API Gateway, payload 1.0"),
  lambda("lambda-alb", "Lambda, load balancer", "a load balancer with several values"),
];
