{% load static %}/* Shows notifications, and a page of its own where there is no network. It keeps that page and its styles and nothing
   else: no page, no answer and no figure of anybody is ever stored on the device. */
"use strict";

const SHELL = "shell-{{ version }}";
const OFFLINE = "{% url 'offline' %}";
const KEPT = [
  OFFLINE,
  "{% static 'face/theme.js' %}",
  "{% static 'face/tokens.css' %}",
  "{% static 'face/base.css' %}",
  "{% static 'face/components/shell.css' %}",
  "{% static 'face/components/page.css' %}",
  "{% static 'face/components/button.css' %}",
  "{% static 'face/components/states.css' %}",
  "{% static 'face/components/decide.css' %}",
];

self.addEventListener("install", (event) => {
  const fresh = KEPT.map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  event.waitUntil(
    caches
      .open(SHELL)
      .then((shell) => shell.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/* Everything comes from the network. Where there is none, a page that was to be opened gives way to the one that is kept. */
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (KEPT.includes(new URL(request.url).pathname) && request.url.startsWith(self.location.origin)) {
    event.respondWith(fetch(request).catch(() => caches.match(new URL(request.url).pathname)));
  }
});

/* Where a notification leads: a page of this site, whatever the message says. */
function within(path) {
  const address = new URL(path || "/", self.location.origin);
  return address.origin === self.location.origin ? address.href : `${self.location.origin}/`;
}

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    /* A browser insists on showing something for every message, even for one that cannot be read. */
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "Procurement", {
      body: told.body || "",
      icon: "{% static 'face/app/icon-192.png' %}",
      badge: "{% static 'face/app/badge-96.png' %}",
      tag: told.tag || "",
      renotify: Boolean(told.tag),
      data: { path: told.path || "/" },
    }),
  );
});

/* A browser may replace its subscription by itself; the product has to hear of the new address. */
async function renew(event) {
  const old = event.oldSubscription;
  if (!old) return;
  const allowed = await fetch("{% url 'renew-device' %}", { credentials: "same-origin" });
  if (!allowed.ok) return;
  const { public_key: key, token } = await allowed.json();
  const subscription =
    event.newSubscription ||
    (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  await fetch("{% url 'renew-device' %}", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ ...subscription.toJSON(), old_endpoint: old.endpoint }),
  });
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

/* A tab that shows the page already comes to the front. No other one is led away: somebody may be writing in it. */
async function show(address) {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find((tab) => tab.url.split("#")[0] === address.split("#")[0]);
  return there ? there.focus() : self.clients.openWindow(address);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(within(event.notification.data?.path)));
});
