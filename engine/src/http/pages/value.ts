import { html } from "hono/html";
import type { Html } from "./layout.ts";

/** A page is for looking at; the whole value is one API call away. */
const SHOWN_CHARACTERS = 20_000;

/** JSON text as it was received, not read and not rearranged. */
export function value(text: string): Html {
  if (text.length <= SHOWN_CHARACTERS) return html`<pre>${text}</pre>`;
  return html`<pre>${text.slice(0, SHOWN_CHARACTERS)}</pre>
<p class="faint">The first ${SHOWN_CHARACTERS} of ${text.length} characters. The API has all of it.</p>`;
}
