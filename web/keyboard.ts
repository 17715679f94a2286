/** What the page does on keys; a browser does the rest. */
export function listenToKeys(clearSearch: () => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
    const search = document.querySelector<HTMLInputElement>("#search");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      search?.focus();
      search?.select();
    } else if (event.key === "Escape") {
      if (target === search || target === document.body) clearSearch();
      target.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isTyping && target.tagName !== "INPUT") return;
      step(target, event.key === "ArrowDown" ? 1 : -1, event);
    }
  });
}

/** From a field to the first row, from a row to the next; elsewhere arrows scroll. */
function step(target: HTMLElement, by: number, event: KeyboardEvent): void {
  const steps = [...document.querySelectorAll<HTMLElement>("main [data-step]")];
  const at = steps.indexOf(target);
  if (at === -1 && target.tagName !== "INPUT") return;
  const next = at === -1 ? (by > 0 ? steps[0] : undefined) : steps[at + by];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
