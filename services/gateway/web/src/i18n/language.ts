// Which language the reader wants: the one that was chosen here, else the browser's.
export type Language = 'zh' | 'en';
export const languages: Language[] = ['zh', 'en'];

export function wantedLanguage(): Language {
  const kept = localStorage.getItem('language');
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language && !navigator.language.startsWith('zh') ? 'en' : 'zh';
}
