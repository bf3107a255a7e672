// What this browser tab remembers: who it is, and the words of the person, which live here alone.

export const district = document.body.dataset.district;

const memoryKey = `postwise/${district}`;

export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(memoryKey));
    if (kept && kept.conversation) return kept;
  } catch {
    // Not ours, or storage is switched off: begin anew.
  }
  return { conversation: randomId() };
}

export const memory = {
  epoch: "", // of the database that the positions below belong to
  echoes: [], // what was typed: key, log, text, files, at, after; in a thread also thread, as, name, isUnsent
  seen: {}, // by log, the number of the last change that was looked at
  returnTo: "", // the message whose clause is read in the document
  writesAs: "",
  decidesAs: "",
  ...recall(),
};

export function remember() {
  try {
    sessionStorage.setItem(memoryKey, JSON.stringify(memory));
  } catch {
    memory.echoes.shift(); // full: the oldest echo will be missing after a reload
  }
}
