// What the audit keeps beside a deed: a reason, or JSON. Pure.

/** `function: clicks, reason: the store is down`; what is none of that stays as it is. */
export function detailSaid(detail: string): string {
  const value = jsonOf(detail);
  if (value === null || typeof value !== "object" || Array.isArray(value)) return detail;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return members.map(([name, member]) => `${name}: ${saidOf(member)}`).join(", ");
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function saidOf(member: unknown): string {
  if (Array.isArray(member)) return member.map(saidOf).join(" ");
  return typeof member === "string" ? member : JSON.stringify(member);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
