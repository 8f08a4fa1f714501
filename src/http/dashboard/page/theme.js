const CHOICES = ["system", "light", "dark"];
const KEY = "masterd-theme";

/** The theme that was chosen last in this browser; that of the system unless there is one. */
function chosen() {
  try {
    const name = localStorage.getItem(KEY) ?? "";
    return CHOICES.includes(name) ? name : "system";
  } catch {
    return "system"; // a browser that keeps nothing
  }
}

/** @param {string} name */
function keep(name) {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // It holds until the page is closed.
  }
}

/** @param {string} name */
function show(name) {
  document.documentElement.dataset.theme = name;
  const button = document.getElementById("theme");
  if (button === null) return;
  button.hidden = false;
  button.textContent = `Theme: ${name}`;
}

/** Takes the next theme. */
function turn() {
  const current = CHOICES.indexOf(document.documentElement.dataset.theme ?? "system");
  const name = CHOICES[(current + 1) % CHOICES.length] ?? "system";
  keep(name);
  show(name);
}

show(chosen());
document.getElementById("theme")?.addEventListener("click", turn);
