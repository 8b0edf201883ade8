/** Warns, and only warns, when a text seems to say no more than "see the attachment". */
export function hint(area) {
  const place = document.getElementById(area.dataset.hint);
  const pointer = /(с[мм]\.?|смотри(те)?|в|во)\s+(прил|влож|файл)|see (the )?attach|https?:\/\//i;
  const show = () => {
    const text = area.value.trim();
    place.hidden = !(text.length > 0 && text.length < 160 && pointer.test(text));
  };
  area.addEventListener("blur", show);
  area.addEventListener("input", () => { if (!place.hidden) show(); });
  show();
}
