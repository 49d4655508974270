// A process: the shop of examples/shop-typescript. After so many entries in its ledger it dies: the deed is done, and nobody
// was told.

import { createServer } from "node:http";
import { serve } from "@durable/sdk/node";
import { Ledger } from "../../../examples/shop-typescript/src/ledger.ts";
import { shop } from "../../../examples/shop-typescript/src/shop.ts";

const dieAfter = Number(process.env["CHAOS_DIE_AFTER"] ?? Number.POSITIVE_INFINITY);

class DeadlyLedger extends Ledger {
  #entries = 0;

  override enter(...deed: Parameters<Ledger["enter"]>): string {
    const receipt = super.enter(...deed);
    this.#entries += 1;
    if (this.#entries >= dieAfter) process.kill(process.pid, "SIGKILL");
    return receipt;
  }
}

const ledger = new DeadlyLedger(process.env["SHOP_LEDGER"]!);
const server = createServer(serve({ app: "shop-typescript", functions: shop(ledger, "shop-php") }));
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env["CHAOS_PORT"]), "127.0.0.1", () => console.log("ready"));
