// What stands between words that are put together by the page: Chinese and English point differently.
import { language } from '.';

const chinese = () => language() === 'zh';

export const listed = (parts: string[]) => parts.join(chinese() ? '、' : ', ');
// What is empty is left out.
export const clauses = (...parts: (string | false | undefined)[]) => parts.filter(Boolean).join(chinese() ? '，' : ', ');
export const points = (parts: string[]) => parts.join(chinese() ? '；' : '; ');
export const labelled = (label: string, text: string) => `${label}${chinese() ? '：' : ': '}${text}`;
export const bracketed = (text: string) => (chinese() ? `（${text}）` : ` (${text})`);
