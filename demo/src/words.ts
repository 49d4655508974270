import type { Paint } from "../../engine/src/cli/terminal/paint.ts";
import type { Part } from "./children/part.ts";
import { appCommand, cliCommand, engineCommand, portOf } from "./commands.ts";
import type { Options } from "./options.ts";
import type { AppPlace } from "./parts.ts";

// What the demo says besides the trees. Every command can be copied as it stands.

export interface Scene {
  readonly options: Options;
  readonly app: AppPlace;
  readonly engineUrl: string;
  readonly hasKeys: boolean;
  readonly paint: Paint;
}

/** A part ended without being told to: what that means for the runs, and how to start it again. */
export function ended(part: Part, how: string, scene: Scene): string[] {
  const { bold, yellow } = scene.paint;
  return [
    yellow(`The ${part.name} is down (${how}). ${MEANING[part.name]}`),
    `  start it again: ${scene.hasKeys ? `press ${bold(part.name === "app" ? "a" : "e")}, or ` : ""}in another terminal: ${startCommand(part, scene)}`,
  ];
}

const MEANING = {
  app: "Runs that sleep or wait do not notice. One that needs it is called again, ever more slowly, until it answers.",
  engine:
    "Nothing is lost: every event and every result is in Postgres, and Postgres stopped cleanly with it. All runs go on when it is back.",
};

function startCommand(part: Part, { options, app }: Scene): string {
  return part.name === "app" ? appCommand(options, app.port) : engineCommand(options, app.url);
}

export function cameBack(part: Part, scene: Scene): string[] {
  const who =
    part.pid === null
      ? "started by somebody else, so quitting here leaves it running"
      : `process ${part.pid}`;
  return [scene.paint.green(`The ${part.name} is back (${who}). Its runs go on where they were.`)];
}

/** One thing to do: by key where there is a keyboard, and always by a command. */
interface Idea {
  readonly key?: string;
  readonly what: string;
  readonly commands: readonly string[];
}

export function tryNext(parts: { readonly engine: Part; readonly app: Part }, scene: Scene): string[] {
  const { options, engineUrl, paint, hasKeys } = scene;
  const { bold, cyan, dim } = paint;
  const user = { id: 7, name: "Grace Hopper", cooldown: "30s" };
  const cli = (args: string) => `${portOf(options)}${cliCommand()} ${args}`;
  const ideas: Idea[] = [
    {
      key: "n",
      what: "start a run that sleeps 30 s and then waits for an approval",
      commands: [cli(`send user.created --app demo --data '${JSON.stringify(user)}'`)],
    },
    {
      key: "a",
      what: "kill the app while the run sleeps, then start it again",
      commands: [`kill -9 ${parts.app.pid}`],
    },
    {
      key: "e",
      what: "the same with the engine, and its Postgres",
      commands: [`kill -9 ${parts.engine.pid}`],
    },
    {
      key: "y",
      what: "approve, once it waits",
      commands: [cli(`send approval.received --app demo --data '${JSON.stringify({ userId: user.id })}'`)],
    },
    { what: "look at the runs", commands: [cli("runs ls --app demo"), cli("runs show RUN --follow")] },
    { what: "what the shop really did", commands: [`cat ${options.ledgerFile}`] },
  ];
  return [
    `${bold("Try next")} ${dim(hasKeys ? "(by a key, or by a command in a second terminal, in this folder)" : "(in a second terminal, in this folder)")}`,
    ...ideas.flatMap(({ key, what, commands }) => [
      `  ${hasKeys ? `${bold(key ?? " ")}  ` : ""}${what}`,
      ...commands.map((command) => `  ${hasKeys ? "   " : ""}  ${dim(command)}`),
    ]),
    `${dim("Dashboard")} ${cyan(engineUrl)}`,
    "",
  ];
}
