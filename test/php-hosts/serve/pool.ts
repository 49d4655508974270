// `node pool.ts INDEX [PHP...]`: eight `php -S` behind a proxy on PORT.

import { once } from "node:events";
import { dirname } from "node:path";
import { spawnChild } from "./children.ts";
import { leastBusy } from "./least-busy.ts";

const WORKERS = Number(process.env["PHP_WORKERS"] ?? 8);
const [index, command = "php", ...before] = process.argv.slice(2);

const ports = await Promise.all(
  Array.from({ length: WORKERS }, async () => {
    const args = [...before, "-d", "memory_limit=128M", "-S", "127.0.0.1:0", "-t", dirname(index!), index!];
    const child = spawnChild(command, args);
    for (;;) {
      const [chunk] = (await once(child.stderr!, "data")) as [Buffer];
      // It takes a free port, and says which.
      const port = /\(http:\/\/127\.0\.0\.1:(\d+)\) started/.exec(chunk.toString())?.[1];
      if (port !== undefined) return Number(port);
    }
  }),
);
leastBusy(ports).listen(Number(process.env["PORT"]), "127.0.0.1");
