// Source maps say where sources were on the machine that built; in the package they say where they would be, had it its
// own folder `src`. Their text is inside, so nobody needs the files.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";

/** Where a source comes from, and where it stands in the package. In a copy of the repository packages may be linked elsewhere. */
const PLACES = [
  [/^(?:.*\/)?sdk-ts\/src\//, "src/"],
  [/^(?:.*\/)?protocol\/src\//, "src/protocol/"],
  [/^(?:.*\/)?node_modules\/(?!.*node_modules\/)/, "src/"],
];

/** Rewrites the sources of every map below `dist`, which was built from the repository at `root`. */
export function settleSourceMaps(dist, root) {
  for (const file of readdirSync(dist, { recursive: true })) {
    if (!file.endsWith(".js.map")) continue;
    const path = join(dist, file);
    const map = JSON.parse(readFileSync(path, "utf8"));
    const folder = posix.dirname(posix.join("dist", file.split(sep).join("/")));
    map.sources = map.sources.map((source) => {
      const inRepository = relative(root, resolve(dirname(path), source))
        .split(sep)
        .join("/");
      const place = PLACES.find(([beginning]) => beginning.test(inRepository));
      if (place === undefined) throw new Error(`${file} has a source that is none of ours: ${inRepository}`);
      return posix.relative(folder, inRepository.replace(...place));
    });
    writeFileSync(path, JSON.stringify(map));
  }
}
