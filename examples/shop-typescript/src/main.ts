import { createServer } from "node:http";
import { serve } from "@durable/sdk/node";
import { Ledger } from "./ledger.ts";
import { shop } from "./shop.ts";

const ledger = new Ledger(process.env["SHOP_LEDGER"] ?? "ledger.jsonl");
const route = serve({ app: "shop-typescript", functions: shop(ledger, "shop-php") });

const port = Number(process.env["PORT"] ?? 3000);
createServer(route).listen(port, "127.0.0.1", () =>
  console.log(`The shop in TypeScript is at port ${port}.`),
);
