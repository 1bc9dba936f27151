// Terms and years that figures are asked for: this one and the ones before. Which days a term has, the service says.
export function periodChoices(today: string): string[] {
  const [year = 0, month = 0] = today.split('-').map(Number);
  // The autumn term begins in September and ends in January, the spring term in March.
  const newest = month >= 9 ? [year, 1] : month >= 3 ? [year, 0] : month >= 2 ? [year, 0] : [year - 1, 1];
  const terms: string[] = [];
  let at = newest[0]! * 2 + newest[1]!;
  for (let count = 0; count < 3; count += 1, at -= 1) terms.push(`${Math.floor(at / 2)}-${at % 2 ? 'autumn' : 'spring'}`);
  return [...terms, `${year}`, `${year - 1}`];
}

export type PeriodParts = { year: string; part: 'autumn' | 'spring' | 'year' };
export function partsOf(period: string): PeriodParts {
  const [year = '', part] = period.split('-');
  return { year, part: part === 'autumn' || part === 'spring' ? part : 'year' };
}
