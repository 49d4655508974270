import { html } from "hono/html";
import { ruleOf } from "../../auth/actions.ts";
import type { Row } from "../contract/row.ts";
import { TABLE } from "../contract/table.ts";
import type { OpenApiDocument } from "../open-api.ts";
import { type Html, layout } from "./layout.ts";
import { type Schema, schemaText } from "./schema-text.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly description?: string;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly description?: string;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Shown {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const GROUPS: readonly Row["group"][] = [
  ...(["events", "functions", "runs", "schedules", "inputs"] as const),
  ...(["apps", "keys", "metrics", "dispatches", "health"] as const),
];

/** The API's document for people: every route, who may, what it takes and answers. No script, nothing from elsewhere. */
export function apiPage(document: OpenApiDocument): Html {
  const { paths, components } = document as unknown as Shown;
  const rows = Object.values<Row>(TABLE);
  return layout({
    title: "API",
    body: html`<h1>API</h1>
<p class="faint">As <a href="/v1/openapi.json">OpenAPI 3.1</a>. A change takes an <code>Idempotency-Key</code>; in production it is asked for twice (428, <code>durable-confirm</code>).</p>
${GROUPS.map(
  (group) => html`<h2 id="${group}">${group}</h2>
${rows.filter((row) => row.group === group).map((row) => route(row, paths[row.path]![row.method]!))}`,
)}
<h2 id="types">types</h2>
${Object.entries(components.schemas).map(([name, schema]) => type(name, schema))}`,
  });
}

function route(row: Row, operation: Operation): Html {
  const { parameters = [], requestBody, responses } = operation;
  return html`<details class="route" id="${operation.operationId}">
<summary><code class="method">${row.method.toUpperCase()}</code> <code>${row.path}</code> ${row.summary}</summary>
${row.description === undefined ? "" : html`<p>${row.description}</p>`}
<p class="faint">${whoMay(row)}</p>
${parameters.length === 0 ? "" : block("Path and query", parameters.map(parameterText).join("\n"))}
${requestBody === undefined ? "" : block("Body", contentText(requestBody))}
${block("Answer", contentText(responses[String(row.status)]!))}
<p class="faint">Problems: ${problemsOf(responses)}</p>
</details>`;
}

function type(name: string, schema: Schema): Html {
  return html`<details class="route" id="type-${name}"><summary><code>${name}</code></summary>
${schema.description === undefined ? "" : html`<p>${schema.description}</p>`}
<pre>${schemaText(schema)}</pre></details>`;
}

function block(title: string, text: string): Html {
  return html`<h3>${title}</h3><pre>${text}</pre>`;
}

function parameterText({ name, required, schema, description }: Parameter): string {
  const note = schema.description ?? description;
  return `${name}${required ? "" : "?"}: ${schemaText(schema)}${note === undefined ? "" : `  // ${note}`}`;
}

function contentText({ content = {} }: Content): string {
  const [first] = Object.values(content);
  return first === undefined ? "" : schemaText(first.schema);
}

function problemsOf(responses: Operation["responses"]): string {
  return Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .map(([status, { description = "" }]) => `${status} ${description}`)
    .join("; ");
}

function whoMay({ action }: Row): string {
  const { open, scope, also } = ruleOf(action);
  if (open === "anybody") return "Open to anybody.";
  const people = open === "people" ? ["the admin token"] : [];
  const keys = scope === null ? [] : [`an API key of scope ${scope}`];
  return `By ${[...people, ...keys, ...also.map((kind) => WORDS[kind])].join(", ")} (${action}).`;
}

const WORDS: Record<string, string> = {
  app: "an app's signature",
  "event-key": "an event key",
  "run-token": "a run token",
};
