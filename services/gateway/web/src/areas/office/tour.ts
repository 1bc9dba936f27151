// A tour as a form: stops with days and times of the city, and what the service is told of them.
import { TourSchema, type Tour, type StopRequest, type TourStop } from '@/gen/kepu/venue/v1/fleet_pb.js';
import { type MessageInitShape } from '@bufbuild/protobuf';
import { addDays, at, dateKey, fromCivil, timeText, toTimestamp, today } from '@/i18n/time';

export interface StopForm {
  // What it answers; or else the host and where that is.
  request: string;
  host: string;
  label: string;
  district: string;
  latitude: number;
  longitude: number;
  first: string;
  start: string;
  // Of a set that stays; a vehicle serves a place within one day.
  last: string;
  end: string;
  heads: number;
  classes: number;
  assemblies: number;
  overnight: boolean;
}
export interface TourForm {
  caravan: string;
  title: string;
  partners: string[];
  stops: StopForm[];
}

const emptyStop = (first: string, stays: boolean): StopForm => ({
  request: '', host: '', label: '', district: '', latitude: 0, longitude: 0, first, start: stays ? '09:00' : '10:00', last: stays ? addDays(first, 60) : first, end: stays ? '17:00' : '11:30', heads: 0, classes: 0, assemblies: 0, overnight: false,
});

// A stop that answers a request begins on the first day that was wished and is not past.
export function stopOfRequest(one: StopRequest, stays: boolean, label: string): StopForm {
  const days = one.wishedDates.map(({ firstDate, lastDate }) => ({ first: fromCivil(firstDate), last: fromCivil(lastDate) }));
  const next = addDays(today(), 1);
  const open = days.find(({ last }) => last >= next) ?? { first: next };
  const made = emptyStop(open.first < next ? next : open.first, stays);
  return { ...made, request: one.name, host: one.host, label, district: one.district, latitude: one.location?.latitude ?? 0, longitude: one.location?.longitude ?? 0, heads: one.heads, classes: one.classes, assemblies: one.assemblies };
}

export interface Host {
  name: string;
  label: string;
  district: string;
  location?: { latitude: number; longitude: number };
}
export const stopOfHost = (host: Host, first: string, stays: boolean): StopForm => ({
  ...emptyStop(first, stays), host: host.name, label: host.label, district: host.district, latitude: host.location?.latitude ?? 0, longitude: host.location?.longitude ?? 0,
});

export const formOf = (tour: Tour, labelOf: (stop: TourStop) => string): TourForm => ({
  caravan: tour.name.split('/').slice(0, 2).join('/'),
  title: tour.title?.zh ?? '',
  partners: tour.partners,
  stops: tour.stops.map((stop) => ({
    request: stop.stopRequest, host: stop.host, label: labelOf(stop), district: stop.district, latitude: stop.location?.latitude ?? 0, longitude: stop.location?.longitude ?? 0,
    first: dateKey(stop.startTime), start: timeText(stop.startTime), last: dateKey(stop.endTime), end: timeText(stop.endTime), heads: stop.heads, classes: stop.classes, assemblies: stop.assemblies, overnight: stop.overnight,
  })),
});

// The service wants stops in the order of time, and tells of them by their place in it.
export const inOrder = (stops: StopForm[]) => [...stops].sort((one, other) => `${one.first} ${one.start}`.localeCompare(`${other.first} ${other.start}`));

export const tourOf = (form: TourForm, stays: boolean): MessageInitShape<typeof TourSchema> => ({
  title: form.title.trim() ? { zh: form.title.trim() } : undefined,
  partners: form.partners,
  stops: inOrder(form.stops).map((stop) => ({
    startTime: toTimestamp(at(stop.first, stop.start)), endTime: toTimestamp(at(stays ? stop.last : stop.first, stop.end)), classes: stop.classes, assemblies: stop.assemblies, overnight: stop.overnight,
    ...(stop.request ? { stopRequest: stop.request } : { host: stop.host, district: stop.district, location: { latitude: stop.latitude, longitude: stop.longitude }, place: { zh: stop.label }, heads: stop.heads }),
  })),
});

// Whose problem it is: "tour.stops[2].start_time" is of the third stop; -1 is the tour's own.
export const stopOf = (field: string) => Number(/stops\[(\d+)\]/.exec(field)?.[1] ?? -1);
