import { html } from "hono/html";
import { type Html, layout } from "./layout.ts";

export interface LoginShown {
  /** Where to go afterwards. */
  readonly next: string;
  readonly isLoggedIn: boolean;
  /** Null: nothing was wrong. */
  readonly refusal: string | null;
  /** Over plain http a browser keeps the cookie on the engine's own machine alone. */
  readonly isKept: boolean;
}

export function loginPage({ next, isLoggedIn, refusal, isKept }: LoginShown): Html {
  return layout({ title: "Log in", body: isLoggedIn ? logout() : login(next, refusal, isKept) });
}

function login(next: string, refusal: string | null, isKept: boolean): Html {
  return html`<h1>Log in</h1>
<p class="faint">With the engine's admin token (DURABLE_ADMIN_TOKEN). It lasts 12 hours on this browser.</p>
${refusal === null ? "" : html`<p class="refusal" role="alert">${refusal}</p>`}
${isKept ? "" : html`<p class="faint">Open this page over https: over plain http a browser does not keep the login.</p>`}
<form class="login" method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<label for="token">Admin token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button>
</form>`;
}

function logout(): Html {
  return html`<h1>You are logged in</h1>
<p class="faint">With the admin token, on this browser.</p>
<form class="login" method="post" action="/logout"><button>Log out</button></form>`;
}
