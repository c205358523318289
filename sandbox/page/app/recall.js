/** Own earlier messages come back with the arrow keys, as in a terminal, while nothing else is typed. */

export class Recall {
  #field;
  #commands;
  #at = -1;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => string[]} commands the newest first
   */
  constructor(field, commands) {
    this.#field = field;
    this.#commands = commands;
  }

  /** Something else was typed or sent. */
  reset() {
    this.#at = -1;
  }

  /** @returns {boolean} whether the key put an earlier, or a later, message into the field */
  take(event) {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || (this.#field.value && this.#at < 0)) return false;
    const commands = this.#commands();
    const wanted = this.#at + step;
    if (wanted < -1 || wanted >= commands.length) return false;
    event.preventDefault();
    this.#at = wanted;
    this.#field.value = commands[wanted] ?? "";
    return true;
  }
}
