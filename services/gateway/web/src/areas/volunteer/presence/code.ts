// The codes that places show: six of a-z and 2-9, typed, scanned, or in the address that the QR of a place holds.
export interface SeenCode {
  code: string;
  place: string; // "venues/…", when the QR says it
}

const pattern = /^[a-z2-9]{6}$/;

export function readCode(text: string, origin: string): SeenCode | undefined {
  const plain = text.trim().toLowerCase().replace(/[\s-]/g, '');
  if (pattern.test(plain)) return { code: plain, place: '' };
  let address: URL;
  try {
    address = new URL(text.trim());
  } catch {
    return undefined;
  }
  const code = (address.searchParams.get('code') ?? '').toLowerCase();
  const place = address.searchParams.get('place') ?? '';
  if (address.origin !== origin || !pattern.test(code)) return undefined;
  return { code, place: /^[a-z0-9-]+$/.test(place) ? `venues/${place}` : '' };
}

// What the QR of a place holds, so that a camera app opens the right page too.
export const codeAddress = (origin: string, place: string, code: string) =>
  `${origin}/volunteer/check?place=${encodeURIComponent(place.replace('venues/', ''))}&code=${code}`;
