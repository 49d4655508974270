// Writes protocol/schema/*.json from the zod schemas and removes what no longer has one. Run after every change to
// them: `pnpm --filter @durable/protocol schemas`. A test fails while the folder and the schemas differ.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { jsonSchemaFiles } from "../src/schemas.ts";

const folder = new URL("../schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
const files = jsonSchemaFiles();
for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(new URL(name, folder));
for (const [name, text] of files) writeFileSync(new URL(name, folder), text);
console.log(`${files.size} schemas written.`);
