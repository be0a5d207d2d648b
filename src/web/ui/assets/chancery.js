// What the pages do better with a script than without. Everything here has a way without it.

document.documentElement.dataset.js = "";

// Copies the text of the block that a button stands in.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const block = button.parentElement.querySelector("code");
  await navigator.clipboard.writeText(block.textContent.trim());
  button.dataset.done = "";
});
