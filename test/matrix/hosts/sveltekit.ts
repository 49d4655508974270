import type { Host } from "../host.ts";

/** Its own protection of forms comes before any route, and answers what is no JSON. */
const OF_FORMS = "SvelteKit refuses forms of other sites itself, with 403, before it asks the route";

export const hosts: readonly Host[] = [
  {
    name: "sveltekit",
    title: "SvelteKit",
    packages: {
      "@sveltejs/kit": "3.2.0",
      "@sveltejs/adapter-node": "6.0.1",
      "@sveltejs/vite-plugin-svelte": "7.3.1",
      svelte: "5.57.3",
      vite: "8.4.0",
    },
    snippet: { page: "docs/guides/hosts.md", framework: "sveltekit" },
    functionsFile: "src/functions.ts",
    files: () => ({
      "src/app.html":
        "<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>",
      "vite.config.js": `import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
export default { plugins: [sveltekit({ adapter: adapter() })] };
`,
    }),
    build: ["node_modules/.bin/vite", "build"],
    // The server of adapter-node takes 512 kB unless it is told.
    start: () => ["env", "BODY_SIZE_LIMIT=8M", "node", "build/index.js"],
    gaps: { "L0-media-type": OF_FORMS, "L0-order-of-checks": OF_FORMS },
  },
];
