// The values of an enum of the contract by name, without the one that says nothing: what a choice offers.
type Enum = Record<string, string | number>;
export const enumNames = (values: object): string[] =>
  Object.entries(values as Enum).flatMap(([name, value]) => (typeof value === 'number' && value !== 0 ? [name] : []));
// The name of a value, for the words: "MUSEUM".
export const enumName = (values: object, value: number): string => String((values as Enum)[value] ?? '');
