// What leaves the page: messages, presses and forms; and what comes back in the same breath, shown to this page alone.

import { actorIn, drawEcho, logs, nameOf, parsed, place, reveal, sideOf, stamp, writer } from "./logs.js";
import { district, memory, randomId, remember } from "./memory.js";

const MAX_TEXT_BYTES = 102400; // the server's own limit, bot/local/bodies.py
const BUSY_MILLISECONDS = 1500; // after a press was taken, its message may be replaced within this time

const composer = document.querySelector(".composer");
const text = document.getElementById("text");
const composerError = document.getElementById("composer-error");
const files = document.getElementById("files"); // counted, never read and never sent
const filesChosen = document.getElementById("files-chosen");

export class Refusal extends Error {}

export async function post(path, name, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ district, conversation: memory.conversation, as: actorIn(name), ...body }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  if (response.status < 500 && response.status !== 429) throw new Refusal(answer.error);
  throw new Error(answer.error);
}

const wordsOf = (problem) => (problem instanceof Refusal ? problem.message : "Not sent. Please try again.");

// ---------------------------------------------------------------- messages

async function deliver(echo, article) {
  const unsent = article.querySelector(".unsent");
  unsent.hidden = true;
  try {
    const answer = await post("/local/messages", echo.log, { key: echo.key, text: echo.text, files: echo.files ?? 0 });
    if (echo.files) {
      files.value = ""; // only now: a refused message comes back into the box with its files
      showFiles();
    }
    if (!answer.html) return;
    forget(echo); // what is shown once is gone after a reload, and so is the command that brought it
    showOnce(answer.html, { list: logs[echo.log], position: echo.after + 0.6, under: echo.key });
  } catch (problem) {
    if (problem instanceof Refusal) {
      forget(echo);
      article.remove();
      text.value = echo.text;
      composerError.textContent = problem.message;
      text.focus();
    } else {
      unsent.hidden = false;
      logs[echo.log].scrollTop = logs[echo.log].scrollHeight;
    }
  }
}

export function forget(echo) {
  memory.echoes = memory.echoes.filter((kept) => kept !== echo);
  remember();
}

function send(words, lastNumber) {
  composerError.textContent = "";
  if (!words.trim()) return false;
  if (new TextEncoder().encode(words).length > MAX_TEXT_BYTES) {
    composerError.textContent = "This message is too long: at most 100 kB of text can be read at once.";
    return false;
  }
  const at = new Date().toISOString();
  const echo = { key: randomId(), log: writer(), text: words, files: files.files.length, at, after: lastNumber };
  memory.echoes.push(echo);
  remember();
  const article = drawEcho(echo);
  article.querySelector(".again").addEventListener("click", () => deliver(echo, article));
  deliver(echo, article);
  return true;
}

function showFiles() {
  const names = Array.from(files.files, (file) => file.name);
  filesChosen.textContent = names.length ? names.join(", ") : "";
}

// ---------------------------------------------------------------- what is shown once

export function showOnce(html, { list, position, under, standsFor = null }) {
  for (const each of list.querySelectorAll(".shown-once")) if (each.dataset.under === under) each.remove();
  const article = parsed(html);
  stamp(article, new Date());
  article.dataset.under = under;
  if (standsFor) {
    article.dataset.message = standsFor.id;
    standsFor.hidden = true;
  }
  place(article, list, position);
  reveal(article);
  const field = article.querySelector("[aria-invalid]") ?? article.querySelector("form");
  const control = field?.matches("input, select, textarea") ? field : field?.querySelector("input, select, textarea");
  if (control || !document.activeElement?.closest(".reply-box")) (control ?? article).focus({ preventScroll: true });
  control?.scrollIntoView({ block: "nearest" });
}

function putAway(article) {
  article.remove();
  const below = article.dataset.message ? document.getElementById(article.dataset.message) : null;
  if (below) below.hidden = false;
}

// ---------------------------------------------------------------- presses and forms

function setBusy(body, isBusy) {
  // Not "disabled": a disabled button drops the focus.
  for (const control of body.querySelectorAll("button, .text-prompt textarea")) {
    if (isBusy) control.setAttribute("aria-disabled", "true");
    else control.removeAttribute("aria-disabled");
    if (!control.dataset.busy) continue;
    [control.textContent, control.dataset.busy] = [control.dataset.busy, control.textContent];
  }
}

function refuse(body, form, words) {
  const place = form?.querySelector(".refusal");
  if (place) {
    place.textContent = words;
    return;
  }
  const unsent = document.createElement("p");
  unsent.className = "unsent";
  unsent.setAttribute("role", "alert");
  unsent.textContent = words;
  body.append(unsent);
}

const attempts = new WeakMap(); // by body of a message, what was sent and may have arrived although no answer came back

function keyOf(body, content) {
  // The same thing sent again is the same event, and is done once; anything else is another one.
  const before = attempts.get(body);
  const key = before?.content === content ? before.key : randomId();
  attempts.set(body, { content, key });
  return key;
}

async function sendFrom(control, path, fields) {
  const [article, body] = [control.closest(".message"), control.closest(".body")];
  if (control.getAttribute("aria-disabled") || body.querySelector("button[aria-disabled]")) return;
  const name = nameOf(article);
  const form = control.matches("form.form") ? control : null;
  const { verb, value } = control.dataset;
  body.querySelector(".unsent")?.remove();
  form?.querySelector(".refusal").replaceChildren();
  setBusy(body, true);
  try {
    const content = { side: sideOf(name), message: article.dataset.message ?? "", verb, value, fields };
    const key = keyOf(body, JSON.stringify([actorIn(name), path, content]));
    const answer = await post(path, name, { key, ...content });
    attempts.delete(body);
    if (answer.html) showAnswer(answer, article, form);
    else if (form) close(article, form);
    else await new Promise((resolve) => setTimeout(resolve, BUSY_MILLISECONDS));
  } catch (problem) {
    if (problem instanceof Refusal) attempts.delete(body);
    refuse(body, form, wordsOf(problem));
  }
  setBusy(body, false);
}

function showAnswer({ html, replaces }, article, form) {
  const [list, position] = [article.closest(".thread, .log"), Number(article.dataset.position)];
  const comesBack = form && parsed(html).querySelector("form.form");
  if (!replaces && !comesBack) {
    showOnce(html, { list, position: position + 0.01, under: article.id });
    return;
  }
  const isOnce = article.classList.contains("shown-once");
  const standsFor = isOnce ? document.getElementById(article.dataset.message ?? "") : article;
  const under = isOnce ? article.dataset.under : article.id;
  showOnce(html, { list, position: isOnce ? position : position + 0.01, under, standsFor });
}

function close(article, form) {
  const name = nameOf(article);
  const under = document.getElementById(article.dataset.under ?? "");
  if (article.classList.contains("shown-once")) putAway(article);
  else form.replaceWith(document.getElementById("sent").content.cloneNode(true));
  if (name !== "channel") text.focus({ preventScroll: true });
  else (under ?? logs[name]).focus({ preventScroll: true });
}

function fieldsOf(form) {
  const fields = {};
  for (const control of form.querySelectorAll("[name^='field-']")) fields[control.name.slice(6)] = "";
  for (const [name, value] of new FormData(form)) fields[name.slice(6)] = value;
  return fields;
}

// ---------------------------------------------------------------- what a message offers besides

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

function download({ name, text: content }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.parse(content)], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // at once would be too early for some browsers
}

// ---------------------------------------------------------------- wiring

export function begin(lastNumber) {
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    if (send(text.value, lastNumber())) text.value = "";
    text.focus();
  });
  files.addEventListener("change", showFiles);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  for (const chip of document.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => {
      send(chip.textContent, lastNumber());
      text.focus({ preventScroll: true });
    });
  }
  for (const log of Object.values(logs)) {
    log.addEventListener("click", (event) => {
      const link = event.target.closest("a.in-context");
      if (link) {
        memory.returnTo = link.closest(".message").id;
        remember();
      }
      const button = event.target.closest("button");
      if (button?.dataset.verb) sendFrom(button, "/local/presses", {});
      else if (button?.matches(".copy")) copyDraft(button);
      else if (button?.matches(".download")) download(button.dataset);
      else if (button?.matches(".put-away")) close(button.closest(".message"));
    });
    log.addEventListener("submit", (event) => {
      const form = event.target.closest("form[data-verb]");
      if (!form) return;
      event.preventDefault();
      if (form.matches(".form")) sendFrom(form, "/local/forms", fieldsOf(form));
      else sendFrom(form, "/local/presses", { text: form.elements.text.value });
    });
    log.addEventListener("keydown", (event) => {
      const form = event.target.closest("form.text-prompt");
      if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.matches("button")) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }
}
