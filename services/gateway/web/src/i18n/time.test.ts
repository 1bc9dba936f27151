import { afterAll, expect, test } from 'vitest';
import { speak } from '.';
import { at, civilText, dateKey, dayText, longDayText, numberText, spanText, timeText } from './time';

afterAll(() => speak('zh'));
const days = Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(2028, 0, 1, 15, 59) + day * 86400e3));

test.each(['zh', 'en'] as const)('%s: every day of a year as the browser writes it', (language) => {
  speak(language);
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const by = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: 'Asia/Shanghai', ...options });
  // Versions of the browser's list differ in a comma after the weekday.
  const bare = (text: string) => text.replace(/,/g, '');
  const [short, long, clock] = [
    by({ month: 'short', day: 'numeric', weekday: 'short' }), by({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }),
    by({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  ];
  for (const day of days) {
    expect(bare(dayText(day))).toBe(bare(short.format(day)));
    expect(bare(longDayText(day))).toBe(bare(long.format(day)));
    expect(timeText(day)).toBe(clock.format(day));
  }
});
test('days are those of the city', () => {
  speak('zh');
  const late = at('2026-12-05', '23:30');
  expect(dateKey(late)).toBe('2026-12-05');
  expect(dayText(late)).toBe('12月5日周六');
  expect(spanText(late, at('2026-12-06', '00:30'))).toBe('12月5日周六 23:30 – 12月6日周日 00:30');
  expect(civilText({ year: 2026, month: 12, day: 5 })).toBe('12月5日周六');
  expect([dayText(undefined), longDayText(undefined), timeText(undefined), dateKey(undefined)]).toEqual(['', '', '', '']);
});
test('numbers', () => {
  expect([0, 999, 1000, 1234567, -1234, 12345678901234567890n, 1234.5].map(numberText)).toEqual(['0', '999', '1,000', '1,234,567', '-1,234', '12,345,678,901,234,567,890', '1,234.5']);
});
