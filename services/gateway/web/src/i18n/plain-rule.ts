// A rule of a service without names of resources, of enums and of fields: "must be a districts/*" is "must be a district".
const one = (kind: string) => kind.replace(/ies$/, 'y').replace(/s$/, '').replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);

export const plainRule = (rule: string) =>
  rule
    .replace(/"?\b([a-zA-Z]+)\/(?:\*|…|[a-z0-9-]+)(?:\/[a-zA-Z]+\/(?:\*|…|[a-z0-9-]+))*"?/g, (_, kind: string) => one(kind))
    .replace(/\b(a|an) (?=([a-z]))/g, (_, article: string, first: string) => (/[aeiou]/.test(first) === (article === 'an') || first === 'u' ? `${article} ` : article === 'a' ? 'an ' : 'a '))
    .replace(/"?\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"?/g, (name) => name.replaceAll('"', '').replaceAll('_', ' ').toLowerCase())
    .replace(/\b[a-z]+(?:\.[a-z_]+)*(?:_[a-z]+)+\b/g, (name) => (name.split('.').at(-1) ?? '').replaceAll('_', ' '));
