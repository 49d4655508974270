import { startEmbeddedPostgres } from "../../postgres/server.ts";
import { openDatabase } from "../../store/database.ts";
import { migrate, readMigrations } from "../../store/migrate.ts";
import { readConfig } from "../config.ts";
import type { Context } from "../context.ts";

export interface MigrateFlags {
  readonly dataDir?: string;
  readonly json?: true;
}

export async function runMigrate(context: Context, flags: MigrateFlags): Promise<void> {
  const { databaseUrl, dataDir } = readConfig("dev", context.environment, flags);
  const postgres = databaseUrl === null ? await startEmbeddedPostgres({ dataDir, log: context.note }) : null;
  const address = postgres === null ? { url: databaseUrl! } : { options: postgres.options };
  const database = openDatabase({ ...address, max: 1, applicationName: "durable migrate" });
  const applied: string[] = [];
  try {
    await migrate({ database, log: (line) => applied.push(line) });
  } finally {
    await database.end({ timeoutMs: 1_000 });
    await postgres?.stop();
  }
  const version = readMigrations().length;
  if (flags.json) return context.say(JSON.stringify({ version, applied: applied.length }));
  for (const line of applied) context.say(line);
  context.say(
    applied.length === 0
      ? `The database is at version ${version} already.`
      : `The database is at version ${version} now.`,
  );
}
