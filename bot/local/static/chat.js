// The chat page: echoes what the person typed, follows the stream, and draws what comes.

import * as logsOnPage from "./logs.js";
import { drawEcho, drawGap, forgetMessages, logs, nameOf, noteNews, parsed, place, reveal, stamp } from "./logs.js";
import { district, memory, remember } from "./memory.js";
import * as sending from "./sending.js";

const RECONNECT_MILLISECONDS = 2000;

const connection = document.querySelector(".connection");
let lastNumber = 0; // of the last change drawn; a change is never drawn twice
let isReplaying = true; // until the first "working", what comes is what was said before
let source = null;
let reconnecting = 0;

// ---------------------------------------------------------------- drawing

function drawReply({ log: name, message, position, at, changedAt, html }, number) {
  const article = parsed(html);
  stamp(article, new Date(at), new Date(changedAt));
  const old = document.getElementById(message);
  if (old) {
    const hadFocus = old.contains(document.activeElement);
    const wasPressed = hadFocus || old.querySelector("[aria-disabled]") !== null;
    article.dataset.position = old.dataset.position;
    old.replaceWith(article);
    // A form that stood in its place for a while belongs to what is no longer there.
    for (const each of logs[name].querySelectorAll(`.shown-once[data-message="${message}"]`)) each.remove();
    if (hadFocus) article.focus({ preventScroll: true });
    if (wasPressed && !isReplaying) article.scrollIntoView({ block: "nearest" });
  } else {
    logs[name].querySelector(".empty")?.remove();
    place(article, logs[name], position);
    // Whoever fills in a form is not carried away from it.
    if (!logs[name].contains(document.activeElement?.closest(".form"))) reveal(article);
  }
  noteNews(name, { message, number, isReplaying });
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
    for (const { log } of memory.echoes.filter((echo) => echo.at < keptSince)) drawGap(log);
    memory.echoes = memory.echoes.filter((echo) => echo.at >= keptSince);
    memory.echoes.forEach(drawEcho);
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
remember();
connect();
