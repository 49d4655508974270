import { readFileSync } from "node:fs";
import { Command } from "commander";
import { findDeclared } from "../check/find-declared.ts";
import { findFiles } from "../check/find-files.ts";
import { findUnknownTargets } from "../check/find-unknown-targets.ts";
import { loadRules, type Mistake, type Targets } from "../check/rules.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";

interface Found {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly message: string;
}

/** A file that says neither has no durable function, and is not parsed. */
const MAY_BE_DURABLE = /@durable\/sdk|\bstep\b/;

export function checkCommand(context: Context): Command {
  return new Command("check")
    .description("find mistakes in functions without running them; exit code 1 when there are some")
    .argument("[paths...]", "files or folders; this folder when none is named")
    .option("--json", "answer as JSON")
    .action(async (paths: string[], flags: { readonly json?: true }) => {
      const { findMistakes, findTargets } = await loadRules(process.cwd());
      const { parse } = await import("../check/parse.ts");
      const files = findFiles(paths.length === 0 ? ["."] : paths);
      const found: Found[] = [];
      const targets = new Map<string, Targets>();
      const note = (file: string, { rule, message, node }: Mistake) => {
        const { line, column } = node.loc?.start ?? { line: 1, column: 0 };
        found.push({ file, line, column: column + 1, rule, message });
      };
      for (const file of files) {
        const text = readFileSync(file, "utf8");
        if (!MAY_BE_DURABLE.test(text)) continue;
        try {
          const program = parse(file, text);
          const declared = text.includes("@durable/sdk") ? findDeclared(program) : [];
          for (const mistake of [...findMistakes(program), ...declared]) note(file, mistake);
          if (findTargets !== undefined) targets.set(file, findTargets(program));
        } catch (error) {
          const { loc, message } = error as { loc?: { line: number; column: number }; message: string };
          if (loc === undefined) throw error;
          const sentence = `This cannot be read: ${message.replace(/ \(\d+:\d+\)$/, "")}.`;
          found.push({ file, line: loc.line, column: loc.column + 1, rule: "syntax", message: sentence });
        }
      }
      // Of files that were named one by one others may declare what they start.
      const isAll = paths.every((path) => !files.includes(path));
      if (isAll) for (const { file, ...mistake } of findUnknownTargets(targets)) note(file, mistake);
      found.sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
      if (found.length > 0) context.exitCode = EXIT.failed;
      if (flags.json) return context.say(JSON.stringify({ files: files.length, mistakes: found }));
      for (const { file, line, column, rule, message } of found) {
        context.say(`${file}:${line}:${column}  ${context.paint.dim(rule)}`);
        context.say(`  ${message}`);
      }
      context.note(
        found.length === 0
          ? `No mistake found in ${counted(files.length, "file")}.`
          : `${counted(found.length, "mistake")} found in ${counted(files.length, "file")}.`,
      );
    });
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
