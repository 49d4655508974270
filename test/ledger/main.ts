// `npm run ledger -- --runs 10000000`: what finding runs costs among ten million. Makes them on a fresh Postgres, takes the pages
// that people ask for, and writes PLANS.md when they are as many as it is about.
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "../../engine/src/postgres/server.ts";
import { openDatabase } from "../../engine/src/store/database.ts";
import { migrate } from "../../engine/src/store/migrate.ts";
import { describeMachine } from "../load/machine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { FAST } from "../support/test-server.ts";
import { generateRuns } from "./generate.ts";
import { BUDGET_MS, type PageTaken, plansOf, QUERIES, takePage } from "./pages.ts";

const PLANS_FILE = fileURLToPath(new URL("PLANS.md", import.meta.url));
const RUNS_OF_RECORD = 10_000_000;
const BYTES_PER_RUN = 1_500;

const { values } = parseArgs({ options: { runs: { type: "string", default: "1000000" } } });
const count = Number(values.runs);
if (!Number.isSafeInteger(count) || count < 1_000) {
  console.error("npm run ledger -- [--runs 10000000]   (a thousand or more)");
  process.exit(2);
}
const folder = tempFolder("ledger");
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const machine = describeMachine();
const server = await startEmbeddedPostgres({
  dataDir: folder,
  log: () => {},
  settings: { ...FAST, max_wal_size: "8GB" },
});
let missed: string[] = [];
try {
  console.log(
    `${count.toLocaleString("en")} runs, about ${Math.ceil((count * BYTES_PER_RUN) / 2 ** 30)} GiB in ${folder}`,
  );
  const database = openDatabase({ options: { ...server.options }, max: 1, applicationName: "ledger" });
  await migrate({ database, log: () => {} });
  const { workspaceId, ms } = await generateRuns(database.sql, count, (made) =>
    console.log(`${made.toLocaleString("en")} made`),
  );
  const [size] = await database.sql<
    { bytes: number }[]
  >`select pg_database_size(current_database())::float8 as bytes`;
  const made = `made in ${Math.round(ms / 1_000)} s, ${(size!.bytes / 2 ** 30).toFixed(1)} GiB`;
  console.log(made);
  const pages: PageTaken[] = [];
  const plans: string[] = [];
  for (const [query, index] of QUERIES) {
    const page = await takePage(database, workspaceId, query);
    pages.push(page);
    console.log(lineOf(page));
    const [list, counts] = await plansOf(database, workspaceId, query);
    if (list !== "")
      plans.push(
        `## ${nameOf(query)}\n\nBy \`${index}\`.\n\n\`\`\`\n${list}\n\`\`\`\n\nCounts:\n\n\`\`\`\n${counts}\n\`\`\`\n`,
      );
  }
  missed = pages.flatMap((page) => (Math.max(page.listMs, page.countMs) > BUDGET_MS ? [lineOf(page)] : []));
  if (count >= RUNS_OF_RECORD) writeFileSync(PLANS_FILE, report(pages, plans, made));
  await database.end();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
for (const line of missed) console.error(`OVER ${BUDGET_MS} ms: ${line}`);
process.exit(missed.length === 0 ? 0 : 1);

function nameOf(query: string): string {
  return query === "" ? "(all)" : query;
}

function lineOf({ query, found, isLast, listMs, countMs }: PageTaken): string {
  return `| \`${nameOf(query)}\` | ${found}${isLast ? "" : ", more"} | ${listMs.toFixed(1)} | ${countMs.toFixed(1)} |`;
}

function report(pages: readonly PageTaken[], plans: readonly string[], made: string): string {
  return `# Pages of ${count.toLocaleString("en")} runs

Measured by \`npm run ledger -- --runs ${count}\` at ${new Date().toISOString()} on ${machine.cores} cores of ${machine.cpu}, ${machine.os}, load ${machine.loadBefore.toFixed(1)} before;
${made}. Milliseconds as a caller sees them, the fastest of ten; the budget is ${BUDGET_MS}. \`more\`: there is a next page. The plans below are
those of that database; \`plans.test.ts\` asks a small one for the same indexes.

| Query | Runs on the page | List | Counts |
|---|---|---|---|
${pages.map(lineOf).join("\n")}

${plans.join("\n")}`;
}
