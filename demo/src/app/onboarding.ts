import { setTimeout as work } from "node:timers/promises";
import { createFunction } from "@durable/sdk";
import type { Ledger } from "./ledger.ts";

interface NewUser {
  readonly id: number;
  readonly name: string;
  /** How long the run sleeps, `"2d"` in a real shop. */
  readonly cooldown?: string;
}

/** A new user: look it up, let some time pass, wait until a person approves, send the welcome mail. */
export function onboarding(ledger: Ledger) {
  return createFunction({
    id: "onboarding",
    trigger: { event: "user.created" },
    handler: async ({ event, step }) => {
      const { id, name, cooldown } = event.data as NewUser;
      const user = await step.run("load-user", async () => {
        await work(150);
        return { id, name, mail: `${name.toLowerCase().replaceAll(/[^a-z]+/g, ".")}@example.com` };
      });
      await step.sleep("cooldown", cooldown ?? "3s");
      const approval = await step.waitForEvent("approve", {
        event: "approval.received",
        match: { userId: user.id },
        timeout: "7d",
      });
      if (approval === null) return { approved: false };
      await step.run(
        "send-email",
        async ({ idempotencyKey }) => {
          await work(200);
          return ledger.perform(idempotencyKey, "mail sent", {
            to: user.mail,
            subject: `Welcome, ${user.name}`,
          });
        },
        { retry: { max: 5, backoff: "exponential" } },
      );
      return { approved: true };
    },
  });
}
