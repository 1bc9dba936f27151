// The people of a booking as visitors fill them in.
import type { Places } from './availability';
import type { Party } from './model';

export interface PartyForm {
  adults: number;
  pupils: number;
  wheelchairs: number;
}
export const heads = (party: { adults: number; pupils: number; others?: number } | undefined) => (party ? party.adults + party.pupils + (party.others ?? 0) : 0);
export const formOf = (party: Party | undefined): PartyForm => ({ adults: (party?.adults ?? 1) + (party?.others ?? 0), pupils: party?.pupils ?? 0, wheelchairs: party?.wheelchairs ?? 0 });

// Key of the word for what is wrong with a party, before it is sent; the service decides.
export function problemOf(party: PartyForm, limits: { least: number; most: number }): 'none' | 'few' | 'many' | 'wheelchairs' | '' {
  const count = heads(party);
  if (count === 0) return 'none';
  if (count < limits.least) return 'few';
  if (limits.most > 0 && count > limits.most) return 'many';
  return party.wheelchairs > count ? 'wheelchairs' : '';
}
// There are fewer places than people; `more` are those beside the ones the party has already.
export const tooFew = (places: Places, more: number) => places.state === 'waiting' || (places.free !== undefined && places.free < more);
