// Tables in and out as CSV: UTF-8 with a byte order mark, so that spreadsheets read Chinese; what a spreadsheet would take for a
// formula is marked as text. Pure.

// RFC 4180, with commas, semicolons or tabs; quotes doubled inside quotes. Empty lines are left out.
export function parseCsv(text: string): string[][] {
  const body = text.replace(/^\uFEFF/, '');
  const first = body.slice(0, body.search(/[\r\n]|$/));
  const comma = [',', '\t', ';'].sort((one, two) => first.split(two).length - first.split(one).length)[0]!;
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.some((one) => one.trim())) rows.push(row);
    row = [];
  };
  for (let place = 0; place < body.length; place += 1) {
    const letter = body[place]!;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (body[place + 1] === '"') (cell += '"'), (place += 1);
      else quoted = false;
    } else if (letter === '"' && cell === '') quoted = true;
    else if (letter === comma) endCell();
    else if (letter === '\n') endRow();
    else if (letter !== '\r') cell += letter;
  }
  if (cell || row.length) endRow();
  return rows;
}

// A spreadsheet runs what begins so; an apostrophe makes it text. Plain numbers stay numbers.
const formula = /^[=+\-@\t\r]/;
const safe = (value: string) => (formula.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value);
const quote = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
export const writeCsv = (rows: string[][]) => `\uFEFF${rows.map((row) => row.map((value) => quote(safe(value))).join(',')).join('\r\n')}\r\n`;
// What `safe` put before a value.
export const plain = (value: string) => (/^'[=+\-@]/.test(value) ? value.slice(1) : value).trim();

// Excel in Chinese writes GBK unless it is told otherwise.
export function decode(bytes: ArrayBuffer): string | undefined {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!text.includes('\0')) return text;
    } catch {
      continue;
    }
  }
  return undefined;
}

export function download(name: string, text: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
