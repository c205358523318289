/** A time in which Webex does not answer. The sandbox ends it; when that is, is kept on the device for pages loaded meanwhile. */

import { breakWebex, healWebex } from "./sandbox.js";
import { toast } from "./toasts.js";

const KEY = "partnerhub.outage-until";
let timer = null;

/** Whole seconds until Webex answers again; 0 when it does. */
export const secondsLeft = () => Math.max(0, Math.ceil((Number(localStorage.getItem(KEY)) - Date.now()) / 1000));

/** From now on Webex answers nobody, for so many seconds. */
export async function breakFor(seconds) {
  await breakWebex(seconds);
  localStorage.setItem(KEY, String(Date.now() + seconds * 1000));
  awaitEnd();
}

/** End it now. */
export async function heal() {
  clearTimeout(timer);
  await healWebex();
  localStorage.removeItem(KEY);
}

/** Tell when an outage is over, also one that began before this page was loaded. */
export function awaitEnd() {
  const until = Number(localStorage.getItem(KEY));
  if (!until) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    localStorage.removeItem(KEY);
    toast("Webex works again");
  }, until - Date.now());
}
