/** Keeping elements that carry `data-created` in the order of time. */

const RUN_MS = 5 * 60_000;

/** Put an element among its siblings by `data-created`; most often it is the newest. */
export function insertSorted(parent, element) {
  let after = parent.lastElementChild;
  while (after && after.dataset.created > element.dataset.created) after = after.previousElementSibling;
  if (after) after.after(element);
  else parent.prepend(element);
}

/**
 * Mark a message that follows another of the same person within five minutes, so that the name is not repeated; its
 * next neighbour is looked at again too.
 */
export function markRun(message) {
  for (const one of [message, message.nextElementSibling]) {
    if (one) one.classList.toggle("message-continues", continues(one.previousElementSibling, one));
  }
}

function continues(before, message) {
  if (!before || before.classList.contains("has-replies") || before.dataset.person !== message.dataset.person)
    return false;
  return new Date(message.dataset.created) - new Date(before.dataset.created) < RUN_MS;
}
