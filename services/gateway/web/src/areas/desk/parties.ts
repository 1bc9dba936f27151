// Parties in words and numbers, and the codes that they show at the door. Pure.
import { Booking_Kind as Kind, Booking_State as State } from '@/gen/kepu/event/v1/event_pb.js';

export interface Heads {
  adults: number;
  pupils: number;
  others: number;
  wheelchairs: number;
}
export const noHeads = (): Heads => ({ adults: 0, pupils: 0, others: 0, wheelchairs: 0 });
export const headsOf = (party?: Partial<Heads>): Heads => ({
  adults: party?.adults ?? 0,
  pupils: party?.pupils ?? 0,
  others: party?.others ?? 0,
  wheelchairs: party?.wheelchairs ?? 0,
});
// People who come in wheelchairs are among the others.
export const countOf = (party?: Partial<Heads>) => (party?.adults ?? 0) + (party?.pupils ?? 0) + (party?.others ?? 0);
export const sameHeads = (a: Heads, b: Heads) => a.adults === b.adults && a.pupils === b.pupils && a.others === b.others && a.wheelchairs === b.wheelchairs;

export const kinds = ['', 'person', 'family', 'group', 'school'] as const;
export const kindKey = (kind: Kind) => kinds[kind] || 'group';
export const states: Record<number, string> = {
  [State.HELD]: 'held', [State.CONFIRMED]: 'confirmed', [State.CHECKED_IN]: 'in', [State.CANCELLED]: 'cancelled',
  [State.EXPIRED]: 'expired', [State.NO_SHOW]: 'noShow', [State.REQUESTED]: 'requested', [State.NOT_APPROVED]: 'declined',
};
export const stateKey = (state: State) => states[state] ?? 'held';
export const stateLook = (state: State) =>
  ({ in: 'good', confirmed: 'brand', requested: 'warn', held: 'warn', noShow: 'bad', declined: 'bad' })[stateKey(state)] ?? '';

// A code has 22 characters of the booking and 8 of its seal. The end alone tells the bookings of a session apart, and is
// short enough to be read out and typed.
export const codeLength = 30;
export const sealStart = 22;
export const shortOf = (code: string) => code.slice(-6).toUpperCase();
export const spaced = (code: string) => code.replace(/(.{5})(?=.)/g, '$1 ');

// What a QR code or a person says, as the service writes it. A link that ends with the code is understood too.
export function codeIn(text: string): string {
  const plain = text.trim().toLowerCase();
  const linked = /[/=]([a-z0-9]{30})$/.exec(plain);
  return linked ? linked[1]! : plain.replace(/[\s-]/g, '');
}
