// `node sdk-ts/scripts/build.mjs`: dist/, for `pnpm pack` and to look at. Plain JavaScript, as are the files it
// uses: it runs as `prepack`, under whatever Node the packer has.

import { fileURLToPath } from "node:url";
import { buildInto } from "./build/bundle.mjs";

await buildInto(fileURLToPath(new URL("../dist", import.meta.url)));
