/* Own checks of a page: names, labels, landmarks, headings, ids, and nothing that scrolls sideways. */
() => {
  const found = [];
  const words = (element) => {
    const labelled = (element.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent || "").join(" ");
    const labels = [...(element.labels || [])].map((label) => label.textContent).join(" ");
    const svg = element.querySelector?.("svg[aria-label]")?.getAttribute("aria-label") || "";
    return [element.getAttribute("aria-label"), labelled, labels, element.title,
            element.matches("input, select, textarea") ? "" : element.textContent, svg]
      .filter(Boolean).join(" ").trim();
  };
  const shown = (element) => element.checkVisibility({visibilityProperty: true});
  const outline = (element) => element.outerHTML.slice(0, 120);
  const controls = "input:not([type=hidden]), select, textarea, button, a[href]";
  for (const control of document.querySelectorAll(controls)) {
    if (shown(control) && !words(control)) found.push("has no name: " + outline(control));
  }
  for (const name of ["h1", "main", "title"]) {
    const count = document.querySelectorAll(name).length;
    if (name === "title" ? count < 1 : count !== 1) found.push(count + " times " + name);
  }
  if (!document.documentElement.lang) found.push("has no language");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const repeated = ids.filter((id, place) => ids.indexOf(id) !== place);
  for (const id of new Set(repeated)) found.push("id twice: " + id);
  for (const name of ["aria-describedby", "aria-labelledby", "for"]) {
    for (const element of document.querySelectorAll("[" + name + "]")) {
      for (const id of element.getAttribute(name).split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) found.push(name + " leads nowhere: " + id);
      }
    }
  }
  let level = 0;
  for (const heading of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
    if (!shown(heading)) continue;
    const next = Number(heading.tagName[1]);
    if (level && next > level + 1) found.push("skips a level of headings: " + outline(heading));
    level = next;
  }
  for (const image of document.querySelectorAll("img:not([alt])")) {
    found.push("has no alt: " + outline(image));
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push("scrolls sideways by " + wide + " px");
  if (document.documentElement.clientWidth < 720) {
    for (const target of document.querySelectorAll("main button:not(.vh), main .btn, main select")) {
      const height = shown(target) && target.getBoundingClientRect().height;
      if (height && height < 40) found.push("is too small to touch: " + outline(target));
    }
  }
  return found;
}
