import { examined, type Invariant } from "./invariant.ts";

// I. What crosses the line to an app.

export const EDGES: readonly Invariant[] = [
  {
    number: "43",
    name: "signed",
    sentence: "Every request to an app carries a valid, fresh signature and an id of its own.",
    phase: "always",
    needs: "appLog",
    async check({ appLog }) {
      const requests = appLog!.only("request");
      const seen = new Set<string>();
      const violations: string[] = [];
      for (const line of requests) {
        if (line.signature !== "valid") violations.push(`${line.id}: ${line.signature}`);
        if (seen.has(line.id)) violations.push(`${line.id} came twice`);
        seen.add(line.id);
      }
      return examined(requests.length, violations);
    },
  },
];
