/* The product as an app: its service worker, which shows notifications and a page where there is no network. */
"use strict";

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/service-worker.js").catch(() => {});
