// What things are called: pages show names of people's words, never resource names. Each is asked for once and kept while the
// app is open; until it is there a page shows "…".
import { createClient } from '@connectrpc/connect';
import { shallowReactive } from 'vue';
import { transport } from './transport';
import type { Refusal } from './refusal';
import { EventService } from '@/gen/kepu/event/v1/event_pb.js';
import { DirectoryService } from '@/gen/kepu/identity/v1/directory_pb.js';
import { FleetService } from '@/gen/kepu/venue/v1/fleet_service_pb.js';
import { VenueService } from '@/gen/kepu/venue/v1/venue_service_pb.js';
import { said } from '@/i18n';
import { spanText } from '@/i18n/time';

interface Said {
  zh?: string;
  en?: string;
}
const texts = shallowReactive(new Map<string, Said>());
const asked = new Set<string>();
const venues = createClient(VenueService, transport);
const events = createClient(EventService, transport);
const directory = createClient(DirectoryService, transport);
const fleet = createClient(FleetService, transport);

const times = shallowReactive(new Map<string, string>());
const shape = /\b(?:venues|events|programmes|districts|organizations|schools|communities|towns|caravans)(?:\/[A-Za-z0-9_-]+)+/g;

type Ask = (name: string) => Promise<Said | undefined>;
const asks: [RegExp, Ask][] = [
  [/^venues\/[^/]+$/, async (name) => (await venues.getVenue({ name })).displayName],
  [/^venues\/[^/]+\/spaces\/[^/]+$/, async (name) => (await venues.getSpace({ name })).displayName],
  [/^venues\/[^/]+\/exhibitions\/[^/]+$/, async (name) => (await venues.getExhibition({ name })).title],
  [/^venues\/[^/]+\/closures\/[^/]+$/, async (name) => (await venues.getClosure({ name })).reason],
  [
    /^venues\/[^/]+\/spaces\/[^/]+\/allocations\/[^/]+$/,
    async (name) => {
      const { holder, startTime, endTime } = await venues.getAllocation({ name });
      times.set(name, spanText(startTime, endTime));
      if (!isName(holder)) return { zh: holder, en: holder };
      return (await ask(holder)) ?? undefined;
    },
  ],
  [/^events\/[^/]+$/, async (name) => (await events.getEvent({ name })).displayName],
  [/^programmes\/[^/]+$/, async (name) => (await events.getProgramme({ name })).displayName],
  [/^events\/[^/]+\/(sessions|series)\/[^/]+$/, (name) => ask(name.split('/').slice(0, 2).join('/'))],
  [/^districts\/[^/]+$/, async (name) => (await directory.getDistrict({ name })).displayName],
  [/^organizations\/[^/]+$/, async (name) => (await directory.getOrganization({ name })).displayName],
  [/^schools\/[^/]+$/, async (name) => (await directory.getSchool({ name })).displayName],
  [/^communities\/[^/]+$/, async (name) => (await directory.getCommunity({ name })).displayName],
  [/^towns\/[^/]+$/, async (name) => (await directory.getTown({ name })).displayName],
  [/^caravans\/[^/]+$/, async (name) => (await fleet.getCaravan({ name })).displayName],
  [/^caravans\/[^/]+\/tours\/[^/]+$/, async (name) => (await fleet.getTour({ name })).title],
  [/^caravans\/[^/]+\/tours\/[^/]+\/stops\/[^/]+$/, (name) => ask(name.split('/').slice(0, 4).join('/'))],
];

const isName = (text: string) => asks.some(([shape]) => shape.test(text));

async function ask(name: string): Promise<Said | undefined> {
  const known = texts.get(name);
  if (known) return known;
  const found = await asks.find(([shape]) => shape.test(name))?.[1](name);
  if (found) texts.set(name, found);
  return found;
}

// Tells what is known already, so that it is not asked for.
export function tellName(name: string, text: Said | undefined) {
  if (text && !texts.has(name)) texts.set(name, text);
}

// Asks for all that are named in some texts, so that sentences made of them are whole. What cannot be read stays "…".
export async function bringNames(...texts: string[]): Promise<void> {
  const names = texts.flatMap((text) => text.match(shape) ?? []).filter(isName);
  await Promise.all(names.map((name) => ask(name).catch(() => undefined)));
}

// What a resource is called. Words that are no resource name are given back as they are.
export function nameOf(name: string): string {
  const known = texts.get(name);
  if (known) return said(known);
  if (!isName(name)) return name;
  if (!asked.has(name)) {
    asked.add(name);
    ask(name).catch(() => asked.delete(name));
  }
  return '…';
}

// A sentence of a service with the names of things in place of their resource names.
export const withNames = (sentence: string) =>
  sentence.replace(shape, (name) => {
    const time = times.get(name);
    return `“${nameOf(name)}”${time ? ` ${time}` : ''}`;
  });

// A refusal, said so.
export function named(refusal: Refusal | undefined): Refusal | undefined {
  if (!refusal) return undefined;
  const { zh, en } = refusal.sentences;
  return { ...refusal, sentences: { ...(zh && { zh: withNames(zh) }), ...(en && { en: withNames(en) }) } };
}
