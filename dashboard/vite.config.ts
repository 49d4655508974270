import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const PARTS =
  /dashboard\/src\/(parts|words|api|live|shell)\/|node_modules\/.*(radix-ui|lucide-react|@tanstack\/(react|virtual))/;

/** `vite` beside an engine serves sources and passes everything else on; `scripts/build.ts` makes what engines serve. */
export default defineConfig({
  root: folder("."),
  plugins: [react(), tailwindcss()],
  build: {
    outDir: folder("../engine/dashboard"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2023",
    // The policy allows no `data:`, and files are served for ever by their names.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What most screens are made of comes with the first of them, in one file: an engine without TLS is asked over six connections.
          groups: [{ name: "parts", test: PARTS, minShareCount: 3 }],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/login", "/logout", "/page.css", "/icon.svg", "/api"].map((path) => [
        path,
        process.env["DURABLE_URL"] ?? "http://127.0.0.1:4400",
      ]),
    ),
  },
});
