// One visit as a calendar file (RFC 5545), made in the browser: lines of at most 75 octets that end in CR LF.
export interface CalendarEvent {
  uid: string;
  start: Date;
  end: Date;
  summary: string;
  location: string;
  description: string;
  url?: string;
}

const text = (value: string) => value.replace(/[\\;,]/g, (found) => `\\${found}`).replace(/\r?\n/g, '\\n');
const utc = (time: Date) => time.toISOString().replace(/[-:]|\.\d+/g, '');

export function fold(line: string): string {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  let part = '';
  let size = 0;
  for (const character of line) {
    const octets = encoder.encode(character).length;
    // A line that goes on begins with a space, which counts.
    if (size + octets > 75) {
      parts.push(part);
      part = ' ';
      size = 1;
    }
    part += character;
    size += octets;
  }
  return [...parts, part].join('\r\n');
}

export function calendarFile(event: CalendarEvent, made: Date): string {
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//kepu//school//ZH', 'BEGIN:VEVENT',
    `UID:${event.uid}`, `DTSTAMP:${utc(made)}`, `DTSTART:${utc(event.start)}`, `DTEND:${utc(event.end)}`,
    `SUMMARY:${text(event.summary)}`, `LOCATION:${text(event.location)}`, `DESCRIPTION:${text(event.description)}`,
    ...(event.url ? [`URL:${event.url}`] : []), 'END:VEVENT', 'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}
