// Words as functions of what stands in them: {name}, {'literal'}, and plurals by a bar, chosen by `count` ("one | many" or
// "none | one | many"), or by a value of their own: {adults} {adults:adult|adults}. That is all that our lists use; a library for
// it would be an eighth of what a phone loads first.
export type Values = Record<string, unknown>;
export type Compiled = (values: Values) => string;

type Piece = string | { name: string; forms?: [string, string] };

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(/\{(?:'([^']*)'|(\w+)(?::([^|}]*)\|([^|}]*))?)\}/g)) {
    pieces.push(text.slice(end, found.index), found[2] === undefined ? (found[1] ?? '') : { name: found[2], forms: found[4] === undefined ? undefined : [found[3] ?? '', found[4]] });
    end = found.index + found[0].length;
  }
  return [...pieces, text.slice(end)];
}
const say = (piece: Piece, values: Values) => {
  if (typeof piece === 'string') return piece;
  const value = values[piece.name];
  return piece.forms ? piece.forms[Number(value) === 1 ? 0 : 1] : String(value ?? '');
};
const put = (pieces: Piece[], values: Values) => pieces.map((piece) => say(piece, values)).join('');

export function compile(text: string): Compiled {
  const choices = text.split(' | ').map(piecesOf);
  if (choices.length === 1) return (values) => put(choices[0]!, values);
  return (values) => {
    const count = Number(values.count ?? values.n ?? 1);
    const place = choices.length === 2 ? (count === 1 ? 0 : 1) : Math.min(count, 2);
    return put(choices[place]!, values);
  };
}
