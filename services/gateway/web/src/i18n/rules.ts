// What services say is wrong with a field, in the reader's language. They say it in English; the Chinese list is fetched when
// it is first needed.
import { shallowRef } from 'vue';
import { language } from '.';

type Translate = (rule: string) => string;
const chinese = shallowRef<Translate>();

export function ruleText(rule: string): string {
  if (language() !== 'zh') return rule;
  if (!chinese.value) void import('./rules.zh').then((list) => (chinese.value = list.translate));
  return chinese.value?.(rule) ?? '';
}
