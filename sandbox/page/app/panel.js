/** "Make things happen": time, customers and Webex itself, at the push of a button. */

import { deedButton } from "./deed-button.js";
import { el, iconButton } from "./dom.js";
import { counted, fullTime } from "./format.js";
import { icon } from "./icons.js";
import { breakFor, heal, secondsLeft } from "./outage.js";
import { customerSearch } from "./panel-customers.js";
import { botNews } from "./panel-news.js";
import { dropSockets, letTimePass } from "./sandbox.js";

const BROKEN_SECONDS = 30;
const CLOCK_TICK_MS = 10_000;
const OUTAGE_TICK_MS = 500;

/**
 * @param {import("./store.js").Store} store
 * @param {{onClose: () => void, onOpen: (roomId: string) => void}} actions
 */
export function panel(store, { onClose, onOpen }) {
  const title = el("h2", { class: "panel-title pane-title", tabIndex: -1 }, "Make things happen");
  return el(
    "div",
    {
      class: "panel",
      role: "complementary",
      "aria-label": "Make things happen",
      dataset: { testid: "panel" },
      onkeydown: ({ key, defaultPrevented }) => key === "Escape" && !defaultPrevented && onClose(),
    },
    el(
      "div",
      { class: "panel-head" },
      title,
      iconButton("Close", icon("close"), { onclick: onClose, dataset: { testid: "panel-close" } }),
    ),
    el("div", { class: "panel-body" }, timeSection(store), section("Customers", customerSearch(store)), webexSection()),
    botNews(store, onOpen),
  );
}

function section(name, ...content) {
  return el("section", { class: "panel-section" }, el("h3", {}, name), ...content);
}

function timeSection(store) {
  const clock = el("p", { class: "panel-clock", dataset: { testid: "clock" } });
  const show = () => clock.replaceChildren(icon("clock"), fullTime(store.now()));
  store.addEventListener("clock", show);
  setInterval(show, CLOCK_TICK_MS);
  show();
  const pass = (days, words) =>
    deedButton(
      words,
      `pass-${days}`,
      () => letTimePass(days),
      `${counted(days, "day")} later. The bot notices at its next look.`,
    );
  return section(
    "Time",
    clock,
    el("div", { class: "button-row" }, pass(1, "Let a day pass"), pass(7, "Let a week pass")),
  );
}

function webexSection() {
  const left = el("p", { class: "outage", hidden: true, dataset: { testid: "outage" } });
  const showLeft = () => {
    const seconds = secondsLeft();
    left.hidden = seconds === 0;
    left.replaceChildren(icon("warning"), `Webex answers nobody for another ${counted(seconds, "second")}.`);
  };
  setInterval(showLeft, OUTAGE_TICK_MS);
  showLeft();
  return section(
    "Webex",
    el("p", { class: "panel-note" }, "See how the bot copes when Webex does not answer or the line is cut."),
    left,
    el(
      "div",
      { class: "button-row" },
      deedButton("Drop the sockets", "drop-sockets", dropSockets, "Every websocket was cut"),
      deedButton(
        `Break Webex for ${BROKEN_SECONDS} s`,
        "break-webex",
        () => breakFor(BROKEN_SECONDS),
        `Webex answers nobody for ${BROKEN_SECONDS} seconds. Messages cannot be sent meanwhile.`,
      ),
      deedButton("Heal Webex", "heal-webex", heal, "Webex works again"),
    ),
  );
}
