// What services say is wrong with a field, in the reader's language. They say it in English; the Chinese list is fetched when
// it is first needed.
import { shallowRef } from 'vue';
import { language } from '.';
import { plainRule } from './plain-rule';

interface Chinese {
  translate: (rule: string) => string;
  fieldNoun: (field: string) => string;
}
const chinese = shallowRef<Chinese>();
async function bring(): Promise<void> {
  const { translate, fieldNoun } = await import('./rules.zh');
  chinese.value ??= { translate, fieldNoun };
}
function list(): Chinese | undefined {
  if (!chinese.value) void bring();
  return chinese.value;
}
// For words that are made once and not shown anew when the list is there.
export const bringRules = () => (language() === 'zh' && !chinese.value ? bring() : Promise.resolve());

export const ruleText = (rule: string): string => (language() === 'zh' ? (list()?.translate(rule) ?? '') : plainRule(rule));

// The field of a violation that no page shows beside it: "session.pools[0].capacity" is "capacity"; empty where there is no word.
export function fieldText(field: string): string {
  const last = field.replace(/\[\d+\]/g, '').split('.').filter((part) => !['zh', 'en'].includes(part)).at(-1) ?? '';
  return language() === 'zh' ? (list()?.fieldNoun(last) ?? '') : last.replaceAll('_', ' ');
}
