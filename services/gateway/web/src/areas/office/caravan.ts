// A caravan as a form, and what the service is told of it.
import { Caravan_Acquisition as Acquisition, Caravan_Kind as Kind, Caravan_Model as Model, type Caravan } from '@/gen/kepu/venue/v1/fleet_pb.js';
import { fromCivil, toCivil } from '@/i18n/time';
import { enumName } from './enums';

export interface CaravanForm {
  zh: string;
  en: string;
  kind: keyof typeof Kind;
  district: string;
  owner: string;
  homePlace: string;
  latitude: number | '';
  longitude: number | '';
  plate: string;
  model: keyof typeof Model;
  commissioned: string;
  odometer: number;
  crewNeeded: number;
  crew: string[];
  // One thing a line.
  kit: string;
  acquisition: keyof typeof Acquisition;
  replaces: string;
  serviceKm: number;
  serviceMonths: number;
  lastServiceDate: string;
  lastServiceKm: number;
}
export const freshCaravan = (district: string): CaravanForm => ({
  zh: '', en: '', kind: 'CARAVAN', district, owner: '', homePlace: '', latitude: '', longitude: '', plate: '', model: 'II', commissioned: '', odometer: 0, crewNeeded: 2, crew: [], kit: '', acquisition: 'NEW', replaces: '', serviceKm: 0, serviceMonths: 0, lastServiceDate: '', lastServiceKm: 0,
});
const known = <Name extends string>(name: string, otherwise: Name) => (/UNSPECIFIED$/.test(name) || !name ? otherwise : (name as Name));
export const caravanForm = (one: Caravan): CaravanForm => ({
  zh: one.displayName?.zh ?? '', en: one.displayName?.en ?? '', kind: known(enumName(Kind, one.kind), 'CARAVAN'), district: one.district, owner: one.owner, homePlace: one.homePlace?.zh ?? '', latitude: one.home?.latitude ?? '', longitude: one.home?.longitude ?? '',
  plate: one.plate, model: enumName(Model, one.model) as keyof typeof Model, commissioned: fromCivil(one.commissioningDate), odometer: one.odometerKm, crewNeeded: one.crewNeeded, crew: [...one.crew], kit: one.kit.join('\n'), acquisition: known(enumName(Acquisition, one.acquisition), 'NEW'), replaces: one.replaces,
  serviceKm: one.serviceIntervalKm, serviceMonths: one.serviceIntervalMonths, lastServiceDate: fromCivil(one.lastServiceDate), lastServiceKm: one.lastServiceKm,
});
export const kitOf = (text: string) => [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))];
const date = (day: string) => (day ? toCivil(day) : undefined);

export const caravanOf = (form: CaravanForm) => ({
  displayName: { zh: form.zh.trim(), en: form.en.trim() }, kind: Kind[form.kind], district: form.district, owner: form.owner,
  home: form.latitude === '' || form.longitude === '' ? undefined : { latitude: form.latitude, longitude: form.longitude }, homePlace: form.homePlace.trim() ? { zh: form.homePlace.trim() } : undefined,
  plate: form.plate.trim(), model: form.kind === 'CARAVAN' ? Model[form.model] : Model.UNSPECIFIED, commissioningDate: date(form.commissioned), odometerKm: form.odometer, crewNeeded: form.crewNeeded, crew: form.crew, kit: kitOf(form.kit),
  acquisition: Acquisition[form.acquisition], replaces: form.acquisition === 'REPLACEMENT' ? form.replaces : '', serviceIntervalKm: form.serviceKm, serviceIntervalMonths: form.serviceMonths, lastServiceDate: date(form.lastServiceDate), lastServiceKm: form.lastServiceKm,
});
