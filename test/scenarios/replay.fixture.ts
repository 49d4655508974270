import { createFunction } from "@durable/sdk";

/** Renamed, as by whoever changed the code after the run. */
const CHARGE = process.env["REPLAY_CHARGE"] ?? "charge";

export const order = createFunction({
  id: "order",
  trigger: { event: "ordered" },
  handler: async ({ event, step }) => {
    const total = await step.run(CHARGE, () => {
      if (process.env["REPLAY_CHARGE"] !== undefined) throw new Error("a replay runs no step");
      return (event.data as { amount: number }).amount * 2;
    });
    await step.parallel([(own) => own.run("mail", () => "sent"), (own) => own.sleep("rest", 10)]);
    await step.race({ fast: (own) => own.run("fast", () => 1), slow: (own) => own.sleep("slow", "1h") });
    const packed = await step.forEach("items", [1, 2, 3], (item, _, own) => own.run("pack", () => item));
    return { total, packed };
  },
});
