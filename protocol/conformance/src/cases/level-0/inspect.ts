import type { ScriptedCase } from "../../case.ts";

export const inspect: readonly ScriptedCase[] = [
  {
    id: "L0-inspect",
    level: 0,
    says: "The manifest names the app, its SDK, its functions and what starts them.",
    exchanges: [
      {
        message: { type: "inspect", app: "conformance" },
        answers: {
          protocol: { min: 1, max: { $any: true } },
          app: "conformance",
          sdk: { $text: "^[^/\\s]+/\\d" },
          functions: { $any: true },
          manifest: { $any: true },
        },
      },
    ],
  },
  {
    id: "L0-inspect-other-app",
    level: 0,
    says: "Inspect is answered whatever app it was asked for: who asks may not know yet who is here.",
    exchanges: [{ message: { type: "inspect", app: "anybody" }, answers: { app: "conformance" } }],
  },
  {
    id: "L0-inspect-digest",
    level: 0,
    says: "The digest stays the same as long as the functions do: another one would cause a sync with every answer.",
    exchanges: [
      { message: { type: "inspect", app: "conformance" }, answers: { manifest: { $bind: "digest" } } },
      { message: { type: "inspect", app: "conformance" }, answers: { manifest: { $bound: "digest" } } },
    ],
  },
];
