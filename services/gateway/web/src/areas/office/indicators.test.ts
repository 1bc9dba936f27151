import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { IndicatorSchema, Indicator_Operator as Operator, Indicator_Unit as Unit, MeasureSchema } from '@/gen/kepu/venue/v1/coverage_pb.js';
import { mapValue, measureText, progress, targetText } from './indicators';

const share = create(IndicatorSchema, { unit: Unit.PERCENT, target: 90, operator: Operator.AT_LEAST });
const count = create(IndicatorSchema, { unit: Unit.COUNT, target: 200, operator: Operator.MORE_THAN });

test('a share tells what it is made of and is never rounded up to what it has not reached', () => {
  expect(measureText(share, create(MeasureSchema, { count: 179, total: 180, percent: 99.44 }))).toBe('99% (179/180)');
  expect(targetText(share)).toBe('≥ 90%');
  expect(targetText(count)).toBe('> 200');
});
test('no number is not 0', () => {
  const none = create(MeasureSchema, { unavailable: true });
  expect(measureText(count, none)).toBe('–');
  expect(mapValue(count, none)).toBeUndefined();
  expect(measureText(share, create(MeasureSchema, { count: 0, total: 0 }))).toBe('–');
});
test('how far it is', () => {
  expect(progress(count, create(MeasureSchema, { count: 50 }))).toBe(25);
  expect(progress(count, create(MeasureSchema, { count: 500 }))).toBe(100);
});
