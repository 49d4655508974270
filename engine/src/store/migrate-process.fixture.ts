import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

// One of two engines that start at once (migrate.test.ts).
const database = openDatabase({ url: process.argv[2]!, max: 1, applicationName: "test" });
await migrate({ database, log: (line) => process.send!(line) });
await database.end();
process.disconnect();
