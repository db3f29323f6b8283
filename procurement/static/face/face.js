/* What pages gain where scripts run. Everything works without this file; nothing here knows what a page is about. */
"use strict";

const calm = 10_000; /* how long an answer stays when nobody looks at it, in ms */

/* Theme: "system" forgets the choice. */
function showTheme() {
  const chosen = document.documentElement.dataset.theme || "system";
  for (const box of document.querySelectorAll("[data-theme-choice]")) {
    box.hidden = false;
    for (const input of box.querySelectorAll("input")) input.checked = input.value === chosen;
  }
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.closest("[data-theme-choice]")) {
    if (input.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = input.value;
    try {
      if (input.value === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", input.value);
    } catch {
      /* It then holds for this page alone. */
    }
  }
  if (!input.matches("[data-submits]")) return;
  if (input === walked) chosen = input;
  else send(input, input.matches(":focus-visible") && input);
});

/* A filter that is changed is meant: its form goes off without a button. Keys go through a list one by one, past others
   than the one that is meant: there, Enter or going on says so. The focus is where it was when the page has come anew. */
let walked = null;
let chosen = null;

function send(filter, focus) {
  const form = filter.form;
  walked = chosen = null;
  if (!form) return;
  if (focus && !form.matches("[hx-get], [hx-post]")) {
    try {
      const path = new URL(form.action).pathname;
      sessionStorage.setItem("focus", JSON.stringify({path, id: focus.id || filter.id}));
    } catch {
      /* Then it begins at the top of the page. */
    }
  }
  form.requestSubmit();
}

function backToFocus() {
  try {
    const {path, id} = JSON.parse(sessionStorage.getItem("focus") || "{}");
    sessionStorage.removeItem("focus");
    if (id && path === location.pathname) document.getElementById(id)?.focus();
  } catch {
    /* As above. */
  }
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("select[data-submits]")) return;
  if (event.key === "Enter" && chosen === event.target) {
    event.preventDefault();
    send(event.target, event.target);
  } else if (event.key !== "Tab") walked = event.target;
});
document.addEventListener("pointerdown", () => {
  walked = null;
});
document.addEventListener("focusout", (event) => {
  if (chosen && chosen === event.target) send(chosen, event.relatedTarget || chosen);
});

/* What was pressed may be gone once it is done; the focus then goes to what it names. */
document.addEventListener("htmx:afterSettle", (event) => {
  const pressed = event.detail.requestConfig?.elt;
  if (!pressed?.dataset.then || pressed.isConnected || document.activeElement !== document.body) return;
  document.getElementById(pressed.dataset.then)?.focus();
});

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-dismiss], [data-opens], [aria-disabled='true']");
  if (!pressed) return;
  if (pressed.matches("[aria-disabled='true']")) event.preventDefault();
  if (pressed.matches("[data-dismiss]")) pressed.closest(".toast")?.remove();
  if (pressed.matches("[data-opens]")) {
    event.preventDefault();
    document.getElementById(pressed.dataset.opens)?.showModal();
  }
});

/* What somebody corrects is not called wrong while they do; the server says so again if it still is. */
document.addEventListener("input", (event) => event.target.removeAttribute("aria-invalid"));

/* "/" goes to the search, unless somebody writes. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("[data-search]");
  if (!search?.checkVisibility()) return;
  event.preventDefault();
  search.focus();
  search.select();
});

/* The arrow keys walk a tree of links: down and up, right into a branch, left to what is above; letters find a name. */
let sought = "";
let soughtAt = 0;
document.addEventListener("keydown", (event) => {
  const here = event.target.closest("[data-walk] a");
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...here.closest("[data-walk]").querySelectorAll("a")];
  const index = rows.indexOf(here);
  const level = Number(here.dataset.level || 1);
  let next;
  if (event.key === "ArrowDown") next = rows[index + 1];
  else if (event.key === "ArrowUp") next = rows[index - 1];
  else if (event.key === "Home") next = rows[0];
  else if (event.key === "End") next = rows.at(-1);
  else if (event.key === "ArrowLeft") next = rows.slice(0, index).findLast((row) => Number(row.dataset.level) < level);
  else if (event.key === "ArrowRight") {
    const below = rows[index + 1];
    if (below && Number(below.dataset.level) > level) next = below;
    else return void here.click();
  } else if (event.key.length === 1 && event.key.trim()) {
    sought = Date.now() - soughtAt < 700 ? sought + event.key.toLowerCase() : event.key.toLowerCase();
    soughtAt = Date.now();
    const rest = [...rows.slice(index + (sought.length === 1 ? 1 : 0)), ...rows];
    next = rest.find((row) => row.textContent.trim().toLowerCase().startsWith(sought));
  } else return;
  event.preventDefault();
  next?.focus();
});
for (const current of document.querySelectorAll(".tree-side [aria-current]")) {
  const scroller = current.closest(".tree-side");
  scroller.scrollTop = current.offsetTop - scroller.clientHeight / 2;
}

/* The button that was pressed says that it works, and cannot be pressed twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || form.matches("[hx-post]")) return;
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

function rest(toast) {
  const held = () => toast.matches(":hover, :focus-within");
  setTimeout(() => (held() ? rest(toast) : toast.remove()), calm);
}

function arrive(root) {
  /* A browser does not heed autofocus where the address names a part of the page, as it does behind a skip link. */
  root.querySelector("[data-takes-focus], [autofocus]")?.focus();
  for (const toast of root.querySelectorAll("[data-toast]:not([data-resting])")) {
    toast.dataset.resting = "yes";
    /* What went wrong stays until it is dismissed. */
    if (toast.dataset.toast === "success" || toast.dataset.toast === "info") rest(toast);
  }
}

document.addEventListener("htmx:load", (event) => arrive(event.target));
backToFocus();
arrive(document);
showTheme();
