// Who is logged in here, and what they may do. The token lies in a cookie that scripts cannot read; only the CSRF token is
// held, in memory.
import { createClient } from '@connectrpc/connect';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { isLoggedOut, refusalOf } from '@/api/refusal';
import { setCsrfToken, transport } from '@/api/transport';
import { AccessService, type Session } from '@/gen/kepu/identity/v1/access_pb.js';

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

const access = createClient(AccessService, transport);

export const useSession = defineStore('session', () => {
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
        // By GET, as a read: whoever opens a page holds no CSRF token yet.
        take(await access.getSession({}));
      } catch (cause) {
        offline.value = !isLoggedOut(refusalOf(cause));
        take(undefined);
        if (offline.value) first = undefined;
        else localStorage.removeItem('last-user');
      }
      asked.value = true;
    })());
  }

  const logIn = async (userName: string, password: string, code: string) => take(await access.startSession({ userName, password, code }));
  const confirm = async (password: string, code: string) => take(await access.reauthenticate({ password, code }));
  const prove = async (code: string) => take(await access.proveFactor({ code }));
  async function logOut() {
    try {
      await access.endSession({});
    } finally {
      forget();
      localStorage.removeItem('last-user');
    }
  }
  const forget = () => take(undefined);

  return { session, known, asked, offline, user, grants, homes, heldOn, has, look, logIn, confirm, prove, logOut, forget };
});
