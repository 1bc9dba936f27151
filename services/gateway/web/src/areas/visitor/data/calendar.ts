// A calendar file of one entry (RFC 5545): times in UTC, lines folded at 75 octets, text escaped.
export interface CalendarEntry {
  id: string;
  start: Date;
  end: Date;
  title: string;
  place: string;
  url: string;
}

const stamp = (time: Date) => `${time.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
const escaped = (text: string) => text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');

function folded(line: string): string {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  let part = '';
  let size = 0;
  for (const character of line) {
    const more = encoder.encode(character).length;
    if (size + more > 74) {
      parts.push(part);
      part = ' ';
      size = 1;
    }
    part += character;
    size += more;
  }
  return [...parts, part].join('\r\n');
}

export function calendarFile(entry: CalendarEntry, now: Date): string {
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//kepu//visitor//ZH', 'BEGIN:VEVENT',
    `UID:${entry.id}@kepu`, `DTSTAMP:${stamp(now)}`, `DTSTART:${stamp(entry.start)}`, `DTEND:${stamp(entry.end)}`,
    `SUMMARY:${escaped(entry.title)}`, ...(entry.place ? [`LOCATION:${escaped(entry.place)}`] : []), `URL:${entry.url}`,
    'BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${escaped(entry.title)}`, 'TRIGGER:-PT2H', 'END:VALARM',
    'END:VEVENT', 'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}
