/** The stream of what happens in the person's spaces, reopened for as long as the page is open. */

const NAMES = [
  "message-created",
  "message-updated",
  "message-deleted",
  "room-created",
  "room-updated",
  "membership-created",
  "membership-deleted",
  "clock",
];
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

/**
 * Listen to the sandbox.
 * @param {string} token the person's access token
 * @param {{onEvent: (name: string, data: object) => void, onUp: (again: boolean) => Promise<void>, onDown: () => void}}
 *   listener `onUp(true)` says that the stream was away and something may have been missed; when it throws, the stream
 *   counts as still away
 */
export function listen(token, { onEvent, onUp, onDown }) {
  let wait = FIRST_WAIT_MS;
  let wasDown = false;

  const open = () => {
    const source = new EventSource(`/sandbox/events?${new URLSearchParams({ token })}`);
    for (const name of NAMES) source.addEventListener(name, (event) => onEvent(name, JSON.parse(event.data)));
    // A browser tries again by itself only after some errors: closing and opening anew treats all of them alike.
    const fail = () => {
      source.close();
      if (!wasDown) onDown();
      wasDown = true;
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    source.onerror = fail;
    source.onopen = async () => {
      try {
        await onUp(wasDown);
        wasDown = false;
        wait = FIRST_WAIT_MS;
      } catch {
        fail();
      }
    };
  };
  open();
}
