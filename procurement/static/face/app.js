/* The product as an app: its service worker, which shows notifications and a page where there is no network. */
"use strict";

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});

  /* Whoever signs out leaves the device to others: it shows nothing of theirs from then on. */
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-signs-out]") || event.defaultPrevented) return;
    event.preventDefault();
    try {
      const registration = await navigator.serviceWorker.getRegistration();
      const subscription = await registration?.pushManager?.getSubscription();
      await subscription?.unsubscribe();
    } catch {
      /* Then the push service says later that there is nobody. */
    }
    form.submit();
  });
}
