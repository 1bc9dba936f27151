// Who is logged in here, and what they may do. The token lies in a cookie that scripts cannot read; only the CSRF token is
// held, in memory.
import { computed, reactive, ref, shallowRef } from 'vue';
import { setCsrfToken } from '@/api/csrf';
import type { Session } from '@/gen/kepu/identity/v1/access_pb.js';

export type Role =
  | 'volunteer' | 'coordinator' | 'teacher' | 'school_admin' | 'venue_staff' | 'venue_admin' | 'caravan_crew'
  | 'town_office' | 'department' | 'district_admin' | 'city_admin';
// A home of the app. Everybody has the visitor's, and whoever is logged in the volunteer's.
export type Home = 'visitor' | 'staff' | 'school' | 'volunteer' | 'office';

const homesOfRoles: Partial<Record<Role, Home>> = {
  venue_staff: 'staff', venue_admin: 'staff', coordinator: 'staff', caravan_crew: 'staff',
  teacher: 'school', school_admin: 'school',
  volunteer: 'volunteer',
  district_admin: 'office', city_admin: 'office', town_office: 'office', department: 'office',
};

// Visitors who are not logged in never need it.
const access = () => import('./access');

function makeStore() {
  const session = shallowRef<Session>();
  const asked = ref(false);
  const offline = ref(false);

  const known = computed(() => session.value !== undefined);
  const user = computed(() => session.value?.user ?? '');
  const grants = computed(() => session.value?.grants ?? []);
  const homes = computed<Home[]>(() => {
    if (!known.value) return ['visitor'];
    const own = grants.value.map(({ role }) => homesOfRoles[role as Role]).filter((home): home is Home => home !== undefined);
    return [...new Set<Home>([...own, 'volunteer', 'visitor'])];
  });
  // What a role is held on: the venues of a member of staff, the schools of a teacher.
  const heldOn = (...roles: Role[]) => [...new Set(grants.value.filter(({ role }) => roles.includes(role as Role)).map(({ on }) => on))];
  const has = (...roles: Role[]) => grants.value.some(({ role }) => roles.includes(role as Role));

  function take(now: Session | undefined) {
    session.value = now;
    setCsrfToken(now?.csrfToken ?? '');
    if (now) localStorage.setItem('last-user', now.user);
  }

  // Once when the app starts. Without a network the app goes on as who was here last, for the pages that work offline. A page
  // that is for everybody asks only where somebody was logged in before: others are spared the refusal.
  let first: Promise<void> | undefined;
  async function look(needed: boolean): Promise<void> {
    if (!needed && !localStorage.getItem('last-user')) {
      asked.value = true;
      return;
    }
    await (first ??= (async () => {
      try {
        take(await (await access()).readSession());
        offline.value = false;
      } catch {
        offline.value = true;
        take(undefined);
      }
      if (offline.value) first = undefined;
      else if (!known.value) localStorage.removeItem('last-user');
      asked.value = true;
    })());
  }

  // After what changes the login itself: its roles may be others now.
  const renew = async () => take(await (await access()).readSession());
  const logIn = async (userName: string, password: string, code: string) => take(await (await access()).client.startSession({ userName, password, code }));
  const confirm = async (password: string, code: string) => take(await (await access()).client.reauthenticate({ password, code }));
  const prove = async (code: string) => take(await (await access()).client.proveFactor({ code }));
  async function logOut() {
    try {
      await (await access()).client.endSession({});
    } finally {
      forget();
      localStorage.removeItem('last-user');
    }
  }
  const forget = () => take(undefined);

  return { session, known, asked, offline, user, grants, homes, heldOn, has, look, renew, logIn, confirm, prove, logOut, forget };
}

const store = reactive(makeStore());
export const useSession = () => store;
