import type postgres from "postgres";
import { callOff, type Statement } from "./statement.ts";

/**
 * What a statement answers, unless whoever asked goes away first: then Postgres is told to stop. Only for statements that
 * read, since nobody learns how far it came.
 * @throws the signal's reason.
 */
export async function unlessAborted<Rows extends readonly (object | undefined)[]>(
  pending: postgres.PendingQuery<Rows>,
  signal: AbortSignal | undefined,
): Promise<Rows> {
  if (signal === undefined) return (await pending) as unknown as Rows;
  signal.throwIfAborted();
  const stop = () => callOff(pending as unknown as Statement);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return (await pending) as unknown as Rows;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
