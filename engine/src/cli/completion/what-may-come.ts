// What may come next on a command line, read off the tree of commands: nothing is written down a second time.
import type { Argument, Command, Option } from "commander";

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Next {
  readonly candidates: readonly Candidate[];
  /** What is asked for by name, such as `run`: the engine knows which there are. Null where nothing is. */
  readonly asked: string | null;
  /** The flags so far that take a value, by their long name without dashes. */
  readonly flags: Readonly<Record<string, string>>;
}

/** @param words All behind the program's name; the last is the one that is being written, and may be empty. */
export function whatMayCome(root: Command, words: readonly string[]): Next {
  const before = words.slice(0, -1);
  const partial = words.at(-1) ?? "";
  const flags: Record<string, string> = {};
  let command = root;
  let operands = 0;
  let open: Option | null = null;
  for (const word of before) {
    if (open !== null) {
      flags[open.name()] = word;
      open = null;
      continue;
    }
    if (word.startsWith("-") && word !== "-") {
      const option = optionOf(command, word);
      if (option !== undefined && takesValue(option) && !word.includes("=")) open = option;
      continue;
    }
    const child = operands === 0 ? childOf(command, word) : undefined;
    if (child === undefined) operands += 1;
    else command = child;
  }
  const starting = (all: readonly Candidate[]) => all.filter(({ value }) => value.startsWith(partial));
  const none = { candidates: [], asked: null, flags };
  if (open !== null) return { ...none, ...valuesOf(open.argChoices, open.name(), starting) };
  if (partial.startsWith("-")) return { ...none, candidates: starting(optionsOf(command)) };
  if (command.commands.length > 0) return { ...none, candidates: starting(commandsOf(command)) };
  const argument = argumentAt(command, operands);
  if (argument === undefined) return none;
  return { ...none, ...valuesOf(argument.argChoices, argument.name(), starting) };
}

function valuesOf(
  choices: readonly string[] | undefined,
  name: string,
  starting: (all: readonly Candidate[]) => Candidate[],
): Pick<Next, "candidates" | "asked"> {
  return choices === undefined
    ? { candidates: [], asked: name }
    : { candidates: starting(choices.map((value) => ({ value, description: "" }))), asked: null };
}

function optionOf(command: Command, word: string): Option | undefined {
  const name = word.split("=")[0];
  return command.options.find(({ long, short }) => long === name || short === name);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function childOf(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

function commandsOf(command: Command): Candidate[] {
  return command.commands.map((child) => ({ value: child.name(), description: child.description() }));
}

function optionsOf(command: Command): Candidate[] {
  const help = { value: "--help", description: "say what the command takes" };
  const own = command.options.filter(({ hidden }) => !hidden);
  return [...own.map(({ long, short, description }) => ({ value: long ?? short!, description })), help];
}

/** The last one takes all that follow, where it may. */
function argumentAt({ registeredArguments }: Command, at: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[at] ?? (last?.variadic === true ? last : undefined);
}
