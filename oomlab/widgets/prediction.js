// The question before the picture: the reader commits to an answer, or skips, and then sees.

function askPrediction(root) {
  const form = root.querySelector(".oom-prediction");
  if (!form) return;
  const part = (name) => root.querySelector(`.oom-${name}`);
  const [body, compare, model] = ["body", "compare", "model"].map(part);
  // What the model says at the start values, unless the author wrote a sentence of her own.
  if (!model.textContent) model.textContent = part("sentence").textContent;
  body.hidden = true;
  form.querySelector("fieldset").disabled = false;

  const reveal = () => {
    form.hidden = true;
    body.hidden = false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked").closest("label");
    part("predicted").textContent = chosen.textContent;
    compare.hidden = false;
    reveal();
    compare.focus(); // the button that had the focus is gone
  });
  part("skip").addEventListener("click", () => {
    reveal();
    body.querySelector("input:checked, input:not([type=radio]), select").focus();
  });
}
