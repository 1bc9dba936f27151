// What a role asks of people, read once.
import { shallowReactive } from 'vue';
import type { Role } from '@/gen/kepu/volunteer/v1/role_pb.js';
import { roles } from './clients';

const known = shallowReactive(new Map<string, Role>());
const asked = new Set<string>();

export function roleOf(name: string): Role | undefined {
  if (name && !asked.has(name)) {
    asked.add(name);
    void roles.getRole({ name }).then((role) => known.set(name, role), () => asked.delete(name));
  }
  return known.get(name);
}
