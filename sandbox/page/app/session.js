/** One person's stay: fills the store from Webex and does what the person asks for. */

import { listen } from "./events.js";
import { readState } from "./sandbox.js";
import { Webex } from "./webex.js";

export class Session {
  #outgoing = 0;
  #parentsAskedFor = new Set();

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.webex = new Webex(store.me.token);
  }

  /** Read the spaces with their newest messages, then follow what happens. */
  async start() {
    await this.#catchUp(await this.webex.rooms());
    listen(this.webex.token, {
      onEvent: (name, data) => this.#happened(name, data),
      onUp: async (again) => {
        if (again) await this.#comeBack();
        this.store.setConnection(true);
      },
      onDown: () => this.store.setConnection(false),
    });
  }

  /**
   * Read the next older page of a space.
   * @returns {Promise<() => void>} puts what was read into the store
   */
  async readOlder(roomId) {
    const log = this.store.log(roomId);
    const page = await this.webex.messages(roomId, log.next);
    return () => {
      log.next = page.next;
      for (const message of page.items.reverse()) this.store.putMessage(message);
    };
  }

  /** Read the first message of a thread whose replies alone are known. */
  async loadParent({ roomId, parentId }) {
    if (this.#parentsAskedFor.has(parentId) || this.store.log(roomId).messages.has(parentId)) return;
    this.#parentsAskedFor.add(parentId);
    const parent = await this.webex.message(parentId).catch(() => null);
    if (parent) this.store.putMessage(parent);
  }

  /**
   * Say something. It is shown at once, and stays with the offer to try again when it could not be sent.
   * @param {{roomId: string}|{toPersonEmail: string}} where
   * @param {{text: string, markdown?: string, parentId?: string|null}} what `text` is what the person sees meanwhile
   * @param {File|null} [file]
   * @returns {Promise<object|null>} the message, null when it could not be sent
   */
  async send(where, { text, markdown, parentId }, file = null) {
    const words = markdown ? { markdown } : text ? { text } : {};
    const fields = { ...where, ...words, ...(parentId ? { parentId } : {}) };
    const { me } = this.store;
    const draft = {
      id: `outgoing-${(this.#outgoing += 1)}`,
      roomId: where.roomId,
      parentId: parentId ?? undefined,
      personId: me.personId,
      personEmail: me.email,
      text: text || file?.name,
      created: this.store.now().toISOString(),
    };
    return this.#post(draft, fields, file);
  }

  async #post(draft, fields, file) {
    const discard = () => draft.roomId && this.store.dropMessage(draft);
    const show = (outgoing) => draft.roomId && this.store.putMessage({ ...draft, outgoing }, { live: true });
    show({ state: "sending" });
    try {
      const message = await this.webex.post(fields, file);
      discard();
      this.store.putMessage(message, { live: true });
      return message;
    } catch (error) {
      if (!draft.roomId) throw error;
      show({ state: "failed", reason: error.message, discard, retry: () => this.#post(draft, fields, file) });
      return null;
    }
  }

  async remove(message) {
    await this.webex.remove(message.id);
    this.store.dropMessage(message);
  }

  /**
   * Press a card's button and wait until the bot says something in that space, five seconds at most.
   * @throws {import("./http.js").ApiError} when the press was refused
   */
  async submit(message, inputs) {
    const answered = this.#nextWordOfBot(message.roomId, 5000);
    await this.webex.submit(message.id, inputs);
    await answered;
  }

  #nextWordOfBot(roomId, longestMs) {
    return new Promise((done) => {
      const finish = () => {
        clearTimeout(timer);
        this.store.removeEventListener("message", heard);
        done();
      };
      const heard = ({ detail: { message, live } }) => {
        if (live && message.roomId === roomId && this.store.isBots(message)) finish();
      };
      const timer = setTimeout(finish, longestMs);
      this.store.addEventListener("message", heard);
    });
  }

  async #catchUp(rooms) {
    const gone = new Set(this.store.rooms.keys());
    for (const room of rooms) {
      gone.delete(room.id);
      this.store.putRoom(room);
    }
    for (const roomId of gone) this.store.dropRoom(roomId);
    await Promise.all(rooms.map((room) => this.#readRoom(room.id)));
  }

  async #readRoom(roomId) {
    const log = this.store.log(roomId);
    const [memberships, page] = await Promise.all([this.webex.memberships(roomId), this.webex.messages(roomId)]);
    this.store.setMembers(roomId, memberships);
    const known = log.next !== undefined;
    const overlaps = page.items.some(({ id }) => log.messages.has(id));
    if (!known || !overlaps) log.next = page.next;
    for (const message of page.items.reverse()) this.store.putMessage(message, { live: known });
  }

  /** A restarted sandbox is another world: begin anew. One that was only out of reach: read what was missed. */
  async #comeBack() {
    const { people, clock } = await readState();
    if (!people.some(({ token }) => token === this.webex.token)) return location.reload();
    const rooms = await this.webex.rooms();
    const isOther = ({ id, created }) => this.store.rooms.has(id) && this.store.rooms.get(id).created !== created;
    if (rooms.some(isOther)) return location.reload();
    this.store.setClock(clock);
    return this.#catchUp(rooms);
  }

  #happened(name, data) {
    if (name === "message-created") this.#heard(data);
    else if (name === "message-updated") this.store.putMessage(data);
    else if (name === "message-deleted") this.store.dropMessage(data);
    else if (name === "clock") this.store.setClock(data.now);
    else if (name.startsWith("room-")) this.#roomChanged(data);
    else this.#membersChanged(name, data);
  }

  #heard(message) {
    if (this.store.isMine(message)) this.#forgetDraft(message);
    this.store.putMessage(message, { live: true });
  }

  /** The own message may arrive before the answer to posting it: its draft goes then, so that it never shows twice. */
  #forgetDraft(message) {
    for (const known of this.store.log(message.roomId).messages.values()) {
      const isDraft = known.outgoing?.state === "sending" && known.parentId === message.parentId;
      if (isDraft) return this.store.dropMessage(known);
    }
  }

  async #roomChanged(room) {
    const isNew = !this.store.rooms.has(room.id);
    this.store.putRoom(room);
    if (isNew) await this.#readRoom(room.id);
  }

  async #membersChanged(name, { roomId, personId }) {
    if (name === "membership-deleted" && personId === this.store.me.personId) return this.store.dropRoom(roomId);
    if (!this.store.rooms.has(roomId)) await this.#roomChanged(await this.webex.room(roomId));
    else this.store.setMembers(roomId, await this.webex.memberships(roomId));
  }
}
