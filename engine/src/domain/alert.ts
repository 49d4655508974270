// What is told without anybody looking, as kinds and as sentences. What is wrong is found by durable.alert_candidates.

/** In the order in which they are listed. */
export const ALERT_KINDS = [
  "failed",
  "stuck",
  "backlog",
  "missed",
  "circuit",
  "error",
  "webhook",
  "more",
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export type AlertState = "fired" | "resolved";

/** The numbers that a rule of each kind has; seconds end in `_s`. */
export const ALERT_OPTIONS: Readonly<Record<AlertKind, readonly string[]>> = {
  failed: ["count", "within_s"],
  stuck: ["retrying_s", "waiting_s"],
  backlog: ["queued", "oldest_s", "for_s"],
  missed: ["within_s"],
  circuit: ["for_s"],
  error: ["within_s"],
  webhook: [],
  more: [],
};

/** As it is stored: ids and numbers, and nothing of what events and steps say. */
export type AlertFacts = Readonly<Record<string, string | number | boolean | null>>;

export function alertEventName(kind: AlertKind): string {
  return `durable.alert.${kind}`;
}

/** One sentence for people: what is wrong. */
export function alertSentence(kind: AlertKind, facts: AlertFacts): string {
  const { function: fn, runs } = facts;
  const of = `${runs} ${runs === 1 ? "run" : "runs"} of "${fn}"`;
  switch (kind) {
    case "failed":
      return `${of} failed lately.`;
    case "stuck":
      return {
        paused: `${of} cannot go on without a person.`,
        retrying: `${of} failed again and again for a long time.`,
        waiting: `${of} waited for a long time.`,
      }[String(facts["why"]) as "paused" | "retrying" | "waiting"];
    case "backlog":
      return `${facts["queued"]} runs are queued; the oldest has waited for ${facts["oldest_s"]} s.`;
    case "missed":
      return `The schedule "${facts["schedule"]}" missed ${facts["ticks"]} ${facts["ticks"] === 1 ? "tick" : "ticks"}.`;
    case "circuit":
      return `The app does not answer since ${facts["since"]}; its runs are frozen.`;
    case "error":
      return facts["returned"] === true
        ? `${facts["name"]} is back: error ${facts["error"]} had been resolved.`
        : `${facts["name"]} is new: error ${facts["error"]}.`;
    case "webhook":
      return `The webhook at ${facts["origin"]} was disabled: ${facts["why"]}`;
    case "more":
      return `A hundred alerts were told within the hour; ${facts["alerts"]} more (${facts["kinds"]}) were not. They are in the list.`;
  }
}
