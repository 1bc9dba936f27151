import type { Words } from '@/i18n';

export default {
  zh: { nav: { inbox: '预约处理' } },
  en: { nav: { inbox: 'Bookings' } },
} satisfies Words;
