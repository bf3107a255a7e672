// The conversations on the page: one log for each person of the staff, one for the specialist channel. Which of them is
// in sight, what is new in the others, and where a message stands in its log.

import { memory, remember } from "./memory.js";

const LONG_ECHO_CHARACTERS = 1200; // a longer echo gets its own scroll bar

export const panels = { staff: document.getElementById("staff"), specialist: document.getElementById("specialist") };
export const logs = Object.fromEntries(Array.from(document.querySelectorAll(".log"), (log) => [log.dataset.log, log]));

const writesAs = document.getElementById("writes-as");
const decidesAs = document.getElementById("decides-as");
const narrow = matchMedia("(max-width: 56rem)");
const tabs = { staff: document.getElementById("staff-tab"), specialist: document.getElementById("specialist-tab") };
const unread = Object.fromEntries(Object.keys(logs).map((name) => [name, new Set()]));
const working = {}; // by log, how many turns are under way
let chosenSide = "staff";

export const sideOf = (name) => (name === "channel" ? "specialist" : "staff");
export const nameOf = (element) => element.closest(".log").dataset.log;
export const writer = () => writesAs.value;
export const actorIn = (name) => (name === "channel" ? decidesAs.value : name);
export const nameOfActorIn = (name) => (name === "channel" ? decidesAs : writesAs).selectedOptions[0].dataset.name;
export const bodyOf = (article) => article.querySelector(":scope > .body");

// ---------------------------------------------------------------- drawing

export function cloneOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

export function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

export function stamp(article, at, changedAt = at) {
  const [time, clock] = [article.querySelector("time"), (moment) =>
    moment.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })];
  time.dateTime = at.toISOString();
  time.textContent = clock(at);
  if (clock(changedAt) !== clock(at)) time.textContent += `, changed ${clock(changedAt)}`;
}

export function place(article, list, position) {
  // Messages of a log or of a thread stand in the order in which they were first said, whenever they arrive.
  article.dataset.position = position;
  const placed = list.querySelectorAll(":scope > [data-position], :scope > .earlier > [data-position]");
  const next = Array.from(placed).find((each) => each !== article && Number(each.dataset.position) > position);
  if (next) next.before(article);
  else list.append(article);
}

export function reveal(article) {
  const log = article.closest(".log");
  const fits = article.offsetHeight < log.clientHeight - 32;
  if (article !== log.lastElementChild && fits) article.scrollIntoView({ block: "nearest" });
  else log.scrollTop = fits ? log.scrollHeight : article.offsetTop - 12;
  if (log.scrollHeight <= log.clientHeight) article.scrollIntoView({ block: "nearest" }); // the page scrolls instead
}

export function echoOf(echo) {
  const article = cloneOf("echo");
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
  return article;
}

export function drawEcho(echo) {
  const article = echoOf(echo);
  place(article, logs[echo.log] ?? logs[writer()], echo.after + 0.5);
  reveal(article);
  return article;
}

export function drawGap(name) {
  if (!logs[name].querySelector(".gap")) place(cloneOf("gap"), logs[name], 0);
}

export function forgetMessages() {
  for (const [name, log] of Object.entries(logs)) {
    for (const each of log.querySelectorAll(".message, .gap")) each.remove();
    unread[name].clear();
  }
}

// ---------------------------------------------------------------- what is in sight, and what is new elsewhere

const isInSight = (name) => !logs[name].hidden && !panels[sideOf(name)].hidden;

export function noteNews(name, { message, number, isReplaying }) {
  if (isInSight(name)) {
    memory.seen[name] = number;
    return;
  }
  if (number <= (memory.seen[name] ?? 0)) return;
  unread[name].add(message);
  showUnread();
  if (!isReplaying) document.getElementById("announcement").textContent = logs[name].dataset.news;
}

export function haveSeen(name, number) {
  unread[name].clear();
  memory.seen[name] = Math.max(number, memory.seen[name] ?? 0);
}

export function showUnread() {
  const ofStaff = Object.keys(logs).filter((name) => sideOf(name) === "staff");
  for (const name of ofStaff) {
    const count = unread[name].size;
    const other = document.querySelector(`.other[data-person="${name}"]`);
    other.hidden = count === 0 || name === writer();
    other.querySelector(".count").textContent = String(count);
    const option = writesAs.querySelector(`option[value="${name}"]`);
    option.dataset.label ??= option.textContent;
    option.textContent = count ? `${option.dataset.label} (${count} new)` : option.dataset.label;
  }
  const counts = { staff: ofStaff.reduce((sum, name) => sum + unread[name].size, 0), specialist: unread.channel.size };
  for (const [side, count] of Object.entries(counts)) {
    const badge = tabs[side].querySelector(".unread");
    badge.hidden = count === 0;
    badge.querySelector(".count").textContent = String(count);
  }
}

export function showWorking(counts = working) {
  Object.assign(working, counts);
  for (const [side, name] of [["staff", writer()], ["specialist", "channel"]]) {
    const typing = panels[side].querySelector(".typing");
    const log = logs[name];
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
    typing.textContent = working[name] ? typing.dataset.words : "";
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }
}

// ---------------------------------------------------------------- who writes, and which side a small screen shows

let lastNumber = () => 0;

export function writeAs(person) {
  writesAs.value = person;
  memory.writesAs = person;
  for (const [name, log] of Object.entries(logs)) log.hidden = sideOf(name) === "staff" && name !== person;
  logs[person].scrollTop = logs[person].scrollHeight;
  layOut();
}

export function choose(side) {
  chosenSide = side;
  for (const [name, tab] of Object.entries(tabs)) {
    tab.setAttribute("aria-selected", String(name === side));
    tab.tabIndex = name === side ? 0 : -1;
  }
  layOut();
}

export function bringIntoSight(name) {
  if (narrow.matches) choose(sideOf(name));
  if (name !== "channel") writeAs(name);
}

function layOut() {
  for (const [name, panel] of Object.entries(panels)) {
    if (narrow.matches) {
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `${name}-tab`);
      panel.hidden = name !== chosenSide;
    } else {
      panel.removeAttribute("role");
      panel.setAttribute("aria-labelledby", `${name}-heading`);
      panel.hidden = false;
    }
  }
  for (const name of Object.keys(logs)) if (isInSight(name)) haveSeen(name, lastNumber());
  showUnread();
  showWorking();
  remember();
}

export function begin(newestNumber) {
  lastNumber = newestNumber;
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
  for (const other of document.querySelectorAll(".other")) {
    other.addEventListener("click", () => {
      writeAs(other.dataset.person);
      writesAs.focus();
    });
  }
  writesAs.addEventListener("change", () => writeAs(writesAs.value));
  decidesAs.addEventListener("change", () => {
    memory.decidesAs = decidesAs.value;
    remember();
  });
  narrow.addEventListener("change", layOut);
  if (decidesAs.querySelector(`option[value="${CSS.escape(memory.decidesAs)}"]`)) decidesAs.value = memory.decidesAs;
  writeAs(memory.writesAs in logs && memory.writesAs !== "channel" ? memory.writesAs : writesAs.options[0].value);
}
