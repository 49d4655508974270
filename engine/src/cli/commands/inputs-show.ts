import { Command } from "commander";
import type { AnswerOf } from "../../http/contract/table.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { oneLine } from "../terminal/fit.ts";

export function inputsShowCommand(context: Context): Command {
  return withTarget(new Command("show"))
    .description("show what somebody is asked, and how to answer")
    .argument("<input>", "the input's id")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const input = await api.getInput({ params: { ...workspace, id } });
      if (flags.json) return context.say(JSON.stringify(input));
      for (const line of linesOf(input)) context.say(line);
    });
}

/** What apps and people wrote is shown, never obeyed: nothing in it moves the cursor or colours the terminal. */
function linesOf(input: AnswerOf<"getInput">): string[] {
  const { id, kind, status, title, name, prompt, assignee, escalated_from, answer, schema, run } = input;
  const lines = [`${oneLine(title ?? name)}  (${kind}, ${status})`];
  if (prompt !== null) lines.push(...prompt.split("\n").map((line) => `  ${oneLine(line)}`));
  const from = escalated_from === null ? "" : `, before that ${oneLine(escalated_from)}`;
  lines.push(`asked     ${assignee === null ? "anybody" : oneLine(assignee)}${from}, at ${input.asked_at}`);
  lines.push(`run       ${run} of ${input.function}, step "${oneLine(name)}"`);
  if (schema !== null) lines.push(`schema    ${oneLine(JSON.stringify(schema))}`);
  if (answer !== null) {
    lines.push(
      `answered  by ${oneLine(answer.by)} at ${answer.at}: ${oneLine(JSON.stringify(answer.value))}`,
    );
  } else if (status === "open") {
    lines.push(`until     ${input.due_at}`);
    lines.push(
      kind === "approval"
        ? `Decide it: durable inputs approve ${id} --by NAME, or durable inputs reject ${id} --by NAME`
        : `Answer it: durable inputs answer ${id} --value JSON --by NAME`,
    );
  } else lines.push(`${status.padEnd(9)} at ${input.ended_at}`);
  return lines;
}
