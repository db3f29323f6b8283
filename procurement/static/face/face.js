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
  /* A filter that is changed is meant: its form goes off without a button. */
  if (input.matches("[data-submits]")) input.form?.requestSubmit();
});

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-dismiss], [data-opens], [data-closes], [aria-disabled='true']");
  if (!pressed) return;
  if (pressed.matches("[aria-disabled='true']")) event.preventDefault();
  if (pressed.matches("[data-dismiss]")) pressed.closest(".toast")?.remove();
  if (pressed.matches("[data-opens]")) {
    event.preventDefault();
    document.getElementById(pressed.dataset.opens)?.showModal();
  }
  if (pressed.matches("[data-closes]")) {
    event.preventDefault();
    pressed.closest("dialog")?.close();
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

/* A long list is narrowed while one types; what is looked at stays in sight. */
for (const box of document.querySelectorAll("[data-filter-box]")) {
  const list = document.getElementById(box.dataset.filterBox);
  const none = document.querySelector(`[data-filter-none="${box.dataset.filterBox}"]`);
  box.hidden = false;
  box.addEventListener("input", (event) => {
    const sought = event.target.value.trim().toLowerCase();
    for (const row of list.children) row.hidden = !row.textContent.toLowerCase().includes(sought);
    if (none) none.hidden = [...list.children].some((row) => !row.hidden);
  });
}
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
  if (form.method !== "post" || form.matches("[hx-post], [data-again]")) return;
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
  root.querySelector("[data-takes-focus]")?.focus();
  for (const toast of root.querySelectorAll("[data-toast]:not([data-resting])")) {
    toast.dataset.resting = "yes";
    /* What went wrong stays until it is dismissed. */
    if (toast.dataset.toast === "success" || toast.dataset.toast === "info") rest(toast);
  }
}

document.addEventListener("htmx:load", (event) => arrive(event.target));
arrive(document);
showTheme();
