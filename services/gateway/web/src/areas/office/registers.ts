// The registers as one kind of page can show them: what each has in its form, and the calls that keep it.
import type { CallOptions } from '@connectrpc/connect';
import { allPages } from '@/api/action';
import { Community_Kind, Community_Trait, District_Kind, District_Region, Organization_Kind, School_Stage, School_Trait, Town_Kind } from '@/gen/kepu/identity/v1/directory_pb.js';
import { Venue_Kind, Venue_State } from '@/gen/kepu/venue/v1/venue_pb.js';
import { fromCivil, toCivil } from '@/i18n/time';
import { directory, venues } from './clients';
import { enumName } from './enums';

export type RegisterId = 'schools' | 'venues' | 'organizations' | 'communities' | 'towns' | 'districts';
export const registerIds: RegisterId[] = ['schools', 'venues', 'organizations', 'communities', 'towns', 'districts'];

export interface Form {
  zh: string;
  en: string;
  kind: string;
  region: string;
  district: string;
  town: string;
  traits: string[];
  number: number;
  end: string;
  latitude: number | '';
  longitude: number | '';
  // Of a facility: whom it serves, and whether it meets the standard of its kind.
  community: string;
  standard: boolean;
}
export interface Entry {
  name: string;
  form: Form;
  etag: string;
  // It is over: merged, retired or abolished.
  into: string;
  ended: boolean;
}
export const freshForm = (): Form => ({ zh: '', en: '', kind: '', region: '', district: '', town: '', traits: [], number: 0, end: '', latitude: '', longitude: '', community: '', standard: false });

export type Part = 'region' | 'district' | 'town' | 'traits' | 'number' | 'end' | 'location' | 'community';
export interface Register {
  kinds: object;
  // Word list of the kinds.
  kindWords: string;
  traits?: object;
  parts: Part[];
  // Only the city keeps it.
  cityOnly?: boolean;
  // What happened to it is entered with a day.
  merge?: 'merge' | 'dated' | 'move';
  list: (district: string, signal: AbortSignal) => Promise<Entry[]>;
  create: (options: CallOptions, id: string, form: Form) => Promise<unknown>;
  update: (options: CallOptions, entry: Entry, form: Form) => Promise<unknown>;
  join?: (options: CallOptions, name: string, into: string, date: string) => Promise<unknown>;
}

const value = (values: object, name: string) => ((values as Record<string, number>)[name] ?? 0) as never;
const text = ({ zh, en }: Form) => ({ zh: zh.trim(), en: en.trim() });
const date = (end: string) => (end ? toCivil(end) : undefined);
const location = ({ latitude, longitude }: Form) => (latitude === '' || longitude === '' ? undefined : { latitude, longitude });
const placed = (of?: { latitude: number; longitude: number }) => ({ latitude: of?.latitude ?? ('' as const), longitude: of?.longitude ?? ('' as const) });
const named = (displayName?: { zh: string; en: string }) => ({ ...freshForm(), zh: displayName?.zh ?? '', en: displayName?.en ?? '' });

export const registers: Record<RegisterId, Register> = {
  schools: {
    kinds: School_Stage, kindWords: 'stage', traits: School_Trait, parts: ['district', 'traits', 'location', 'end'], merge: 'merge',
    list: (district, signal) =>
      allPages((pageToken) => directory.listSchools({ district, pageSize: 100, pageToken }, { signal }), (page) => page.schools, 10_000).then((all) =>
        all.map((one) => ({ name: one.name, etag: one.etag, into: one.mergedInto, ended: !!one.mergedInto || !!one.retireDate, form: { ...named(one.displayName), kind: enumName(School_Stage, one.stage), district: one.district, town: one.town, ...placed(one.location), traits: one.traits.map((trait) => enumName(School_Trait, trait)), end: fromCivil(one.retireDate) } })),
      ),
    create: (options, schoolId, form) => directory.createSchool({ schoolId, school: { displayName: text(form), stage: value(School_Stage, form.kind), district: form.district, traits: form.traits.map((one) => value(School_Trait, one)), location: location(form), retireDate: date(form.end) } }, options),
    update: (options, { name, etag }, form) =>
      directory.updateSchool({ school: { name, etag, displayName: text(form), stage: value(School_Stage, form.kind), district: form.district, traits: form.traits.map((one) => value(School_Trait, one)), location: location(form), retireDate: date(form.end) }, updateMask: { paths: ['display_name', 'stage', 'district', 'traits', 'location', 'retire_date'] } }, options),
    join: (options, name, into) => directory.mergeSchool({ name, into }, options),
  },
  venues: {
    kinds: Venue_Kind, kindWords: 'venueKind', parts: ['district', 'number', 'community', 'location'],
    list: (district, signal) =>
      allPages((pageToken) => venues.listVenues({ district, pageSize: 100, pageToken }, { signal }), (page) => page.venues, 10_000).then((all) =>
        all.map((one) => ({ name: one.name, etag: one.etag, into: '', ended: one.state === Venue_State.RETIRED, form: { ...named(one.displayName), kind: enumName(Venue_Kind, one.kind), district: one.district, number: one.dailyCapacity, ...placed(one.location), community: one.community, standard: one.standard, end: fromCivil(one.retireDate) } })),
      ),
    create: (options, venueId, form) => venues.createVenue({ venueId, venue: { displayName: text(form), kind: value(Venue_Kind, form.kind), district: form.district, dailyCapacity: form.number, location: location(form), community: form.community, standard: form.standard } }, options),
    update: (options, { name, etag }, form) =>
      venues.updateVenue({ venue: { name, etag, displayName: text(form), kind: value(Venue_Kind, form.kind), district: form.district, dailyCapacity: form.number, location: location(form), community: form.community, standard: form.standard }, updateMask: { paths: ['display_name', 'kind', 'district', 'daily_capacity', 'location', 'community', 'standard'] } }, options),
  },
  organizations: {
    kinds: Organization_Kind, kindWords: 'organizationKind', parts: ['district', 'end'], merge: 'merge',
    list: (district, signal) =>
      allPages((pageToken) => directory.listOrganizations({ district, pageSize: 100, pageToken }, { signal }), (page) => page.organizations, 10_000).then((all) =>
        all.map((one) => ({ name: one.name, etag: one.etag, into: one.mergedInto, ended: !!one.mergedInto || !!one.retireDate, form: { ...named(one.displayName), kind: enumName(Organization_Kind, one.kind), district: one.district, end: fromCivil(one.retireDate) } })),
      ),
    create: (options, organizationId, form) => directory.createOrganization({ organizationId, organization: { displayName: text(form), kind: value(Organization_Kind, form.kind), district: form.district, retireDate: date(form.end) } }, options),
    update: (options, { name, etag }, form) =>
      directory.updateOrganization({ organization: { name, etag, displayName: text(form), kind: value(Organization_Kind, form.kind), district: form.district, retireDate: date(form.end) }, updateMask: { paths: ['display_name', 'kind', 'district', 'retire_date'] } }, options),
    join: (options, name, into) => directory.mergeOrganization({ name, into }, options),
  },
  communities: {
    kinds: Community_Kind, kindWords: 'communityKind', traits: Community_Trait, parts: ['town', 'number', 'traits', 'location', 'end'], merge: 'merge',
    list: (district, signal) =>
      allPages((pageToken) => directory.listCommunities({ district, pageSize: 100, pageToken }, { signal }), (page) => page.communities, 20_000).then((all) =>
        all.map((one) => ({ name: one.name, etag: one.etag, into: one.mergedInto, ended: !!one.mergedInto || !!one.retireDate, form: { ...named(one.displayName), kind: enumName(Community_Kind, one.kind), district: one.district, town: one.town, number: one.residents, ...placed(one.location), traits: one.traits.map((trait) => enumName(Community_Trait, trait)), end: fromCivil(one.retireDate) } })),
      ),
    create: (options, communityId, form) => directory.createCommunity({ communityId, community: { displayName: text(form), kind: value(Community_Kind, form.kind), town: form.town, residents: form.number, traits: form.traits.map((one) => value(Community_Trait, one)), location: location(form), retireDate: date(form.end) } }, options),
    update: (options, { name, etag }, form) =>
      directory.updateCommunity({ community: { name, etag, displayName: text(form), kind: value(Community_Kind, form.kind), town: form.town, residents: form.number, traits: form.traits.map((one) => value(Community_Trait, one)), location: location(form), retireDate: date(form.end) }, updateMask: { paths: ['display_name', 'kind', 'town', 'residents', 'traits', 'location', 'retire_date'] } }, options),
    join: (options, name, into) => directory.mergeCommunity({ name, into }, options),
  },
  towns: {
    kinds: Town_Kind, kindWords: 'townKind', parts: ['district'], merge: 'move',
    list: (district, signal) =>
      allPages((pageToken) => directory.listTowns({ district, pageSize: 100, pageToken }, { signal }), (page) => page.towns, 10_000).then((all) =>
        all.map((one) => ({ name: one.name, etag: one.etag, into: '', ended: false, form: { ...named(one.displayName), kind: enumName(Town_Kind, one.kind), district: one.district } })),
      ),
    create: (options, townId, form) => directory.createTown({ townId, town: { displayName: text(form), kind: value(Town_Kind, form.kind), district: form.district } }, options),
    update: (options, { name, etag }, form) => directory.updateTown({ town: { name, etag, displayName: text(form), kind: value(Town_Kind, form.kind) }, updateMask: { paths: ['display_name', 'kind'] } }, options),
    join: (options, name, into, day) => directory.moveTown({ name, into, effectiveDate: toCivil(day) }, options),
  },
  districts: {
    kinds: District_Kind, kindWords: 'districtKind', parts: ['region'], cityOnly: true, merge: 'dated',
    list: (district, signal) =>
      allPages((pageToken) => directory.listDistricts({ showHistorical: true, pageSize: 100, pageToken }, { signal }), (page) => page.districts).then((all) =>
        all
          .filter((one) => !district || one.name === district)
          .map((one) => ({ name: one.name, etag: one.etag, into: one.mergedInto, ended: !!one.abolishedDate, form: { ...named(one.displayName), kind: enumName(District_Kind, one.kind), region: enumName(District_Region, one.region), end: fromCivil(one.abolishedDate) } })),
      ),
    create: (options, districtId, form) => directory.createDistrict({ districtId, district: { displayName: text(form), kind: value(District_Kind, form.kind), region: value(District_Region, form.region) } }, options),
    update: (options, { name, etag }, form) =>
      directory.updateDistrict({ district: { name, etag, displayName: text(form), kind: value(District_Kind, form.kind), region: value(District_Region, form.region) }, updateMask: { paths: ['display_name', 'kind', 'region'] } }, options),
    join: (options, name, into, day) => directory.mergeDistrict({ name, into, effectiveDate: toCivil(day) }, options),
  },
};
