import { checkInvariants, formatReport, INVARIANTS } from "./check.ts";

/**
 * Holds a database against everything that is true at every instant, or, `after` all its runs have ended, against
 * everything. What the test did not exercise is true of it.
 * @throws Error with the whole report when something is not.
 */
export async function expectInvariants(
  { url }: { readonly url: string },
  phase: "during" | "after" = "during",
): Promise<void> {
  const unexercised = INVARIANTS.map(({ number }) => number);
  const report = await checkInvariants({ databaseUrl: url, phase, unexercised });
  if (!report.ok) throw new Error(`Invariants are violated:\n${formatReport(report)}`);
}
