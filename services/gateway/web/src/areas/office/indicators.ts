// Indicators of the plans as people read them.
import { Indicator_Operator as Operator, Indicator_Unit as Unit, type Indicator, type Measure } from '@/gen/kepu/venue/v1/coverage_pb.js';
import { numberText } from '@/i18n/time';

// "73%（27/37）" or "22"; a dash where there is no number, which is not 0.
export function measureText(indicator: Indicator, measure: Measure | undefined): string {
  if (!measure || measure.unavailable) return '–';
  if (indicator.unit !== Unit.PERCENT) return numberText(measure.count);
  return measure.total ? `${Math.floor(measure.percent)}% (${numberText(measure.count)}/${numberText(measure.total)})` : '–';
}
export function targetText(indicator: Indicator): string {
  const target = indicator.unit === Unit.PERCENT ? `${indicator.target}%` : numberText(indicator.target);
  return `${indicator.operator === Operator.MORE_THAN ? '>' : '≥'} ${target}`;
}
// How far it is, 0 to 100, for a bar.
export function progress(indicator: Indicator, measure: Measure | undefined): number {
  if (!measure || measure.unavailable || indicator.target <= 0) return 0;
  const value = indicator.unit === Unit.PERCENT ? measure.percent : measure.count;
  return Math.min(100, Math.max(0, (100 * value) / indicator.target));
}
// The number that a map is coloured by.
export const mapValue = (indicator: Indicator, measure: Measure | undefined) =>
  !measure || measure.unavailable ? undefined : indicator.unit === Unit.PERCENT ? Math.floor(measure.percent) : measure.count;
