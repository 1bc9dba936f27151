import { describe, expect, it } from 'vitest';
import { calendarFile, fold } from './ics';

const octets = (line: string) => new TextEncoder().encode(line).length;

describe('a visit as a calendar file', () => {
  const file = calendarFile(
    {
      uid: 'B-7@museum', start: new Date('2026-12-01T02:00:00Z'), end: new Date('2026-12-01T02:45:00.5Z'), summary: '磁与电; 班级 5-1, 5-2', location: '重庆科技馆\\B 厅',
      description: '预约号 B-7\n学生 38 人，成人 2 人', url: 'http://kepu/school/bookings/a/b/c',
    },
    new Date('2026-11-23T00:00:00Z'),
  );
  it('ends each line in CR LF and keeps each within 75 octets', () => {
    expect(file.endsWith('END:VCALENDAR\r\n')).toBe(true);
    const lines = file.split('\r\n');
    expect(lines.every((line) => octets(line) <= 75 && !line.includes('\n'))).toBe(true);
  });
  it('says times in UTC, and escapes what has a meaning', () => {
    const lines = file.replace(/\r\n /g, '').split('\r\n');
    expect(lines).toContain('DTSTART:20261201T020000Z');
    expect(lines).toContain('DTEND:20261201T024500Z');
    expect(lines).toContain('SUMMARY:磁与电\\; 班级 5-1\\, 5-2');
    expect(lines).toContain('LOCATION:重庆科技馆\\\\B 厅');
    expect(lines).toContain('DESCRIPTION:预约号 B-7\\n学生 38 人，成人 2 人');
  });
  it('folds between characters, never within one', () => {
    const long = `SUMMARY:${'科'.repeat(60)}`;
    const folded = fold(long);
    expect(folded.split('\r\n').every((line) => octets(line) <= 75)).toBe(true);
    expect(folded.replace(/\r\n /g, '')).toBe(long);
  });
});
