// Words as functions of what stands in them. All that our lists use is {name}, {'literal'} and plurals by a bar; the compiler of
// vue-i18n, which knows more, would be a tenth of what a phone loads first.
import type { MessageCompiler, MessageContext } from 'vue-i18n';

type Piece = string | { name: string };

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(/\{(?:'([^']*)'|(\w+))\}/g)) {
    pieces.push(text.slice(end, found.index), found[2] === undefined ? (found[1] ?? '') : { name: found[2] });
    end = found.index + found[0].length;
  }
  return [...pieces, text.slice(end)];
}
const put = (pieces: Piece[], context: MessageContext) =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : String(/^\d+$/.test(piece.name) ? context.list(Number(piece.name)) : (context.named(piece.name) ?? '')))).join('');

export const compile: MessageCompiler = (message) => {
  const choices = String(message).split(' | ').map(piecesOf);
  if (choices.length === 1) return (context: MessageContext) => put(choices[0]!, context);
  return (context: MessageContext) => context.plural(choices.map((pieces) => put(pieces, context))) as string;
};
