// A row of links that is wider than the screen begins where one sees the link to this very page.

export function inSight(row) {
  const marked = row.querySelector("[aria-current]")?.getBoundingClientRect();
  if (!marked) return;
  row.scrollLeft += marked.left - row.getBoundingClientRect().left - (row.clientWidth - marked.width) / 2;
}
