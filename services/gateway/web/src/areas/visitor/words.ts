import type { Words } from '@/i18n';

export default {
  zh: { nav: { home: '首页' }, home: { title: '首页' } },
  en: { nav: { home: 'Home' }, home: { title: 'Home' } },
} satisfies Words;
