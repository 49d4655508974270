// Run by a person after a change of the route table: node engine/src/http/write-open-api.ts
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openApiDocument } from "./open-api.ts";

writeFileSync(
  fileURLToPath(new URL("../../openapi.json", import.meta.url)),
  `${JSON.stringify(openApiDocument(), null, 2)}\n`,
);
