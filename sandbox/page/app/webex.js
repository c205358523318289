/** The Webex messaging interface as one person uses it. */

import { json, request } from "./http.js";

const PAGE_SIZE = 50;
const NEXT = /<([^>]+)>;\s*rel="?next"?/;

/** The sandbox names itself by one host, the browser may use another: only the path counts. */
function localPath(address) {
  const { pathname, search } = new URL(address, location.origin);
  return pathname + search;
}

const query = (path, values) => `${path}?${new URLSearchParams(values)}`;

export class Webex {
  /** @param {string} token the person's access token */
  constructor(token) {
    this.token = token;
  }

  /** All spaces of the person, busiest first. */
  async rooms() {
    return (await this.#json("/v1/rooms?max=1000&sortBy=lastactivity")).items;
  }

  async room(roomId) {
    return this.#json(`/v1/rooms/${roomId}`);
  }

  async memberships(roomId) {
    return (await this.#json(query("/v1/memberships", { roomId, max: 1000 }))).items;
  }

  /**
   * A page of messages, newest first.
   * @param {string} roomId
   * @param {string|null} [next] what the page before said is next
   * @returns {Promise<{items: object[], next: string|null}>}
   */
  async messages(roomId, next = null) {
    const path = next ?? query("/v1/messages", { roomId, max: PAGE_SIZE });
    const response = await request(path, { token: this.token });
    const following = NEXT.exec(response.headers.get("Link") ?? "");
    return { items: (await response.json()).items, next: following && localPath(following[1]) };
  }

  async message(messageId) {
    return this.#json(`/v1/messages/${messageId}`);
  }

  /**
   * Post a message; with a file it travels as a form.
   * @param {object} fields roomId or toPersonEmail, text or markdown, parentId
   * @param {File|null} [file]
   */
  async post(fields, file = null) {
    if (!file) return this.#json("/v1/messages", { method: "POST", body: fields });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("files", file, file.name);
    return this.#json("/v1/messages", { method: "POST", body: form });
  }

  async remove(messageId) {
    await this.#json(`/v1/messages/${messageId}`, { method: "DELETE" });
  }

  /** Press a card's button. */
  async submit(messageId, inputs) {
    return this.#json("/v1/attachment/actions", { method: "POST", body: { type: "submit", messageId, inputs } });
  }

  /** What a file is, without its content. @returns {Promise<{name: string, type: string, size: number}>} */
  async fileFacts(address) {
    const { headers } = await request(localPath(address), { method: "HEAD", token: this.token });
    return {
      name: fileName(headers.get("Content-Disposition") ?? ""),
      type: (headers.get("Content-Type") ?? "").split(";")[0],
      size: Number(headers.get("Content-Length")),
    };
  }

  /** @returns {Promise<Blob>} */
  async fileContent(address) {
    return (await request(localPath(address), { token: this.token })).blob();
  }

  #json(path, options = {}) {
    return json(path, { ...options, token: this.token });
  }
}

function fileName(disposition) {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition);
  if (encoded) return decodeURIComponent(encoded[1]);
  return /filename="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1].replace(/\\(.)/g, "$1") ?? "file";
}
