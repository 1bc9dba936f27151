// What a browser calls itself, as people call it: "Chrome, Windows". Programs say their own short name, which stays.
const browsers: [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'],
  [/Edg/, 'Edge'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari|AppleWebKit/, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/HarmonyOS/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];
const first = (names: [RegExp, string][], agent: string) => names.find(([mark]) => mark.test(agent))?.[1];

export function deviceText(agent: string): string {
  if (!agent.startsWith('Mozilla/')) return agent;
  return [first(browsers, agent), first(systems, agent)].filter(Boolean).join(', ') || agent;
}
