// A day that may lie in another year.
import { type CivilDate, at, fromCivil, longDayText } from '@/i18n/time';

export const longDay = (date: CivilDate | undefined) => (date ? longDayText(at(fromCivil(date), '12:00')) : '');
