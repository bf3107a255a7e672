// The chat page: echoes what the person typed, follows the stream, and draws what comes.

import * as logsOnPage from "./logs.js";
import { bodyOf, drawEcho, drawGap, forgetMessages, logs, nameOf, noteNews, parsed, place, reveal, stamp } from "./logs.js";
import { district, memory, remember } from "./memory.js";
import * as replying from "./replying.js";
import * as sending from "./sending.js";
import { adopt, putUnder, redrawBox, rootOf, unfold } from "./threads.js";

const RECONNECT_MILLISECONDS = 2000;

const connection = document.querySelector(".connection");
let lastNumber = 0; // of the last change drawn; a change is never drawn twice
let isReplaying = true; // until the first "working", what comes is what was said before
let source = null;
let reconnecting = 0;

// ---------------------------------------------------------------- drawing

function drawReply({ log: name, message, thread, position, at, changedAt, html }, number) {
  const article = parsed(html);
  stamp(article, new Date(at), new Date(changedAt));
  const old = document.getElementById(message);
  // Whoever fills in a form or writes an answer is not carried away from it.
  const writing = document.activeElement?.closest(".log .form, .log .reply-box");
  const stood = writing?.getBoundingClientRect().top;
  if (old) {
    redraw(old, article);
  } else {
    const root = rootOf(thread, name);
    logs[name].querySelector(".empty")?.remove();
    if (thread) article.dataset.thread = thread;
    if (root) putUnder(root, article, position);
    else place(article, logs[name], position);
    adopt(article);
    if (!logs[name].contains(writing ?? null)) reveal(article);
  }
  if (writing?.isConnected) scrollBack(writing, stood);
  noteNews(name, { message, number, isReplaying });
}

function redraw(old, article) {
  // Only what it says is replaced: what is said under it stays, and so does an answer that is half typed.
  const body = bodyOf(old);
  const hadFocus = old === document.activeElement || body.contains(document.activeElement);
  const wasPressed = hadFocus || body.querySelector("[aria-disabled]") !== null;
  body.replaceWith(bodyOf(article));
  redrawBox(old, article);
  old.hidden = false;
  // A form that stood in its place for a while belongs to what is no longer there.
  for (const each of old.closest(".log").querySelectorAll(`.shown-once[data-message="${old.id}"]`)) each.remove();
  if (hadFocus) old.focus({ preventScroll: true });
  if (wasPressed && !isReplaying) bodyOf(old).scrollIntoView({ block: "nearest" });
}

function scrollBack(element, stood) {
  const log = element.closest(".log");
  const scroller = log.scrollHeight > log.clientHeight ? log : document.scrollingElement;
  scroller.scrollTop += element.getBoundingClientRect().top - stood;
}

// ---------------------------------------------------------------- the stream

function connect() {
  clearTimeout(reconnecting);
  source?.close();
  const query = new URLSearchParams({ district, conversation: memory.conversation });
  if (lastNumber) query.set("after", `${memory.epoch}-${lastNumber}`);
  source = new EventSource(`/local/stream?${query}`);
  source.addEventListener("hello", (event) => greet(JSON.parse(event.data)));
  source.addEventListener("gap", (event) => drawGap(JSON.parse(event.data).log));
  source.addEventListener("said", (event) => {
    const number = Number(event.lastEventId.split("-")[1]);
    if (number <= lastNumber) return;
    lastNumber = number;
    drawReply(JSON.parse(event.data), number);
  });
  source.addEventListener("working", (event) => {
    logsOnPage.showWorking(JSON.parse(event.data));
    if (isReplaying) endReplay();
  });
  source.onerror = () => {
    connection.textContent = "Connection lost. Trying again…";
    // After a refusal the browser gives up by itself; after a lost connection it tries again by itself.
    if (source.readyState === EventSource.CLOSED) reconnecting = setTimeout(connect, RECONNECT_MILLISECONDS);
  };
}

function greet({ epoch, keptSince }) {
  connection.textContent = "";
  if (epoch !== memory.epoch) {
    // Another database: its numbers are its own, and of an old conversation it knows nothing.
    if (memory.epoch) forgetMessages();
    Object.assign(memory, { epoch, seen: {}, echoes: memory.epoch ? [] : memory.echoes });
    lastNumber = 0;
  }
  if (isReplaying && !document.querySelector(".message.mine")) {
    for (const echo of memory.echoes) echo.log ??= Object.keys(logs)[0];
    const isGone = ({ at, log }) => at < keptSince && log !== "channel";
    for (const { log, thread } of memory.echoes.filter(isGone)) if (!thread) drawGap(log);
    memory.echoes = memory.echoes.filter((echo) => !isGone(echo));
    for (const echo of memory.echoes) (echo.thread ? replying.draw : drawEcho)(echo);
  }
  remember();
}

function endReplay() {
  isReplaying = false;
  // Who opens the page for the first time has nothing new in the channel: all of it is.
  if (!("channel" in memory.seen)) logsOnPage.haveSeen("channel", lastNumber);
  logsOnPage.showUnread();
  comeBack();
}

function comeBack() {
  // From the document, back to the citation that led there.
  const article = memory.returnTo ? document.getElementById(memory.returnTo) : null;
  memory.returnTo = "";
  remember();
  if (!article) return;
  logsOnPage.bringIntoSight(nameOf(article));
  unfold(article);
  reveal(article);
  article.querySelector("a.in-context")?.focus({ preventScroll: true });
}

document.addEventListener("visibilitychange", () => {
  // A browser allows six connections to one server: tabs out of sight give theirs back.
  if (document.hidden) {
    clearTimeout(reconnecting);
    source?.close();
  } else {
    connect();
  }
});

// ---------------------------------------------------------------- the choice of a district

const switcher = document.querySelector(".switcher");
document.addEventListener("click", (event) => {
  if (!switcher.contains(event.target)) switcher.open = false;
});
switcher.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !switcher.open) return;
  switcher.open = false;
  switcher.querySelector("summary").focus();
});

logsOnPage.begin(() => lastNumber);
sending.begin(() => lastNumber);
replying.begin(() => lastNumber);
remember();
connect();
