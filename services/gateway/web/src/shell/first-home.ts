// The home whose page an address is.
const homes = { '/': 'visitor', '/school': 'school', '/volunteer': 'volunteer', '/staff': 'staff', '/office': 'office' } as const;

export const homeAt = (path: string) => (path in homes ? homes[path as keyof typeof homes] : undefined);
