import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLE = join(ROOT, "examples/shop-php");

/** What Composer would write there for the SDK of this repository. */
const AUTOLOAD = `<?php
require ${JSON.stringify(join(ROOT, "sdk-php/autoload.php"))};
spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/../src/' . strtr(substr($class, 5), '\\\\', '/') . '.php';
    if (str_starts_with($class, 'Shop\\\\') && is_file($file)) {
        require $file;
    }
});
`;

/** The shop in PHP as a project of its own in this folder. @returns its `index.php`. */
export function makePhpShop(folder: string): string {
  cpSync(EXAMPLE, folder, { recursive: true });
  mkdirSync(join(folder, "vendor"), { recursive: true });
  writeFileSync(join(folder, "vendor/autoload.php"), AUTOLOAD);
  return join(folder, "index.php");
}
