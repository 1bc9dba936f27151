// The areas of the app. Each has its pages, words, navigation and help in its own folder, and is fetched when it is opened.
import type { RouteRecordRaw } from 'vue-router';
import type { Home, Role } from '@/session/store';

export interface NavItem {
  to: string; // name of a route
  label: string; // key of a word
  icon: string; // name in KIcon
  // Who sees it; everybody of the home when left out.
  roles?: Role[];
  // On a phone the first four stand in the bar at the bottom, the others under "more".
}

export interface Area {
  home: Home;
  routes: RouteRecordRaw[];
  nav: NavItem[];
  // Lists of words beside the home's own.
  words?: string[];
}

import { office } from '@/areas/office';
import { school } from '@/areas/school';
import { staff } from '@/areas/staff';
import { visitor } from '@/areas/visitor';
import { volunteer } from '@/areas/volunteer';

export const areas: Record<Home, Area> = { visitor, school, volunteer, staff, office };
