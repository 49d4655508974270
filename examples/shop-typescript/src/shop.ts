import type { DurableFunction } from "@durable/sdk";
import { checkout } from "./checkout.ts";
import { label } from "./label.ts";
import type { Ledger } from "./ledger.ts";
import { mail } from "./mail.ts";
import { ship } from "./ship.ts";

/** The functions of this app. `partner` is the app of the other shop. */
export function shop(ledger: Ledger, partner: string): DurableFunction[] {
  return [checkout(ledger, partner), ship(ledger, partner), label(ledger), mail(ledger)];
}
