// Parties and sessions as sentences in the reader's language.
import { language, said, t } from '@/i18n';
import { idOf } from '@/api/resource';
import type { Booking, Session } from '@/gen/kepu/event/v1/event_pb.js';
import { type Heads, countOf } from './parties';

export function partyText(party: Partial<Heads> | undefined): string {
  const parts = (['adults', 'pupils', 'others'] as const).filter((part) => party?.[part]).map((part) => t(`desk.party.of.${part}`, { n: party![part] }));
  const wheelchairs = party?.wheelchairs ? t('desk.party.of.wheelchairs', { n: party.wheelchairs }) : '';
  const all = t('desk.party.of.all', { n: countOf(party) });
  return [parts.length > 1 ? `${all}${t('desk.party.open')}${parts.join(t('desk.party.and'))}${t('desk.party.close')}` : (parts[0] ?? all), wheelchairs].filter(Boolean).join(t('desk.party.and'));
}

export function needsText(needs: Booking['needs']): string {
  if (!needs) return '';
  const numbers = (['hardOfHearing', 'lowVision', 'lunches', 'buses'] as const).filter((one) => needs[one] > 0).map((one) => t(`desk.needs.${one}`, { n: needs[one] }));
  const languages = needs.languages.map((tag) => new Intl.DisplayNames([language()], { type: 'language' }).of(tag) ?? tag);
  return [...numbers, ...(languages.length ? [t('desk.needs.languages', { list: languages.join(t('desk.party.and')) })] : [])].join(t('desk.party.and'));
}

const grades = ['K1', 'K2', 'K3', 'V1', 'V2', 'V3'];
export const gradeText = (grade: string) => (grades.includes(grade) ? t(`desk.grade.${grade}`) : t('desk.grade.of', { n: grade }));

// Places that people can still have: of the fullest pool that has a limit.
export function freeOf(session: Session): number | undefined {
  const limited = session.pools.filter((pool) => !pool.unbounded).map((pool) => pool.free);
  return limited.length ? Math.min(...limited) : undefined;
}
export const takenOf = (session: Session) => Math.max(0, ...session.pools.map((pool) => pool.held + pool.confirmed + pool.checkedIn));
export const capacityOf = (session: Session) => Math.max(0, ...session.pools.filter((pool) => !pool.unbounded).map((pool) => pool.capacity));

// People are told apart by the end of their id where the services do not say their name.
export const tagOf = (name: string) => idOf(name).slice(-4).toUpperCase();

export { said };
