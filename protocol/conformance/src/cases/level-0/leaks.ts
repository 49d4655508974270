import type { ScriptedCase } from "../../case.ts";
import { failed, goesOn } from "../words.ts";

const inspect = { type: "inspect", app: "conformance" };

export const leaks: readonly ScriptedCase[] = [
  {
    id: "L0-canary",
    level: 0,
    says: "Whatever is asked, and however wrongly, no answer holds an environment variable of the app or the secret. Every other case watches for that too.",
    program: [{ do: "run", name: "a", throws: { message: "boom" } }],
    exchanges: [
      ...["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "POST"].map((method) => ({
        method,
        message: inspect,
        signed: "not at all" as const,
        refused: method === "POST" ? { status: 401 } : { status: 405 },
      })),
      { body: "{", refused: { status: 400 } },
      { message: { type: "environment", app: "conformance" }, refused: { status: 400 } },
      { members: { fn: "process.env" }, refused: { status: 404 } },
      { message: inspect, answers: { app: "conformance" } },
      { answers: goesOn(failed("a", { message: "boom" })) },
    ],
  },
];
