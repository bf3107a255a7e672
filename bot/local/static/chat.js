// The chat page: echoes what the person typed, follows the stream, and draws what comes.
//
// The words of the person live in this tab alone: they are shown here and kept in its session storage, so that a
// reload or a visit to the document loses nothing.
"use strict";

const MAX_TEXT_BYTES = 102400; // the server's own limit, bot/local/incoming.py
const LONG_ECHO_CHARACTERS = 1200; // a longer echo gets its own scroll bar
const RECONNECT_MILLISECONDS = 2000;

const district = document.body.dataset.district;
const panels = { staff: document.getElementById("staff"), specialist: document.getElementById("specialist") };
const logs = { staff: panels.staff.querySelector(".log"), specialist: panels.specialist.querySelector(".log") };
const composer = document.querySelector(".composer");
const text = document.getElementById("text");
const composerError = document.getElementById("composer-error");
const connection = document.querySelector(".connection");
const files = document.getElementById("files"); // counted, never read and never sent
const filesChosen = document.getElementById("files-chosen");

// ---------------------------------------------------------------- what this tab remembers

const memoryKey = `postwise/${district}`;
const memory = recall();

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(memoryKey));
    if (kept && kept.conversation) return kept;
  } catch {
    // Not ours, or storage is switched off: begin anew.
  }
  return { conversation: randomId(), epoch: "", echoes: [], returnTo: "" };
}

function remember() {
  try {
    sessionStorage.setItem(memoryKey, JSON.stringify(memory));
  } catch {
    memory.echoes.shift(); // full: the oldest echo will be missing after a reload
  }
}

// ---------------------------------------------------------------- drawing

let lastNumber = 0; // of the last event drawn; an event is never drawn twice
let isReplaying = true; // until the first "turns", what comes is what was said before
const waitingEchoes = [...memory.echoes]; // of before a reload, not yet drawn again

function reveal(article) {
  const log = article.closest(".log");
  const fits = article.offsetHeight < log.clientHeight - 32;
  log.scrollTop = fits ? log.scrollHeight : article.offsetTop - 12;
  if (log.scrollHeight <= log.clientHeight) article.scrollIntoView({ block: "nearest" }); // the page scrolls instead
}

function stamp(article, at) {
  const time = article.querySelector("time");
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

function drawEcho(echo) {
  const article = document.getElementById("echo").content.firstElementChild.cloneNode(true);
  const said = article.querySelector(".said");
  said.textContent = echo.text;
  if (echo.files) {
    const attached = article.querySelector(".attached");
    attached.hidden = false;
    attached.textContent = echo.files === 1 ? "1 file attached" : `${echo.files} files attached`;
  }
  if (echo.text.length > LONG_ECHO_CHARACTERS) {
    said.classList.add("long");
    said.tabIndex = 0;
    said.setAttribute("role", "group");
    said.setAttribute("aria-label", "Your message");
  }
  stamp(article, new Date(echo.at));
  logs.staff.append(article);
  reveal(article);
  return article;
}

function drawEchoesBefore(number) {
  while (waitingEchoes.length && waitingEchoes[0].after < number) drawEcho(waitingEchoes.shift());
}

function drawReply({ side, message, at, html }) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const article = holder.content.firstElementChild;
  stamp(article, new Date(at));
  const old = document.getElementById(message);
  if (old) {
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(article);
    if (hadFocus) article.focus({ preventScroll: true });
    if (!isReplaying) article.scrollIntoView({ block: "nearest" });
  } else {
    logs[side].querySelector(".empty")?.remove();
    logs[side].append(article);
    reveal(article);
  }
  if (!isReplaying) countUnread(side);
}

// ---------------------------------------------------------------- the stream

let source = null;
let reconnecting = 0;
const pressed = new Map(); // key of a press under way -> its message's name

function connect() {
  clearTimeout(reconnecting);
  source?.close();
  const query = new URLSearchParams({ district, conversation: memory.conversation });
  if (lastNumber) query.set("after", `${memory.epoch}-${lastNumber}`);
  source = new EventSource(`/local/stream?${query}`);
  source.addEventListener("hello", (event) => greet(JSON.parse(event.data)));
  source.addEventListener("said", (event) => {
    const number = Number(event.lastEventId.split("-")[1]);
    if (number <= lastNumber) return;
    drawEchoesBefore(number);
    lastNumber = number;
    drawReply(JSON.parse(event.data));
  });
  source.addEventListener("gap", () => {
    const gap = document.getElementById("gap").content.firstElementChild.cloneNode(true);
    logs.staff.append(gap);
  });
  source.addEventListener("turns", (event) => showTurns(JSON.parse(event.data)));
  source.onerror = () => {
    connection.textContent = "Connection lost. Trying again…";
    // After a refusal the browser gives up by itself; after a lost connection it tries again by itself.
    if (source.readyState === EventSource.CLOSED) reconnecting = setTimeout(connect, RECONNECT_MILLISECONDS);
  };
}

function greet({ epoch }) {
  connection.textContent = "";
  if (epoch === memory.epoch) return;
  // The server was started anew: its numbers begin at 1 again, and of an old conversation it knows nothing.
  waitingEchoes.length = 0;
  memory.echoes = [];
  memory.epoch = epoch;
  lastNumber = 0;
  remember();
}

function showTurns(turns) {
  drawEchoesBefore(Infinity);
  for (const [side, { underWay, finished }] of Object.entries(turns)) {
    const typing = panels[side].querySelector(".typing");
    const log = logs[side];
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
    typing.textContent = underWay.length ? typing.dataset.words : "";
    if (isAtEnd) log.scrollTop = log.scrollHeight;
    for (const key of finished) {
      if (!pressed.has(key)) continue;
      setBusy(pressed.get(key), false);
      pressed.delete(key);
    }
  }
  if (isReplaying) {
    isReplaying = false;
    comeBack();
  }
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

// ---------------------------------------------------------------- sending

class Refusal extends Error {}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ district, conversation: memory.conversation, ...body }),
  });
  if (response.ok) return;
  const { error } = await response.json();
  if (response.status < 500 && response.status !== 429) throw new Refusal(error);
  throw new Error(error);
}

async function deliver(echo, article) {
  const unsent = article.querySelector(".unsent");
  unsent.hidden = true;
  try {
    await post("/local/messages", { key: echo.key, text: echo.text, files: echo.files ?? 0 });
    if (echo.files) {
      files.value = ""; // only now: a refused message comes back into the box with its files
      showFiles();
    }
  } catch (problem) {
    if (problem instanceof Refusal) {
      memory.echoes = memory.echoes.filter((kept) => kept !== echo);
      remember();
      article.remove();
      text.value = echo.text;
      composerError.textContent = problem.message;
      text.focus();
    } else {
      unsent.hidden = false;
      logs.staff.scrollTop = logs.staff.scrollHeight;
    }
  }
}

function send(words) {
  composerError.textContent = "";
  if (!words.trim()) return false;
  if (new TextEncoder().encode(words).length > MAX_TEXT_BYTES) {
    composerError.textContent = "This message is too long: at most 100 kB of text can be read at once.";
    return false;
  }
  const echo = { key: randomId(), text: words, files: files.files.length, at: new Date().toISOString(), after: lastNumber };
  memory.echoes.push(echo);
  remember();
  const article = drawEcho(echo);
  article.querySelector(".again").addEventListener("click", () => deliver(echo, article));
  deliver(echo, article);
  return true;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  if (send(text.value)) text.value = "";
  text.focus();
});

function showFiles() {
  const names = Array.from(files.files, (file) => file.name);
  filesChosen.textContent = names.length ? names.join(", ") : "";
}

files.addEventListener("change", showFiles);

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("click", () => {
    send(chip.textContent);
    text.focus({ preventScroll: true });
  });
}

// ---------------------------------------------------------------- pressing

function setBusy(message, isBusy) {
  const article = document.getElementById(message);
  if (!article) return;
  // Not "disabled": a disabled button drops the focus.
  for (const control of article.querySelectorAll("button, textarea")) {
    if (isBusy) control.setAttribute("aria-disabled", "true");
    else control.removeAttribute("aria-disabled");
  }
}

async function press(side, control, fields) {
  const article = control.closest("[data-message]");
  const message = article.id;
  if (!message || control.getAttribute("aria-disabled") || article.querySelector("button[aria-disabled]")) return;
  const key = randomId();
  const { verb, value } = control.dataset;
  article.querySelector(".unsent")?.remove();
  pressed.set(key, message);
  setBusy(message, true);
  try {
    await post("/local/presses", { side, key, message, verb, value, fields });
  } catch (problem) {
    pressed.delete(key);
    setBusy(message, false);
    const unsent = document.createElement("p");
    unsent.className = "unsent";
    unsent.textContent = problem instanceof Refusal ? problem.message : "Not sent. Please try again.";
    article.append(unsent);
  }
}

for (const [side, log] of Object.entries(logs)) {
  log.addEventListener("click", (event) => {
    const link = event.target.closest("a.in-context");
    if (link) {
      memory.returnTo = link.closest("[data-message]").id;
      remember();
    }
    const button = event.target.closest("button[data-verb]");
    if (button) press(side, button, {});
    const copy = event.target.closest("button.copy");
    if (copy) copyDraft(copy);
  });
  log.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-verb]");
    if (!form) return;
    event.preventDefault();
    press(side, form, { text: form.elements.text.value });
  });
  log.addEventListener("keydown", (event) => {
    const form = event.target.closest("form[data-verb]");
    if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.matches("button")) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

async function copyDraft(button) {
  const words = button.closest(".draft").querySelector(".to-copy");
  try {
    await navigator.clipboard.writeText(words.textContent);
    button.textContent = "Copied";
  } catch {
    // The browser does not let a page write there: select it, so that one key does.
    words.closest("details").open = true;
    getSelection().selectAllChildren(words);
    button.textContent = "Selected: copy with Ctrl+C";
  }
}

function comeBack() {
  // From the document, back to the citation that led there.
  const article = memory.returnTo ? document.getElementById(memory.returnTo) : null;
  memory.returnTo = "";
  remember();
  if (!article) return;
  if (logs.specialist.contains(article) && narrow.matches) choose("specialist");
  reveal(article);
  article.querySelector("a.in-context")?.focus({ preventScroll: true });
}

// ---------------------------------------------------------------- two sides on a small screen

const narrow = matchMedia("(max-width: 56rem)");
const tabs = { staff: document.getElementById("staff-tab"), specialist: document.getElementById("specialist-tab") };
let chosen = "staff";
let unread = 0;

function choose(side) {
  chosen = side;
  for (const [name, tab] of Object.entries(tabs)) {
    tab.setAttribute("aria-selected", String(name === side));
    tab.tabIndex = name === side ? 0 : -1;
  }
  if (side === "specialist") unread = 0;
  layOut();
}

function layOut() {
  for (const [name, panel] of Object.entries(panels)) {
    if (narrow.matches) {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `${name}-tab`);
      panel.hidden = name !== chosen;
    } else {
      panel.removeAttribute("role");
      panel.setAttribute("aria-labelledby", `${name}-heading`);
      panel.hidden = false;
    }
  }
  const badge = tabs.specialist.querySelector(".unread");
  badge.hidden = unread === 0;
  badge.querySelector(".count").textContent = String(unread);
}

function countUnread(side) {
  if (side !== "specialist" || !panels.specialist.hidden) return;
  unread += 1;
  layOut();
  document.getElementById("announcement").textContent = "New message in the specialist channel.";
}

for (const [name, tab] of Object.entries(tabs)) {
  tab.addEventListener("click", () => choose(name));
  tab.addEventListener("keydown", (event) => {
    const order = Object.keys(tabs);
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = order[(order.indexOf(name) + steps[event.key] + order.length) % order.length];
    choose(next);
    tabs[next].focus();
  });
}

const switcher = document.querySelector(".switcher");
document.addEventListener("click", (event) => {
  if (!switcher.contains(event.target)) switcher.open = false;
});
switcher.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !switcher.open) return;
  switcher.open = false;
  switcher.querySelector("summary").focus();
});

narrow.addEventListener("change", layOut);
layOut();
remember();
connect();
