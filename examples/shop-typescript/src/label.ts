import { createFunction } from "@durable/sdk";
import { AddressError } from "./errors.ts";
import type { Ledger } from "./ledger.ts";
import { Parcel } from "./order.ts";

export function label(ledger: Ledger) {
  return createFunction({
    id: "label",
    input: Parcel,
    handler: ({ event, step }) =>
      step.run("print", ({ idempotencyKey }) => {
        const { order, to } = event.data;
        if (to === "Nowhere") throw new AddressError(`${to} is no place`);
        return ledger.enter(idempotencyKey, "label printed", order);
      }),
  });
}
