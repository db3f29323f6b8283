/* Turns notifications on for this device, and says whether they are. What is known of it here stands in the page. */
"use strict";

const box = document.querySelector("[data-push]");
const WORDS = {
  refused: "The browser did not subscribe. It may be offline, or its notifications may be switched off.",
};

function say(state, error = "") {
  for (const part of box.querySelectorAll("[data-push-state]")) part.hidden = part.dataset.pushState !== state;
  const said = box.querySelector("[data-push-error]");
  said.textContent = error;
  said.hidden = !error;
}

function bytes(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

async function digest(text) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Whether a subscription was made with the key that the product signs with now. */
function isCurrent(subscription) {
  const used = subscription.options.applicationServerKey;
  return !used || bytes(box.dataset.key).join() === new Uint8Array(used).join();
}

async function tell(subscription) {
  const response = await fetch(box.dataset.api, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": box.querySelector("[name=csrfmiddlewaretoken]").value,
      "X-Organization": box.dataset.organization,
    },
    body: JSON.stringify(subscription),
  });
  if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail || WORDS.refused);
}

async function rowOf(subscription) {
  const wanted = await digest(subscription.endpoint);
  return document.querySelector(`[data-push-device="${wanted}"]`);
}

async function look() {
  const standsAlone = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
  if (/iPhone|iPad/.test(navigator.userAgent) && !standsAlone) return say("install");
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return say("unsupported");
  if (Notification.permission === "denied") return say("denied");
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  const row = subscription && isCurrent(subscription) && (await rowOf(subscription));
  if (!row) return say("off");
  row.querySelector("[data-push-here]").hidden = false;
  say("on");
  /* The device confirms that it is still there. */
  return tell(subscription).catch(() => {});
}

async function turnOn(button) {
  button.setAttribute("aria-busy", "true");
  try {
    if ((await Notification.requestPermission()) !== "granted") return await look();
    const registration = await navigator.serviceWorker.ready;
    const old = await registration.pushManager.getSubscription();
    if (old && !isCurrent(old)) await old.unsubscribe();
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(box.dataset.key),
    });
    await tell(subscription);
    location.reload();
  } catch (problem) {
    say("off", problem instanceof DOMException ? WORDS.refused : problem.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

if (box) {
  box.querySelector("[data-push-on]").addEventListener("click", (event) => turnOn(event.currentTarget));
  look().catch(() => say("unsupported"));
}
