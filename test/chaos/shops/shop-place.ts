import { once } from "node:events";
import { appendFileSync } from "node:fs";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { leastBusy } from "../../php-hosts/serve/least-busy.ts";
import { newSecret, type Placing } from "../app-place.ts";
import { type Command, nodeCommand, programCommand } from "../child.ts";
import { freePort } from "../free-port.ts";
import { ProcessSlot } from "../process-slot.ts";
import { requestLine } from "../request-line.ts";
import { Wire } from "../wire.ts";

/** A shop of examples/, in one of its languages. */
export interface Shop {
  readonly name: "shop-typescript" | "shop-php";
  readonly fault: "TypeScript shop killed" | "PHP shop killed";
  /** A PHP process does one thing at a time. */
  readonly processes: number;
  command(port: number): Command;
  isReady(line: string): boolean;
}

const scriptOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export const SHOPS: readonly Shop[] = [
  {
    name: "shop-typescript",
    fault: "TypeScript shop killed",
    processes: 1,
    command: () => nodeCommand(scriptOf("typescript-shop.ts")),
    isReady: (line) => line === "ready",
  },
  {
    name: "shop-php",
    fault: "PHP shop killed",
    processes: 2,
    command: (port) => programCommand("php", "-S", `127.0.0.1:${port}`, scriptOf("php-shop.php")),
    isReady: (line) => / Development Server .* started$/.test(line),
  },
];

export interface ShopPlace extends Pick<Shop, "name" | "fault"> {
  readonly slots: readonly ProcessSlot[];
  readonly wire: Wire;
  readonly secret: string;
  close(): Promise<void>;
}

/** What a shop did to the world, a file in the folder. */
export function ledgerOf(folder: string, name: Shop["name"]): string {
  return join(folder, `${name}.ledger`);
}

/** Its processes behind a door that writes down what comes, and a wire before that. Nothing is started yet. */
export async function placeShop(shop: Shop, placing: Placing): Promise<ShopPlace> {
  const { name, fault } = shop;
  const secret = newSecret();
  const places = await Promise.all(
    Array.from({ length: shop.processes }, async (_, no) => {
      const port = await freePort();
      return { port, slot: slotOf(shop, `${name} ${no + 1}`, port, secret, placing) };
    }),
  );
  const door = leastBusy(
    places.map(({ port }) => port),
    (port) => places.find((place) => place.port === port)!.slot.isUp,
  );
  door.prependListener("request", async (incoming) => {
    const body = await messageOf(incoming);
    if (body === null) return;
    const line = requestLine({ app: name, secret, pid: process.pid }, incoming.headers, body);
    appendFileSync(placing.shopLog, `${JSON.stringify(line)}\n`);
  });
  const wire = await Wire.open(await listening(door), placing.disturbed);
  return {
    ...{ name, fault, wire, secret, slots: places.map(({ slot }) => slot) },
    async close() {
      await wire.close();
      door.closeAllConnections();
      door.close();
    },
  };
}

/** The message that a request is for: all of it, or the first line of one that stays open. Null when it breaks before. */
function messageOf(incoming: IncomingMessage): Promise<Buffer | null> {
  if (incoming.headers["content-type"] !== "application/x-ndjson") return buffer(incoming).catch(() => null);
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    incoming.on("data", (piece: Buffer) => {
      read = Buffer.concat([read, piece]);
      const end = read.indexOf("\n");
      if (end >= 0) resolve(read.subarray(0, end));
    });
    incoming.on("close", () => resolve(null));
  });
}

async function listening(door: Server): Promise<number> {
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  return (door.address() as AddressInfo).port;
}

function slotOf(shop: Shop, name: string, port: number, secret: string, placing: Placing): ProcessSlot {
  const { folder, tally, findings } = placing;
  const random = placing.random.fork(name);
  let starts = 0;
  return new ProcessSlot({
    name,
    command: shop.command(port),
    logFile: join(folder, `${shop.name}.log`),
    env: () => {
      starts += 1;
      return {
        CHAOS_PORT: String(port),
        CHAOS_ENTRIES: join(folder, `${name} ${starts}.entries`),
        SHOP_LEDGER: ledgerOf(folder, shop.name),
        DURABLE_URL: random.pick(placing.engineUrls()),
        DURABLE_SECRET: secret,
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(folder, "compile-cache"),
        // What PHP keeps of an engine that did not answer, and of steps that run at most once.
        TMPDIR: folder,
        // Half of them die on their own, after a deed and before its answer.
        ...(!placing.isCalm() && random.chance(0.5) && { CHAOS_DIE_AFTER: String(random.int(1, 40)) }),
      };
    },
    isReady: shop.isReady,
    onKilled: () => tally.add(shop.fault),
    mayFailToStart: () => false,
    findings,
    random,
  });
}
