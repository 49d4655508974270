// Functions of other apps in a test: what stands in for them is invoked as they are.
import { createFunction } from "@durable/sdk";
import { expect, test } from "vitest";
import { openKit } from "../support/kit.ts";

const charge = createFunction({
  id: "charge",
  handler: async ({ event, step }) => {
    await step.sleep("the bank's night", "12h");
    const to = await step.invoke("address", { app: "shop" });
    return `${(event.data as { amount: number }).amount} from ${to}`;
  },
});
const checkout = createFunction({
  id: "checkout",
  handler: ({ step }) =>
    step.invoke("charge", charge, { app: "billing", input: { amount: 7 }, timeout: "1d" }),
});
const address = createFunction({ id: "address", handler: () => "Main Street 1" });
const lost = createFunction({
  id: "lost",
  handler: ({ step }) => step.invoke("nothing", { app: "nowhere" }).catch((error: Error) => error.name),
});

test("a step invokes a function of another app, which invokes one back, and time jumps in both", async () => {
  const kit = await openKit({
    app: "shop",
    functions: [checkout, address, lost],
    others: { billing: [charge] },
  });
  expect(await kit.run(checkout)).toBe("7 from Main Street 1");
  expect(await kit.run(lost)).toBe("ForeignAppError");
  // Those of this app.
  expect(await kit.runs()).toHaveLength(3);
});
