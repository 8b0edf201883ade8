/**
 * A part of a form that only some answers need.  data-when="name=value|value": it is shown while
 * the control of that name has one of the values; without JavaScript it is always there.
 */
export function toggle(part) {
  const [name, wanted] = part.dataset.when.split("=");
  const values = wanted.split("|");
  const form = part.closest("form");
  const show = () => {
    const controls = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const given = controls
      .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
      .map((control) => control.value);
    part.hidden = !given.some((value) => values.includes(value));
  };
  form.addEventListener("change", show);
  show();
}
