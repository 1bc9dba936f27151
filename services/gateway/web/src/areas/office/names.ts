// What things are called. Pages hold resource names; people read what stands behind them. Each is looked up once, a few at a
// time, and the page shows it when it comes.
import { shallowReactive } from 'vue';
import { allPages } from '@/api/action';
import { said } from '@/i18n';
import { campaigns, directory, events, fleet, identity, venues } from './clients';

type Text = { zh?: string; en?: string };
const known = shallowReactive(new Map<string, Text>());
const asked = new Set<string>();
const waiting: string[] = [];
let running = 0;

const readers: Record<string, (name: string) => Promise<Text | undefined>> = {
  districts: async (name) => (await directory.getDistrict({ name })).displayName,
  towns: async (name) => (await directory.getTown({ name })).displayName,
  communities: async (name) => (await directory.getCommunity({ name })).displayName,
  villages: async (name) => (await directory.getCommunity({ name: name.replace('villages/', 'communities/') })).displayName,
  schools: async (name) => (await directory.getSchool({ name })).displayName,
  organizations: async (name) => (await directory.getOrganization({ name })).displayName,
  venues: async (name) => (await venues.getVenue({ name })).displayName,
  caravans: async (name) => (await fleet.getCaravan({ name })).displayName,
  events: async (name) => (await events.getEvent({ name })).displayName,
  programmes: async (name) => (await events.getProgramme({ name })).displayName,
  campaigns: async (name) => (await campaigns.getCampaign({ name })).displayName,
  users: async (name) => ({ zh: (await identity.getUser({ name })).displayName }),
};

async function next(): Promise<void> {
  const name = waiting.shift();
  if (name === undefined || running >= 6) {
    if (name !== undefined) waiting.unshift(name);
    return;
  }
  running += 1;
  try {
    known.set(name, (await readers[name.split('/')[0] ?? '']?.(name)) ?? {});
  } catch {
    known.set(name, {});
  } finally {
    running -= 1;
    void next();
  }
}

export function tell(name: string, text: Text | undefined) {
  if (text) known.set(name, text);
}

// The first two segments say whose name it is: "events/*/sessions/*" is told by its event.
export function nameOf(name: string): string {
  if (!name) return '';
  const whole = name.split('/').slice(0, 2).join('/');
  const text = known.get(whole);
  if (text) return said(text) || '–';
  if (!asked.has(whole)) {
    asked.add(whole);
    waiting.push(whole);
    void next();
  }
  return '…';
}

// All districts of today, read once.
export interface DistrictName {
  name: string;
  id: string;
  zh: string;
  en: string;
}
let districtList: Promise<DistrictName[]> | undefined;
export function allDistricts(): Promise<DistrictName[]> {
  districtList ??= allPages((pageToken) => directory.listDistricts({ pageSize: 100, pageToken }), (page) => page.districts).then((list) =>
    list.map(({ name, displayName }) => {
      tell(name, displayName);
      return { name, id: name.split('/')[1] ?? '', zh: displayName?.zh ?? '', en: displayName?.en || displayName?.zh || '' };
    }),
  );
  districtList.catch(() => (districtList = undefined));
  return districtList;
}
