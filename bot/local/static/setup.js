// The set-up form: read the document, show its clauses, publish. The form stays as it is until it is published.
"use strict";

const form = document.getElementById("set-up");
const preview = document.getElementById("preview");
const publishing = document.getElementById("publishing");
const working = form.querySelector(".working");
let busy = false;

function clearProblems() {
  for (const problem of form.querySelectorAll(".problem")) problem.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function showProblems(problems) {
  let first = null;
  for (const { field, text } of problems) {
    const input = field ? form.elements.namedItem(field) : null;
    const place = document.getElementById(input ? `${field}-problem` : "form-problem");
    place.textContent = place.textContent ? `${place.textContent} ${text}` : text;
    if (input) input.setAttribute("aria-invalid", "true");
    first = first ?? input ?? place;
  }
  first?.focus();
}

async function submit(address, words) {
  if (busy) return null;
  busy = true;
  clearProblems();
  working.textContent = words;
  try {
    const response = await fetch(address, { method: "POST", body: new FormData(form) });
    const answer = await response.json();
    if (response.ok) return answer;
    showProblems(answer.problems ?? [{ field: response.status === 413 ? "document" : "", text: answer.error }]);
  } catch {
    showProblems([{ field: "", text: "Postwise cannot be reached. Is it still running?" }]);
  } finally {
    busy = false;
    working.textContent = "";
  }
  return null;
}

function forgetPreview() {
  preview.hidden = publishing.hidden = true;
  preview.replaceChildren();
}

form.addEventListener("input", forgetPreview);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  forgetPreview();
  const answer = await submit("/local/setup/preview", "Reading the document…");
  if (!answer) return;
  preview.innerHTML = answer.html;
  preview.hidden = publishing.hidden = false;
  preview.focus();
});

document.getElementById("publish").addEventListener("click", async () => {
  const answer = await submit("/local/setup/publish", "Publishing…");
  if (answer) location.assign(`/?district=${encodeURIComponent(answer.district)}`);
});
