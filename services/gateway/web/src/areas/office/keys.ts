// What the rows of a table of figures are by, in words: "TARGET_GROUP_MINORS", "districts/yubei", "2026-11".
import { language } from '@/i18n';
import { nameOf } from '@/api/names';

type Say = (key: string, values?: Record<string, unknown>) => string;

export function keyText(t: Say, dimension: string, key: string): string {
  if (!key || /UNSPECIFIED$/.test(key)) return t('office.attendance.other');
  if (key.includes('/')) return nameOf(key);
  if (dimension === 'BY_TARGET_GROUP') return t(`office.group.${key.replace('TARGET_GROUP_', '')}`);
  if (dimension === 'BY_KIND') return t(`office.bookingKind.${key}`);
  if (dimension === 'BY_SOURCE') return t(`office.attendance.sourceKey.${key}`);
  if (dimension === 'BY_MONTH') return new Intl.DateTimeFormat(language() === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${key}-01T00:00:00Z`));
  return key;
}
