// The consent of a guardian as a paper: what can be consented to, the text that is signed, and where it is recorded.
import { ConsentScope } from '@/gen/kepu/volunteer/v1/person_pb.js';

export const scopes = [ConsentScope.CONSENT_TO_SERVICE, ConsentScope.CONSENT_TO_OUTDOOR, ConsentScope.CONSENT_TO_PHOTO, ConsentScope.CONSENT_TO_DATA];
// Changes with the words of the paper.
export const textVersion = '2026-1';
export const recordAddress = (origin: string, number: string) => `${origin}/volunteer/consents?volunteer=${encodeURIComponent(number)}`;
// Of what was typed or scanned: a number alone, or the address on a paper.
export function numberIn(text: string): string {
  const trimmed = text.trim();
  const inAddress = /[?&]volunteer=([^&#]+)/.exec(trimmed)?.[1];
  const number = (inAddress ? decodeURIComponent(inAddress) : trimmed).replace(/^volunteers\//, '').toLowerCase();
  return /^[a-z0-9-]{1,40}$/.test(number) ? number : '';
}
