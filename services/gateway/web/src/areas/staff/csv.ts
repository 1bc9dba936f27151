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

// What was put before a value that a spreadsheet would run.
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
