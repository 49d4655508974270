import { createFunction } from "@durable/sdk";
import { where } from "./where.ts";

/** A run that another deployment finds asleep. Each step says where it ran. */
export const move = createFunction({
  id: "move",
  trigger: { event: "move.asked" },
  handler: async ({ event, step }) => {
    const before = await step.run("before", where);
    await step.sleep("asleep", event.data.sleepMs);
    const after = await Promise.all([step.run("after", where), step.run("after", where)]);
    return [before, ...after];
  },
});
