/** What the page knows: people, spaces, members, messages, what was read. Views listen to its events. */

/** A space's messages: those known, and where the older ones are. */
class Log {
  messages = new Map();
  /** Where older messages are: undefined before the first page came, null at the very beginning. */
  next = undefined;

  get latest() {
    let latest = null;
    for (const message of this.messages.values()) if (!latest || message.created >= latest.created) latest = message;
    return latest;
  }
}

/**
 * Events (detail): `rooms` (), `members` ({roomId}), `message` ({change: "created"|"updated"|"deleted", message, live}),
 * `connection` ({up}), `clock` ().
 */
export class Store extends EventTarget {
  rooms = new Map();
  #members = new Map();
  #logs = new Map();
  #read;
  #clockAheadMs = 0;

  /** @param {{me: object, bot: object, people: object[], clock: string}} world */
  constructor({ me, bot, people, clock }) {
    super();
    Object.assign(this, { me, bot, people });
    this.#read = JSON.parse(sessionStorage.getItem(this.#readKey) ?? "{}");
    this.setClock(clock);
  }

  /** The sandbox's time. */
  now() {
    return new Date(Date.now() + this.#clockAheadMs);
  }

  /** @param {string} iso the sandbox's time now */
  setClock(iso) {
    this.#clockAheadMs = new Date(iso) - Date.now();
    this.#tell("clock");
  }

  setConnection(up) {
    this.#tell("connection", { up });
  }

  putRoom(room) {
    this.rooms.set(room.id, room);
    this.#tell("rooms");
  }

  dropRoom(roomId) {
    this.rooms.delete(roomId);
    this.#logs.delete(roomId);
    this.#tell("rooms");
  }

  /** Spaces, the one with the newest message first. */
  roomsByActivity() {
    const activity = (room) => this.log(room.id).latest?.created ?? room.lastActivity;
    return [...this.rooms.values()].sort((one, other) => (activity(one) < activity(other) ? 1 : -1));
  }

  setMembers(roomId, memberships) {
    this.#members.set(roomId, memberships);
    this.#tell("members", { roomId });
  }

  members(roomId) {
    return this.#members.get(roomId) ?? [];
  }

  /** The other one of a 1:1 space. */
  partner(roomId) {
    return this.members(roomId).find((member) => member.personId !== this.me.personId);
  }

  hasBot(roomId) {
    return this.members(roomId).some((member) => member.personId === this.bot.personId);
  }

  /** Members of another organization than the bot's. */
  isOutsider(member) {
    const home = this.members(member.roomId).find(({ personId }) => personId === this.bot.personId);
    return Boolean(home?.personOrgId && member.personOrgId !== home.personOrgId);
  }

  /** The 1:1 space with the bot, if there is one. */
  directRoomWithBot() {
    return [...this.rooms.values()].find((room) => room.type === "direct" && this.hasBot(room.id));
  }

  isMine(message) {
    return message.personId === this.me.personId;
  }

  isBots(message) {
    return message.personId === this.bot.personId;
  }

  /** @param {{personId?: string, personEmail?: string}} message */
  nameOf(message) {
    const person = this.people.find(({ personId }) => personId === message.personId);
    return this.isBots(message) ? this.bot.displayName : (person?.displayName ?? message.personEmail);
  }

  /** What was said to the bot: the text without the bot's name in front, which a mention leaves there. */
  commandOf({ text = "" }) {
    const address = `${this.bot.displayName} `;
    return text.startsWith(address) ? text.slice(address.length) : text;
  }

  /** @returns {Log} */
  log(roomId) {
    if (!this.#logs.has(roomId)) this.#logs.set(roomId, new Log());
    return this.#logs.get(roomId);
  }

  /**
   * Know a message, or know it better.
   * @param {object} message
   * @param {{live?: boolean}} [how] live: it happened just now, rather than being read from the past
   */
  putMessage(message, { live = false } = {}) {
    const { messages } = this.log(message.roomId);
    const known = messages.get(message.id);
    // A message read again unchanged must not be drawn again: a form in its card would lose what was typed.
    if (known && known.updated === message.updated && known.outgoing === message.outgoing) return;
    const change = known ? "updated" : "created";
    messages.set(message.id, message);
    this.#tell("message", { change, message, live: live && change === "created" });
    this.#tell("rooms");
  }

  dropMessage({ id, roomId }) {
    const { messages } = this.log(roomId);
    const message = messages.get(id);
    if (!message) return;
    messages.delete(id);
    this.#tell("message", { change: "deleted", message, live: false });
    this.#tell("rooms");
  }

  /** How many messages of others came since the person last looked at the space, or wrote there. */
  unread(roomId) {
    const messages = [...this.log(roomId).messages.values()];
    const since = messages.reduce(
      (latest, message) => (this.isMine(message) && message.created > latest ? message.created : latest),
      this.#read[roomId] ?? "",
    );
    return messages.filter((message) => message.created > since).length;
  }

  markRead(roomId) {
    const latest = this.log(roomId).latest?.created ?? "";
    if ((this.#read[roomId] ?? "") >= latest) return;
    this.#read[roomId] = latest;
    sessionStorage.setItem(this.#readKey, JSON.stringify(this.#read));
    this.#tell("rooms");
  }

  get #readKey() {
    return `partnerhub.read.${this.me.email}`;
  }

  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
