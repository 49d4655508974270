/**
 * What a step says of its progress, for people: `40 %, page 4 of 10` of `{"progress":0.4,"detail":"page 4 of 10"}`;
 * anything else as the JSON it is. Null is a step that only says that it lives.
 */
export function describeProgress(progress: unknown): string {
  if (progress === null || progress === undefined) return "alive";
  const { progress: share, detail } = Object(progress) as { progress?: unknown; detail?: unknown };
  const said = [];
  if (typeof share === "number" && share >= 0 && share <= 1) said.push(`${Math.floor(share * 100)} %`);
  // A bare 0 or 1 may as well count something.
  if (typeof progress === "number" && progress > 0 && progress < 1)
    said.push(`${Math.floor(progress * 100)} %`);
  if (typeof detail === "string") said.push(detail);
  return said.length > 0 ? said.join(", ") : JSON.stringify(progress);
}
