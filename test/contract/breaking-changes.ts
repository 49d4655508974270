// What of a change to the API's document breaks clients that were made from the one before.
import type { Schema as SchemaText } from "../../engine/src/http/pages/schema-text.ts";

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, SchemaText>> };
}

interface Content {
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema: SchemaText }>>;
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly required?: boolean;
    readonly schema: SchemaText;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** `sent`: a client writes it, so nothing more may be asked. `answered`: it reads it, so nothing may be gone. */
type Way = "sent" | "answered";

/** A sentence for each. */
export function breakingChanges(before: ApiDocument, after: ApiDocument): string[] {
  const found: string[] = [];
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, old] of Object.entries(methods)) {
      const at = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) found.push(`${at} is gone`);
      else compareOperation(at, old, now);
    }
  }
  return [...new Set(found)];

  function compareOperation(at: string, old: Operation, now: Operation): void {
    const [had, has] = [old.parameters ?? [], now.parameters ?? []];
    for (const each of had) {
      const same = has.find(({ name }) => name === each.name);
      if (same === undefined) found.push(`${at}: parameter ${each.name} is gone`);
      else compare(`${at}: parameter ${each.name}`, each.schema, same.schema, "sent", new Set());
    }
    for (const { name, required } of has) {
      const wasRequired = had.find((each) => each.name === name)?.required === true;
      if (required === true && !wasRequired) found.push(`${at}: parameter ${name} is required now`);
    }
    if (now.requestBody?.required === true && old.requestBody?.required !== true)
      found.push(`${at}: a body is required now`);
    compareContent(`${at}: body`, old.requestBody, now.requestBody, "sent");
    for (const [status, answer] of Object.entries(old.responses)) {
      if (Number(status) >= 400) continue;
      if (now.responses[status] === undefined) found.push(`${at}: answer ${status} is gone`);
      compareContent(`${at}: answer`, answer, now.responses[status], "answered");
    }
  }

  function compareContent(at: string, old: Content | undefined, now: Content | undefined, way: Way): void {
    for (const [type, { schema }] of Object.entries(old?.content ?? {})) {
      const same = now?.content?.[type];
      if (same === undefined) found.push(`${at} as ${type} is gone`);
      else compare(at, schema, same.schema, way, new Set());
    }
  }

  /** @param seen Pairs of names that are being compared: types may contain themselves. */
  function compare(at: string, one: SchemaText, other: SchemaText, way: Way, seen: Set<string>): void {
    if (one.$ref !== undefined || other.$ref !== undefined) {
      const pair = `${one.$ref} ${other.$ref}`;
      if (seen.has(pair)) return;
      seen.add(pair);
    }
    const [old, now] = [resolveOrNull(one, before), resolveOrNull(other, after)];
    const [was, is] = [typesOf(old), typesOf(now)];
    if (was.length > 0 && is.length > 0) {
      const [held, lost] = way === "sent" ? [is, was] : [was, is];
      const foreign = lost.filter(
        (type) => !held.includes(type) && !(type === "integer" && held.includes("number")),
      );
      if (foreign.length > 0) found.push(`${at}: type was ${was.join(" | ")}, is ${is.join(" | ")}`);
    }
    for (const value of old.enum ?? []) {
      if (now.enum !== undefined && !now.enum.includes(value))
        found.push(`${at}: ${JSON.stringify(value)} is gone`);
    }
    for (const [name, member] of Object.entries(old.properties ?? {})) {
      const same = now.properties?.[name];
      if (same === undefined) found.push(`${at}.${name} is gone`);
      else compare(`${at}.${name}`, member, same, way, seen);
    }
    for (const name of now.required ?? []) {
      if (way === "sent" && !old.required?.includes(name)) found.push(`${at}.${name} is required now`);
    }
    for (const name of old.required ?? []) {
      const isThere = now.properties?.[name] !== undefined;
      if (way === "answered" && isThere && !now.required?.includes(name))
        found.push(`${at}.${name} may be missing now`);
    }
    if (old.items !== undefined && now.items !== undefined)
      compare(`${at}[]`, old.items, now.items, way, seen);
    const [each, others] = [branchesOf(old), branchesOf(now)];
    if (way === "sent" && others.length < each.length)
      found.push(`${at}: ${each.length - others.length} of its forms are gone`);
    each.forEach((branch, index) => {
      if (others[index] !== undefined) compare(at, branch, others[index], way, seen);
    });
  }
}

function resolve(schema: SchemaText, document: ApiDocument): SchemaText {
  const name = schema.$ref?.slice(schema.$ref.lastIndexOf("/") + 1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}

/** `anyOf` of a shape and null is that shape, whose type may be null. */
function resolveOrNull(schema: SchemaText, document: ApiDocument): SchemaText {
  const found = resolve(schema, document);
  const others = found.anyOf?.filter(({ type }) => type !== "null");
  if (others?.length !== 1 || found.anyOf?.length !== 2) return found;
  const shape = resolve(others[0]!, document);
  return { ...shape, type: [...typesOf(shape), "null"] };
}

function typesOf({ type }: SchemaText): readonly string[] {
  return type === undefined ? [] : [type].flat();
}

function branchesOf({ anyOf, oneOf, allOf }: SchemaText): readonly SchemaText[] {
  return anyOf ?? oneOf ?? allOf ?? [];
}
