// The same start from elsewhere, to be copied. Pure.

export interface Start {
  readonly origin: string;
  readonly app: string;
  readonly env: string;
  readonly fn: string;
  /** JSON text of the data. */
  readonly json: string;
}

export type Language = "curl" | "typescript" | "php";

export const LANGUAGE: Readonly<
  Record<Language, { readonly label: string; readonly of: (start: Start) => string }>
> = {
  curl: { label: "curl", of: curlOf },
  typescript: { label: "TypeScript", of: typescriptOf },
  php: { label: "PHP", of: phpOf },
};

function curlOf(start: Start): string {
  return `curl -X POST ${shellText(addressOf(start))} \\
  -H "authorization: Bearer $DURABLE_API_KEY" \\
  -H 'content-type: application/json' \\
  -d ${shellText(`{"data":${start.json}}`)}`;
}

function typescriptOf({ app, env, fn, json }: Start): string {
  return `import { Durable } from "@durable/sdk";

const durable = new Durable({ app: ${JSON.stringify(app)}, env: ${JSON.stringify(env)} });
const { run } = await durable.start(${JSON.stringify(fn)}, ${json});`;
}

function phpOf(start: Start): string {
  return `$data = <<<'JSON'
${start.json}
JSON;

$answer = file_get_contents(${phpText(addressOf(start))}, false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => [
        'authorization: Bearer ' . getenv('DURABLE_API_KEY'),
        'content-type: application/json',
    ],
    'content' => '{"data":' . $data . '}',
]]));
$run = json_decode($answer)->run;`;
}

function addressOf({ origin, app, env, fn }: Start): string {
  return `${origin}/v1/apps/${[app, env, "functions", fn, "trigger"].map(encodeURIComponent).join("/")}`;
}

/** Between single quotes a shell changes nothing; one that is in the text ends and begins them again. */
function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function phpText(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
