// The boxes under cards: what is written there is seen in the thread at once, and goes to whom the card names.

import { actorIn, echoOf, logs, nameOf, nameOfActorIn, place, reveal, sideOf } from "./logs.js";
import { memory, randomId, remember } from "./memory.js";
import { Refusal, forget, post, showOnce } from "./sending.js";
import { boxOf, putUnder, rootOf } from "./threads.js";

const articles = new WeakMap(); // by echo, how it is drawn
const cameBack = new WeakMap(); // by box, the echo that was not sent and whose words stand in the box again

function boxFor(echo) {
  const root = rootOf(echo.thread, echo.log);
  return root ? boxOf(root) : null; // a closed case has a thread, and no box any more
}

export function draw(echo) {
  const article = echoOf(echo);
  article.querySelector(".who").textContent = echo.name;
  article.querySelector(".unsent").hidden = !echo.isUnsent;
  article.querySelector(".again").addEventListener("click", () => deliver(echo));
  article.dataset.thread = echo.thread;
  articles.set(echo, article);
  const root = rootOf(echo.thread, echo.log);
  if (root) {
    putUnder(root, article, echo.after + 0.5);
  } else {
    article.hidden = true; // until what it was written under is drawn; without that, it says nothing
    place(article, logs[echo.log], echo.after + 0.5);
  }
}

async function deliver(echo) {
  const article = articles.get(echo);
  article.querySelector(".unsent").hidden = true;
  emptyOf(echo);
  const { key, thread, as, text, files } = echo;
  try {
    const answer = await post("/local/threads", echo.log, { as, side: sideOf(echo.log), message: thread, text, files, key });
    echo.isUnsent = false;
    remember();
    const box = boxFor(echo);
    if (box && files) {
      box.elements.files.value = "";
      showFiles(box);
    }
    if (!answer.html || !article.isConnected) return;
    forget(echo); // what is shown once is gone after a reload, and so is what brought it
    showOnce(answer.html, { list: article.closest(".thread"), position: echo.after + 0.6, under: key });
  } catch (problem) {
    bringBack(echo, problem);
  }
}

function bringBack(echo, problem) {
  const article = articles.get(echo);
  if (!article.isConnected) return;
  const box = boxFor(echo);
  const isFree = box && !box.elements.text.value.trim();
  if (isFree) box.elements.text.value = echo.text;
  if (isFree && problem instanceof Refusal) {
    forget(echo);
    article.remove();
    box.querySelector(".problem").textContent = problem.message;
    return;
  }
  if (isFree) cameBack.set(box, echo);
  article.querySelector(".unsent").hidden = false;
  reveal(article);
}

function emptyOf(echo) {
  // Its words stood in the box while it was not sent.
  const box = boxFor(echo);
  if (!box || cameBack.get(box) !== echo) return;
  cameBack.delete(box);
  if (box.elements.text.value === echo.text) box.elements.text.value = "";
}

function send(box, lastNumber) {
  const root = box.closest(".message");
  const log = nameOf(root);
  const [text, files, as] = [box.elements.text.value, box.elements.files.files.length, actorIn(log)];
  box.querySelector(".problem").textContent = "";
  if (!text.trim()) return;
  const before = cameBack.get(box);
  if (before && before.text === text && before.files === files && before.as === as) {
    deliver(before); // the same thing sent again is the same event, and is done once
    return;
  }
  if (before) {
    cameBack.delete(box);
    forget(before);
    articles.get(before).remove();
  }
  const at = new Date().toISOString();
  const name = nameOfActorIn(log);
  // Not sent until the server says so: whoever reloads meanwhile can send it once more.
  const echo = { key: randomId(), log, thread: root.id, as, name, text, files, at, after: lastNumber, isUnsent: true };
  memory.echoes.push(echo);
  remember();
  draw(echo);
  box.elements.text.value = "";
  box.scrollIntoView({ block: "nearest" });
  deliver(echo);
}

function showFiles(box) {
  box.querySelector(".chosen").textContent = Array.from(box.elements.files.files, (file) => file.name).join(", ");
}

export function begin(lastNumber) {
  for (const log of Object.values(logs)) {
    log.addEventListener("submit", (event) => {
      if (!event.target.matches(".reply-box")) return;
      event.preventDefault();
      send(event.target, lastNumber());
      event.target.elements.text.focus({ preventScroll: true });
    });
    log.addEventListener("change", (event) => {
      if (event.target.matches(".reply-box [type=file]")) showFiles(event.target.form);
    });
    log.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".reply-box textarea")) return;
      event.preventDefault();
      event.target.form.requestSubmit();
    });
  }
}
