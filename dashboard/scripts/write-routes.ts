// Writes src/api/routes.ts from the engine's route table: the dashboard knows methods and paths, and none of the schemas.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { routesText } from "./routes-text.ts";

writeFileSync(fileURLToPath(new URL("../src/api/routes.ts", import.meta.url)), routesText());
