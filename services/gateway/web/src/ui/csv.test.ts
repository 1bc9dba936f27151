import { expect, test } from 'vitest';
import { csvText } from './csv';

test('cells are quoted where they have to be, and begin with the mark of UTF-8', () => {
  expect(csvText([['学校', 'n'], ['a "b", c', 3]])).toBe('\ufeff学校,n\r\n"a ""b"", c",3\r\n');
});
test('no cell is a formula', () => {
  expect(csvText([['=1+1', '+86', '-x', '@a', '\tb', -3]])).toBe("\ufeff'=1+1,'+86,'-x,'@a,'\tb,-3\r\n");
});
test('what is not known is empty', () => expect(csvText([[undefined, 'a']])).toBe('\ufeff,a\r\n'));
