/** The page's address: who one is (`as`, an e-mail) and which space is open (`space`, a room id). */

/** @returns {{as: string|null, space: string|null}} */
export function readRoute() {
  const parts = new URLSearchParams(location.hash.slice(1));
  return { as: parts.get("as"), space: parts.get("space") };
}

/**
 * Change the address.
 * @param {{as: string, space?: string|null}} route
 * @param {{replace?: boolean}} [how] replace: without a step in the browser's history
 */
export function writeRoute({ as, space }, { replace = false } = {}) {
  const parts = new URLSearchParams({ as, ...(space ? { space } : {}) });
  const hash = `#${parts}`;
  if (hash === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", hash);
}
