(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const checks = [...document.querySelectorAll("details.check")];
  const texts = new Map();
  const textOf = (check) => {
    if (!texts.has(check)) texts.set(check, check.textContent.toLowerCase());
    return texts.get(check);
  };
  const boxes = [...document.querySelectorAll("input[name=verdict]")];

  const filter = () => {
    const words = one("#text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const area = one("#area").value;
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const check of checks) {
      const fits = verdicts.has(check.dataset.verdict)
        && (!area || check.dataset.area === area)
        && words.every((word) => textOf(check).includes(word));
      check.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    one("#shown").textContent = `${shown} of ${checks.length} checks`;
    one("#nothing").hidden = shown > 0 || checks.length === 0;
  };

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target || !target.matches("details.check")) return;
    target.open = true;
    if (target.hidden) {
      one("#filters").reset();
      filter();
    }
    target.scrollIntoView();
    target.querySelector("summary").focus({ preventScroll: true });
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  one("#filters").hidden = checks.length === 0;
  one("#filters").addEventListener("input", filter);
  one("#filters").addEventListener("submit", (event) => event.preventDefault());
  const setOpen = (open) => () => {
    for (const check of checks) if (!check.hidden) check.open = open;
  };
  one("#unfold").addEventListener("click", setOpen(true));
  one("#fold").addEventListener("click", setOpen(false));
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copy(button.previousElementSibling.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    one("#text").focus();
  });
  const jump = one("#jump");
  if (jump) jump.addEventListener("click", () => setTimeout(reveal));
  addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
