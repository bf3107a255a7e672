// What is said under a message: where it stands, and what becomes of the box for an answer when the message changes.

import { bodyOf, cloneOf, logs, place } from "./logs.js";

const MOST_IN_SIGHT = 6; // of a longer thread the older messages are folded away
const IN_USE = ":focus-within, .shown-once, :has(> .unsent:not([hidden]))"; // not folded away under somebody's hands

export const boxOf = (root) => root.querySelector(":scope > .reply-box");

export function rootOf(thread, name) {
  const root = thread ? document.getElementById(thread) : null;
  return logs[name].contains(root) ? root : null;
}

function threadOf(root) {
  const known = root.querySelector(":scope > .thread");
  if (known) return known;
  const thread = cloneOf("thread");
  bodyOf(root).after(thread);
  return thread;
}

export function putUnder(root, article, position) {
  const thread = threadOf(root);
  place(article, thread, position);
  fold(thread);
}

export function adopt(root) {
  // A card that was edited comes after what was said under it.
  for (const each of root.closest(".log").querySelectorAll(`:scope > [data-thread="${root.id}"]`)) {
    each.hidden = false;
    putUnder(root, each, Number(each.dataset.position));
  }
}

function fold(thread) {
  const earlier = thread.querySelector(":scope > .earlier");
  const inSight = Array.from(thread.querySelectorAll(":scope > .message"));
  while (inSight.length > MOST_IN_SIGHT && !inSight[0].matches(IN_USE)) earlier.append(inSight.shift());
  const count = earlier.querySelectorAll(":scope > .message").length;
  earlier.hidden = count === 0;
  earlier.querySelector(".count").textContent = String(count);
}

export function redrawBox(root, drawn) {
  // The box itself stays where it is, with what is half typed in it.
  const [old, fresh] = [boxOf(root), boxOf(drawn)];
  if (old && fresh) {
    old.querySelector("label").textContent = fresh.querySelector("label").textContent;
    old.elements.text.maxLength = fresh.elements.text.maxLength;
  } else if (fresh) {
    root.append(fresh);
  } else if (old && !old.elements.text.value.trim()) {
    if (old.contains(document.activeElement)) root.focus({ preventScroll: true });
    old.remove();
  }
}

export function unfold(article) {
  const folded = article.closest("details.earlier:not([open])");
  if (folded) folded.open = true;
}
