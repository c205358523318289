/** The sandbox's control endpoints: what makes things happen to the synthetic partner and to Webex itself. */

import { json } from "./http.js";

const change = (path, body) => json(path, { method: "PATCH", body });
const tell = (path, body = {}) => json(path, { method: "POST", body });

/** People with tokens, the bot, the rooms and the clock. */
export const readState = () => json("/sandbox/state");

/** The first customers whose name holds the words. @returns {Promise<object[]>} */
export async function findCustomers(words, most) {
  return (await json(`/sandbox/customers?${new URLSearchParams({ q: words, max: most })}`)).items;
}

/** Change fields of a customer's subscription: invoice, end_date, products … */
export const changeSubscription = (subscriptionId, fields) =>
  change(`/sandbox/subscriptions/${encodeURIComponent(subscriptionId)}`, fields);

/** Move the sandbox's clock forward, with the usage of the weeks that pass. */
export const letTimePass = (days) => tell("/sandbox/clock", { advance_days: days });

/** Close every websocket, as a network would. */
export const dropSockets = () => tell("/sandbox/sockets/drop");

/** For so many seconds, Webex answers every request with 503. */
export const breakWebex = (seconds) => tell("/sandbox/faults", { path: "/v1", status: 503, retry_after: 2, seconds });

/** Webex works again. */
export const healWebex = () => json("/sandbox/faults", { method: "DELETE" });
