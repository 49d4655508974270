/**
 * Whether each request is an island, as on Cloudflare Workers: what one began may be stopped together with it, in the middle
 * and without a word, so that another request that waits for it would wait for ever.
 */
export const requestsAreApart: boolean = "WebSocketPair" in globalThis;
