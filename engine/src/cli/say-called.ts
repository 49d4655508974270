import type { AnswerOf } from "../http/contract/table.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit-codes.ts";

/** What came of a call or a query: its output for a pipe, what it threw for a person. */
export function sayCalled(context: Context, answer: AnswerOf<"callFunction">, isJson: boolean): void {
  if (answer.status === "failed") context.exitCode = EXIT.failed;
  if (isJson) context.say(JSON.stringify(answer));
  else if (answer.status === "completed") context.say(JSON.stringify(answer.output, null, 2));
  else context.note(`It failed: ${answer.failure?.name}: ${answer.failure?.message}`);
}
