import type { Database } from "../../engine/src/store/database.ts";

/** The same database, each of whose statements goes through `around`: it sees the text and what is under way. */
export function intercept(
  database: Database,
  around: (text: string, pending: Promise<unknown>) => Promise<unknown>,
): Database {
  const { sql } = database;
  const wrapped = new Proxy(sql, {
    apply: (_, __, [template, ...values]) => around(template.join("?"), sql(template, ...values)),
    get: (target, name, self) =>
      name === "unsafe"
        ? (text: string, ...more: []) => around(text, sql.unsafe(text, ...more))
        : Reflect.get(target, name, self),
  });
  return { ...database, sql: wrapped };
}
