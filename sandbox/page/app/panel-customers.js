/** Find a customer of the synthetic partner and change what the bot watches: invoices, licences, end dates. */

import { deedButton } from "./deed-button.js";
import { el } from "./dom.js";
import { dayKey } from "./format.js";
import { icon } from "./icons.js";
import { changeSubscription, findCustomers } from "./sandbox.js";

const TYPING_PAUSE_MS = 200;
const MOST_SHOWN = 8;
const NORMAL_SHARE = 0.85;
const DAY_MS = 86_400_000;

/** @param {import("./store.js").Store} store */
export function customerSearch(store) {
  let timer = null;
  let asked = 0;
  const results = el("div", { class: "customer-results", "aria-live": "polite" });

  const look = async () => {
    const ask = (asked += 1);
    try {
      const found = await findCustomers(field.value.trim(), MOST_SHOWN + 1);
      if (ask === asked) showFound(found);
    } catch (error) {
      if (ask === asked) results.replaceChildren(el("p", { class: "panel-note" }, error.message));
    }
  };
  const showFound = (found) => {
    const shown = found.slice(0, MOST_SHOWN);
    const note =
      found.length === 0 ? "No such customer" : found.length > shown.length ? "Type more to find others" : null;
    // One that somebody has opened stays as it is: an answer may come late, and would close it under their hand.
    const opened = new Map([...results.querySelectorAll("details[open]")].map((box) => [box.dataset.orgId, box]));
    results.replaceChildren(
      ...shown.map((customer) => opened.get(customer.org_id) ?? customerBox(customer, store)),
      note ? el("p", { class: "panel-note" }, note) : "",
    );
  };

  const field = el("input", {
    type: "search",
    class: "input",
    placeholder: "Find a customer",
    "aria-label": "Find a customer",
    dataset: { testid: "customer-search" },
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(look, TYPING_PAUSE_MS);
    },
  });
  look();
  return el(
    "div",
    { class: "customer-search" },
    el("div", { class: "input-with-icon" }, icon("search"), field),
    results,
  );
}

function customerBox({ org_id: orgId, name, subscriptions }, store) {
  const body = el("div", { class: "customer-body" });
  const box = el(
    "details",
    {
      class: "customer",
      dataset: { testid: "customer", orgId, customerName: name },
      ontoggle: () => {
        if (!box.open || body.childElementCount) return;
        body.append(...subscriptions.map((subscription) => subscriptionBox(subscription, name, store)));
        if (!subscriptions.length) body.append(el("p", { class: "panel-note" }, "No subscriptions"));
      },
    },
    el("summary", {}, icon("chevron"), el("span", { class: "customer-name" }, name)),
    body,
  );
  return box;
}

function subscriptionBox(subscription, customerName, store) {
  const id = subscription.subscription_id;
  let now = subscription;
  const facts = el("div", { class: "subscription-facts" });
  const change = async (fields) => {
    now = await changeSubscription(id, fields);
    drawFacts();
  };
  const assign = (share) =>
    change({
      products: Object.fromEntries(
        now.products.map(({ product, total }) => [product, { assigned: share(total ?? 0) }]),
      ),
    });

  const drawFacts = () =>
    facts.replaceChildren(
      el("p", { class: "subscription-id" }, id),
      now.invoice?.state === "unpaid" ? el("p", { class: "is-bad" }, "Invoice unpaid") : "",
      el("p", {}, endWords(now, dayKey(store.now()))),
      ...now.products.map(({ product, total, assigned }) =>
        el(
          "p",
          { class: assigned > total ? "is-bad" : "" },
          `${product}: ${assigned ?? "—"} of ${total ?? "—"} assigned`,
        ),
      ),
    );
  drawFacts();

  const extra = numberField("Licences above the total", "overage-count", 5);
  const days = numberField("Days until the end", "end-days", 5);
  const endDate = () => dayKey(new Date(store.now().getTime() + days.value() * DAY_MS));
  return el(
    "div",
    {
      class: "subscription",
      role: "group",
      "aria-label": `${id} of ${customerName}`,
      dataset: { testid: "subscription", subscriptionId: id },
    },
    facts,
    now.type === "trial"
      ? el("p", { class: "panel-note" }, "A trial has no invoice, so it cannot be suspended.")
      : el(
          "div",
          { class: "button-row" },
          deedButton("Suspend", "suspend", () => change({ invoice: "unpaid" }), `${customerName}: invoice unpaid`),
          deedButton("Invoice paid", "pay", () => change({ invoice: "paid" }), `${customerName}: invoice paid`),
        ),
    el(
      "div",
      { class: "button-row" },
      deedButton(
        "Exceed by",
        "exceed",
        () => assign((total) => total + extra.value()),
        `${customerName}: more licences assigned than bought`,
      ),
      extra.field,
      deedButton(
        "Back to normal",
        "normal",
        () => assign((total) => Math.round(total * NORMAL_SHARE)),
        `${customerName}: within its licences`,
      ),
    ),
    el(
      "div",
      { class: "button-row" },
      deedButton("End in", "move-end", () => change({ end_date: endDate() }), `${customerName}: end date moved`),
      days.field,
      el("span", { class: "unit", "aria-hidden": "true" }, "days"),
    ),
  );
}

function endWords({ end_date: end, auto_renew: renews }, today) {
  if (!end) return "No end date";
  return `${end < today ? "Ended" : renews ? "Renews" : "Ends"} ${end}`;
}

function numberField(label, testid, start) {
  const field = el("input", {
    type: "number",
    class: "input input-number",
    value: start,
    min: 0,
    "aria-label": label,
    dataset: { testid },
  });
  return { field, value: () => Math.max(0, Math.round(Number(field.value) || 0)) };
}
