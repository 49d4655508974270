import type { Paint } from "../../engine/src/cli/terminal/paint.ts";
import type { Part } from "./children/part.ts";
import { appCommand, cliCommand, engineCommand, environmentOf, sendCommand } from "./commands.ts";
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

export function tryNext(parts: { readonly engine: Part; readonly app: Part }, scene: Scene): string[] {
  const { options, engineUrl, paint, hasKeys } = scene;
  const { bold, cyan, dim } = paint;
  const user = { id: 7, name: "Grace Hopper", cooldown: "30s" };
  const press = (key: string) => (hasKeys ? `press ${bold(key)}, or: ` : "");
  const cli = `${environmentOf({ ...options, dataDir: "" })}${cliCommand()}`;
  return [
    bold("Try next"),
    `  ${dim("look at it")}          ${cyan(engineUrl)}`,
    `  ${dim("a run of 30 s")}       ${press("n")}${sendCommand(options, "user.created", user)}`,
    `  ${dim("kill the app")}        ${press("a")}kill -9 ${parts.app.pid}   ${dim("while the run sleeps; then start it again")}`,
    `  ${dim("kill the engine")}     ${press("e")}kill -9 ${parts.engine.pid}   ${dim("at any moment; then start it again")}`,
    `  ${dim("approve")}             ${press("y")}${sendCommand(options, "approval.received", { userId: user.id })}`,
    `  ${dim("watch")}               ${cli} runs ls --app demo`,
    `  ${dim("what the shop did")}   ${scene.options.ledgerFile}`,
    "",
  ];
}
