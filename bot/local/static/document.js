// Points at the clause a citation led to, or says that it is not in this version.
"use strict";

function pointAtClause() {
  const id = decodeURIComponent(location.hash.slice(1));
  const clause = id ? document.getElementById(id) : null;
  document.getElementById("moved").hidden = !id || clause !== null;
  if (clause && clause.classList.contains("passage")) {
    clause.focus({ preventScroll: true });
    clause.scrollIntoView({ block: "center" });
  }
}

addEventListener("hashchange", pointAtClause);
pointAtClause();
