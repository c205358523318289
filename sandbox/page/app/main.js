/**
 * The chat page: reads who there is, becomes one of them, and puts the parts together.
 *
 * For tests, `data-testid` names what can be used: person-menu, person-choice (data-person), room (data-room-title,
 * data-room-id), unread, message-bot, conversation-title, members, member-list, member (data-outsider), back,
 * theme-switch, message (data-message-id, data-from-bot), reply, delete, retry, thread (data-thread), thread-toggle,
 * thread-earlier, reply-thread, card, picture, picture-dialog, file (data-file-name), file-preview, file-download,
 * csv-dialog, dialog-close, new-messages, announcer, composer, send, to-bot, attach, file-input, attached, suggestion,
 * mention-option, reply-line, reply-cancel, panel-toggle, panel, panel-close, clock, pass-1, pass-7, customer-search,
 * customer (data-org-id, data-customer-name), subscription (data-subscription-id), suspend, pay, exceed,
 * overage-count, normal, move-end, end-days, drop-sockets, break-webex, heal-webex, outage, bot-news, news, toast.
 */

import { Conversation } from "./conversation.js";
import { el, oncePerFrame } from "./dom.js";
import { icon } from "./icons.js";
import { awaitEnd } from "./outage.js";
import { panel } from "./panel.js";
import { personMenu } from "./person-menu.js";
import { roomList } from "./rooms.js";
import { readRoute, writeRoute } from "./route.js";
import { readState } from "./sandbox.js";
import { Session } from "./session.js";
import { Store } from "./store.js";
import { startTheme, themeSwitch } from "./theme.js";

const TITLE = document.title;
const isNarrow = matchMedia("(max-width: 760px)");

async function start(app) {
  startTheme();
  awaitEnd();
  const state = await readState();
  const me = state.people.find(({ email }) => email === readRoute().as) ?? state.people[0];
  const store = new Store({ ...state, me });
  const session = new Session(store);
  await session.start();
  build(app, store, session);
}

function build(app, store, session) {
  const { me } = store;
  const show = (pane) => {
    app.dataset.pane = pane;
    nameMain();
  };
  /** A narrow screen shows one pane at a time: that is the main part then, and its title the page's. */
  const nameMain = () => {
    const alone = isNarrow.matches ? app.dataset.pane : null;
    const mark = (node, name, value) => (value ? node?.setAttribute(name, value) : node?.removeAttribute(name));
    mark(spaces, "role", alone === "list" && "main");
    panelSlot.querySelector(".panel")?.setAttribute("role", alone === "panel" ? "main" : "complementary");
    for (const title of app.querySelectorAll(".pane-title")) mark(title, "aria-level", alone && "1");
    for (const title of panelSlot.querySelectorAll("h3")) mark(title, "aria-level", alone && "2");
  };

  const openSpace = (roomId) => {
    rooms.select(roomId);
    conversation.open(roomId);
  };
  const enterSpace = (roomId) => {
    writeRoute({ as: me.email, space: roomId });
    openSpace(roomId);
    show("conversation");
    if (!isNarrow.matches) conversation.composer.field.focus();
  };
  const backToList = () => {
    writeRoute({ as: me.email });
    show("list");
    rooms.focus();
  };
  const followAddress = () => {
    const { as, space } = readRoute();
    if (as && as !== me.email) return location.reload();
    openSpace(store.rooms.has(space) ? space : (store.directRoomWithBot()?.id ?? null));
    return show(store.rooms.has(space) ? "conversation" : "list");
  };
  const become = (email) => {
    writeRoute({ as: email });
    location.reload();
  };

  const panelSlot = el("div", { class: "panel-slot", hidden: true });
  const togglePanel = () => {
    const open = panelSlot.hidden;
    if (!panelSlot.hasChildNodes()) panelSlot.append(panel(store, { onClose: togglePanel, onOpen: enterSpace }));
    panelSlot.hidden = !open;
    app.classList.toggle("has-panel", open);
    panelButton.setAttribute("aria-expanded", String(open));
    show(open ? "panel" : "conversation");
    (open ? panelSlot.querySelector(".panel-title") : panelButton).focus();
  };
  const panelButton = el(
    "button",
    {
      type: "button",
      class: "text-button panel-toggle",
      "aria-expanded": "false",
      dataset: { testid: "panel-toggle" },
      onclick: togglePanel,
    },
    icon("bolt"),
    el("span", {}, "Make things happen"),
  );

  const rooms = roomList(store, { onOpen: enterSpace, onMessageBot: () => enterSpace(null) });
  const conversation = new Conversation(session, {
    onBack: backToList,
    onOpen: enterSpace,
    tools: [panelButton],
  });
  const spaces = el("div", { class: "spaces" }, rooms.element);
  rooms.element.prepend(el("h2", { class: "visually-hidden pane-title" }, "Spaces"));
  const side = el(
    "div",
    { class: "side" },
    el("header", { class: "side-head" }, personMenu(store, become), themeSwitch()),
    spaces,
    el("footer", { class: "sandbox-note" }, "A local sandbox. Nothing here reaches Webex."),
  );
  app.replaceChildren(side, conversation.element, panelSlot);
  isNarrow.addEventListener("change", nameMain);

  writeRoute({ ...readRoute(), as: me.email }, { replace: true });
  followAddress();
  addEventListener("hashchange", followAddress);
  document.getElementById("skip").addEventListener("click", () => {
    show("conversation");
    conversation.composer.field.focus();
  });
  countUnreadInTitle(store);
}

function countUnreadInTitle(store) {
  const count = () => {
    const unread = [...store.rooms.keys()].reduce((sum, roomId) => sum + store.unread(roomId), 0);
    document.title = unread ? `(${unread}) ${TITLE}` : TITLE;
  };
  store.addEventListener("rooms", oncePerFrame(count));
  count();
}

function failed(app, error) {
  app.replaceChildren(
    el(
      "main",
      { class: "failure", role: "alert" },
      icon("warning"),
      el("h1", {}, "The sandbox does not answer"),
      el("p", {}, error.message),
      el("button", { type: "button", class: "button", onclick: () => location.reload() }, "Try again"),
    ),
  );
}

const app = document.getElementById("app");
start(app).catch((error) => {
  failed(app, error);
  throw error;
});
