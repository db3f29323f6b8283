/* Runs before the first paint: the theme that was chosen on this device, if any, overrules the system's. */
"use strict";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  /* Storage may be forbidden; then the system's theme holds. */
}
