// Tables for spreadsheets: UTF-8 with the mark that Excel wants, and nothing in a cell that a spreadsheet would run.
export type Cell = string | number | undefined;

const runs = /^[=+\-@\t\r]/;
function written(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = runs.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
export const csvText = (rows: Cell[][]) => `\ufeff${rows.map((row) => row.map(written).join(',')).join('\r\n')}\r\n`;

export function downloadCsv(name: string, rows: Cell[][]) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csvText(rows)], { type: 'text/csv;charset=utf-8' }));
  link.download = `${name}.csv`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
