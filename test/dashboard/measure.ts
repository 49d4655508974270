// `npm run bench:dashboard`: how long people wait, into test/load/DASHBOARD.md. Alone on the machine.
import { vitestOnce } from "./vitest-once.ts";

vitestOnce("test/dashboard/speed", { DURABLE_SPEED: "1" });
