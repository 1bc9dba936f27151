// The districts of today.
import { kept } from './kept';
import { readByRest } from './rest';

export interface District {
  name: string; // "districts/*"
  displayName: { zh: string; en?: string };
  seat?: { latitude: number; longitude: number };
}
const lists = kept<District[]>(async () => (await readByRest<{ districts?: District[] }>('districts?pageSize=100')).districts ?? []);
export const readDistricts = () => lists.read('all');
export const districtsNow = () => lists.now('all') ?? [];
