import { NonRetriableError } from "../errors.ts";
import { optionsProblem } from "../options.ts";

/**
 * @param subject How a sentence about it begins: `Step "cooldown"`.
 * @param what Who was given them: `step.run`.
 * @throws NonRetriableError when they are none, or have a member that nobody reads.
 */
export function checkOptions(
  subject: string,
  what: string,
  options: unknown,
  members: readonly string[],
): void {
  if (options === undefined) return;
  const problem = optionsProblem(options, members);
  if (problem !== null) throw new NonRetriableError(`${subject}: ${what} ${problem}`);
}
