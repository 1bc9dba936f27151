import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { StopRequestSchema, TourSchema } from '@/gen/kepu/venue/v1/fleet_pb.js';
import { addDays, toCivil, today } from '@/i18n/time';
import { formOf, stopOf, stopOfHost, stopOfRequest, tourOf } from './tour';

const host = { name: 'schools/bashu', label: '巴蜀小学', district: 'districts/yuzhong', location: { latitude: 29.5, longitude: 106.5 } };

test('stops go out in the order of time, in times of the city', () => {
  const later = { ...stopOfHost(host, '2027-03-02', false), start: '14:00', end: '15:00' };
  const made = tourOf({ caravan: 'caravans/cq-1', title: ' ', partners: [], stops: [later, stopOfHost(host, '2027-03-02', false)] }, false);
  expect(made.title).toBeUndefined();
  expect(made.stops?.map((one) => Number(one.startTime?.seconds))).toEqual([Date.parse('2027-03-02T02:00:00Z') / 1000, Date.parse('2027-03-02T06:00:00Z') / 1000]);
  expect(made.stops?.[0]).toMatchObject({ host: 'schools/bashu', place: { zh: '巴蜀小学' } });
});

test('a set stays until another day, a vehicle does not', () => {
  const stop = { ...stopOfHost(host, '2027-03-02', true), last: '2027-05-01' };
  const end = (stays: boolean) => new Date(Number(tourOf({ caravan: '', title: '', partners: [], stops: [stop] }, stays).stops?.[0]?.endTime?.seconds) * 1000).toISOString();
  expect(end(true)).toBe('2027-05-01T09:00:00.000Z');
  expect(end(false)).toBe('2027-03-02T09:00:00.000Z');
});

test('what answers a request names it alone and begins within the days that were wished', () => {
  const request = create(StopRequestSchema, { name: 'stopRequests/r', host: host.name, district: host.district, heads: 300, classes: 2, wishedDates: [{ firstDate: toCivil('2020-01-01'), lastDate: toCivil(addDays(today(), 9)) }] });
  const stop = stopOfRequest(request, false, '巴蜀小学');
  expect(stop.first).toBe(addDays(today(), 1));
  const sent = tourOf({ caravan: '', title: '春天', partners: [], stops: [stop] }, false).stops?.[0];
  expect(sent).toMatchObject({ stopRequest: 'stopRequests/r', classes: 2 });
  expect(sent).not.toHaveProperty('host');
});

test('a tour is read back as it was', () => {
  const sent = create(TourSchema, { name: 'caravans/cq-1/tours/t', ...tourOf({ caravan: 'caravans/cq-1', title: '春天', partners: ['caravans/wz-1'], stops: [stopOfHost(host, '2027-03-02', false)] }, false) });
  const form = formOf(sent, (stop) => stop.place?.zh ?? '');
  expect(form).toEqual({ caravan: 'caravans/cq-1', title: '春天', partners: ['caravans/wz-1'], stops: [stopOfHost(host, '2027-03-02', false)] });
  expect([stopOf('tour.stops[2].start_time'), stopOf('tour.partners[0]')]).toEqual([2, -1]);
});
