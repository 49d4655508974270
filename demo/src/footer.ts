import type { Paint } from "../../engine/src/cli/terminal/paint.ts";
import type { LedgerLine } from "./app/ledger.ts";
import type { Part } from "./children/part.ts";

export interface FooterParts {
  readonly engine: Part;
  readonly app: Part;
  readonly engineUrl: string;
  readonly ledger: readonly LedgerLine[];
  readonly hasOpenApproval: boolean;
  readonly hasKeys: boolean;
  readonly paint: Paint;
}

/** The last lines of the screen: who is up, what was done, which keys there are. */
export function footer(parts: FooterParts): string[] {
  const { paint, engine, app, engineUrl } = parts;
  const { dim, cyan } = paint;
  return [
    dim("─".repeat(60)),
    `${stateOf(engine, paint)}   ${stateOf(app, paint)}   ${dim("dashboard")} ${cyan(engineUrl)}`,
    ledgerLine(parts.ledger, paint),
    ...(parts.hasKeys ? [keyLine(parts)] : []),
  ];
}

function stateOf(part: Part, { green, yellow, red, dim }: Paint): string {
  switch (part.state) {
    case "up":
      return `${green("●")} ${part.name} ${dim(`process ${part.pid}`)}`;
    case "outside":
      return `${green("●")} ${part.name} ${dim("started elsewhere")}`;
    case "starting":
      return `${yellow("●")} ${part.name} ${yellow("starting")}`;
    case "down":
      return `${red("●")} ${part.name} ${red("down")}`;
  }
}

/** The proof that one can count: deeds asked for again under the same key were not done again. */
function ledgerLine(lines: readonly LedgerLine[], { dim }: Paint): string {
  const again = lines.filter((line) => line.again).length;
  const done = lines.length - again;
  const asked =
    again === 0 ? "none was even asked for twice" : `${again} asked for again, and not done again`;
  return dim(`  the shop's ledger: ${done} ${done === 1 ? "deed" : "deeds"}; ${asked}`);
}

function keyLine({ engine, app, hasOpenApproval, paint }: FooterParts): string {
  const { bold, dim } = paint;
  const key = (letter: string, what: string) => `${bold(letter)} ${dim(what)}`;
  const toggle = (letter: string, part: Part) =>
    part.state === "up" || part.state === "down"
      ? [key(letter, `${part.state === "up" ? "kill" : "start"} the ${part.name}`)]
      : [];
  return `  ${[
    key("n", "new run"),
    ...(hasOpenApproval ? [key("y", "approve")] : []),
    ...toggle("a", app),
    ...toggle("e", engine),
    key("q", "quit"),
  ].join("   ")}`;
}
